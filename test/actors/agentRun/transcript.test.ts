/**
 * The transcript and the description: what was said, as it came.
 */
import { describe, expect, test } from 'vitest';
import { description } from '../../../actors/agentRun/description.ts';
import { transcribed, transcript } from '../../../actors/agentRun/transcript.ts';
import { answer, ask, delta, prompt, started, turn, turnEnd } from './play.ts';
import type { Event, Play } from './play.ts';

const call = (callId: string, more: object = {}): Event => ({
  type: 'tool.call',
  callId,
  name: 'sh',
  ...more,
});
const message = (messageId: string, more: object = {}): Event => {
  return { type: 'message.start', messageId, role: 'assistant', ...more };
};
const read = (run: Play): ReturnType<typeof transcript> => transcript(run.facts);

test('a message has its parts in order, with the result in its call', () => {
  const run = started().all(
    message('m'),
    delta('m', 'Let me '),
    delta('m', 'see.'),
    call('c', { input: { cmd: 'ls' } }),
  );
  run.all(
    { type: 'tool.progress', callId: 'c', text: 'a' },
    { type: 'tool.progress', callId: 'c', text: 'b' },
  );
  run.all({ type: 'tool.end', callId: 'c', ok: false, error: 'no', output: [1] }, delta('m', 'Hm.'));
  run.all({ type: 'message.end', messageId: 'm', finish: 'stop' });
  expect(read(run)).toEqual({
    seq: 11,
    asks: [],
    messages: [
      {
        messageId: 'm',
        role: 'assistant',
        seq: 3,
        at: 1_000_000,
        finish: 'stop',
        superseded: [],
        parts: [
          { type: 'text', text: 'Let me see.' },
          {
            type: 'tool',
            callId: 'c',
            name: 'sh',
            input: { cmd: 'ls' },
            progress: 'ab',
            messages: [],
            result: { ok: false, error: 'no', output: [1] },
          },
          { type: 'text', text: 'Hm.' },
        ],
      },
    ],
  });
});

test('a prompt is a message of the user; it waits until a turn takes it up', () => {
  const parts = [
    { type: 'text', text: 'look' },
    { type: 'image', url: 'u' },
  ];
  const run = started().all(
    { type: 'run.prompt', promptId: 'q1', content: parts },
    prompt('q2'),
    prompt('q3'),
  );
  run.all({ type: 'run.reprompt', promptId: 'q2', content: 'new' }, { type: 'run.unprompt', promptId: 'q3' });
  run.all({ type: 'turn.start', turnId: 't', promptId: 'q1' });
  const { messages } = read(run);
  expect(messages.map(({ messageId, isWaiting }) => [messageId, isWaiting])).toEqual([
    ['q1', undefined],
    ['q2', true],
  ]);
  expect(messages.map((one) => one.parts)).toEqual([
    [
      { type: 'text', text: 'look' },
      { type: 'content', content: { type: 'image', url: 'u' } },
    ],
    [{ type: 'text', text: 'new' }],
  ]);
});

test('what a sub-agent says and does stands under the call that started it', () => {
  const sub = { parentCallId: 'c' };
  const run = started().all(message('m'), call('c', { name: 'agent' }), message('s', sub), delta('s', 'sub'));
  run.all(
    call('d', sub),
    { type: 'tool.end', callId: 'd', ok: true },
    delta('s', 'done'),
    delta('m', 'main'),
  );
  const { messages } = read(run);
  expect(messages).toHaveLength(1);
  expect(messages[0]?.parts).toMatchObject([
    {
      type: 'tool',
      callId: 'c',
      messages: [
        { messageId: 's', parts: [{ text: 'sub' }, { callId: 'd', result: { ok: true } }, { text: 'done' }] },
      ],
    },
    { type: 'text', text: 'main' },
  ]);
});

test('a call before any word opens a message; a result that nobody asked for changes nothing', () => {
  const run = started().all(call('c'), { type: 'tool.end', callId: 'x', ok: true });
  expect(read(run).messages).toMatchObject([
    { messageId: 'call:c', role: 'assistant', parts: [{ callId: 'c' }] },
  ]);
});

test('a fact that stands for several counts to its last', () => {
  expect(transcript([{ seq: 3, to: 7, at: 0, event: delta('m', 'x') }])).toMatchObject({
    seq: 7,
    messages: [{ seq: 3 }],
  });
});

test('what did not change stays the same object', () => {
  const run = started().all(message('a'), delta('a', '1'), message('b'));
  const before = read(run);
  const after = transcribed(before, { seq: 6, to: 6, at: 0, event: delta('b', '2') });
  expect(after.messages[0]).toBe(before.messages[0]);
  expect(after.asks).toBe(before.asks);
});

describe('asks are open until they are answered, cancelled, expired, or what they belong to ends', () => {
  test.each([
    ['answered', answer('r1')],
    ['cancelled', { type: 'permission.cancelled', requestId: 'r1', reason: 'ended' }],
    ['expired', { fire: 'ask.r1' }],
    ['the turn ended', turnEnd('t1')],
    ['the turn was interrupted', { type: 'turn.interrupt' }],
    ['the run ended', { type: 'run.end', cause: 'failed' }],
  ] as const)('%s', (_, end) => {
    const run = started().all(turn('t1'), ask('r1', { deadlineMs: 5 }));
    expect(read(run).asks).toMatchObject([{ requestId: 'r1', seq: 4, options: [{}, {}] }]);
    expect(read(run.all(end)).asks).toEqual([]);
  });
});

describe('the description', () => {
  test('of a run that lives says where it stands and what it waits for', () => {
    const run = started({ title: 'Fix the login', engine: 'claude', model: 'opus' });
    run
      .all(prompt('q1'), { type: 'turn.start', turnId: 't1', promptId: 'q1' })
      .later(1500, delta('m', 'Hi\u001b[2J'));
    run.all(call('c', { messageId: 'm' }), ask('r1', { title: 'May I?' }), prompt('q2'));
    expect(description(run.digest, read(run)).split('\n')).toEqual([
      'Fix the login · claude · opus: waiting, at seq 8',
      'took 1.5 s: 1 turns in 1.5 s, idle 0.0 s',
      'used 0 tokens in, 0 out, $0.0000',
      'tools 1, failed 0; processes 0, lost 0',
      'waits for an answer to r1: May I? (yes, always, no)',
      '[user]',
      '  q1',
      '[assistant]',
      '  Hi [2J',
      '  → sh: no result',
      '[user, waiting]',
      '  q2',
    ]);
  });

  test('of a run that has ended says how, what went wrong, and what came of it', () => {
    const run = started().all(prompt('q1'), turn('t1'), call('c'), {
      type: 'tool.end',
      callId: 'c',
      ok: false,
    });
    run.all(delta('m', 'x'.repeat(500)), { type: 'error', class: 'net', message: 'm' });
    run.all({
      type: 'usage',
      key: 'k',
      model: 'm',
      mode: 'delta',
      scope: 'turn',
      input: 9,
      output: 1,
      costMicroUsd: 12_345,
    });
    run.all({ type: 'run.end', cause: 'failed', reason: 'gave up' });
    expect(description(run.digest, read(run), { messages: 0, partBytes: 3 }).split('\n')).toEqual([
      'run: failed (gave up), last turn open, sealed at seq 10',
      'took 0.0 s: 1 turns in 0.0 s, idle 0.0 s',
      'used 9 tokens in, 1 out, $0.0123',
      'tools 1, failed 1; processes 0, lost 0',
      'not taken up: q1',
      'errors: 1 net (seq 8)',
      'errors: 1 tool_error (seq 5 sh)',
      'issues: 1 incomplete_turn (seq 4)',
      'result: xxx…',
    ]);
  });
});
