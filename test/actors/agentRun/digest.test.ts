/**
 * The digest, rule by rule (contract D1–D7), with expectations written by hand.
 */
import { describe, expect, test } from 'vitest';
import { mergeDigests } from '../../../actors/agentRun/digest/merge.ts';
import { runFoldOf } from '../../../actors/agentRun/digest/fold.ts';
import { answer, ask, attached, delta, exit, prompt, started, turn, turnEnd } from './play.ts';
import type { Event, Play } from './play.ts';

const call = (callId: string, more: object = {}): Event => ({
  type: 'tool.call',
  callId,
  name: 'sh',
  ...more,
});
const result = (callId: string, ok = true): Event => ({ type: 'tool.end', callId, ok });
const countsOf = (byClass: object): Record<string, number> =>
  Object.fromEntries(
    Object.entries(byClass).map(([name, { count }]: [string, { count: number }]) => [name, count]),
  );
const issuesOf = (run: Play): Record<string, number> => countsOf(run.digest.issues.byClass);
const errorsOf = (run: Play): Record<string, number> => countsOf(run.digest.errors.byClass);

describe('D1: each fact once', () => {
  test('a fact that was folded changes nothing, one that leaves a gap is refused', () => {
    const { facts, digest } = started().all(turn('t1'));
    const { fold } = runFoldOf();
    expect(fold(digest, facts[1]!)).toBe(digest);
    expect(() => fold(digest, { ...facts[1]!, seq: 9 })).toThrow('Invariant broken');
  });
});

describe('D2: turns', () => {
  test('an hour of user idle leaves a turn of 3 s at 3 s', () => {
    const run = started().later(3_600_000, turn('t1')).later(200, delta('m', 'a')).later(2800, turnEnd('t1'));
    run.later(3_600_000, turn('t2')).later(100, turnEnd('t2'));
    expect(run.digest.turns).toEqual({
      count: 2,
      byStatus: { ok: 2, failed: 0, cancelled: 0, limit: 0, lost: 0 },
      activeMs: 3100,
      idleMs: 7_200_000,
      latency: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
    });
    expect(run.digest.durationMs).toBe(7_203_100);
    expect(run.digest.messages.firstToken).toEqual({ count: 1, totalMs: 200, maxMs: 200 });
  });

  test('nothing but turn.start opens one', () => {
    const run = started().all(delta('m', 'a'), call('c'), result('c'), {
      type: 'limit',
      retryAt: 1,
      scope: 's',
    });
    run.all({ type: 'run.end', cause: 'completed' });
    expect(run.digest.turns.count).toBe(0);
    expect(run.digest.issues.count).toBe(0);
    expect(run.digest.outcome?.lastTurn).toBeNull();
  });

  test('the duration ends with the last fact, not with the recovery that finds the process lost', () => {
    const run = attached().later(10, turn('t1')).later(500, delta('m', 'a'));
    run.later(7_200_000, { type: 'process.lost', processId: 'p1' });
    expect(run.digest).toMatchObject({ durationMs: 510, turns: { activeMs: 500, idleMs: 10 } });
    expect(run.digest.turns.latency[2]).toBe(1);
  });

  test('a clock that goes back takes no time away', () => {
    const run = started().later(100, turn('t1')).later(-50, delta('m', 'a')).later(60, turnEnd('t1'));
    expect(run.digest).toMatchObject({ durationMs: 110, turns: { activeMs: 10, idleMs: 100 } });
  });
});

describe('D3: errors', () => {
  test('an error has its class, a failed tool and a failed turn have theirs', () => {
    const run = started().all({ type: 'error', class: 'rate_limit', message: 'slow', retryable: true });
    run.all(turn('t1'), call('c'), result('c', false), turnEnd('t1', 'failed'));
    expect(errorsOf(run)).toEqual({ rate_limit: 1, tool_error: 1, failed_turn: 1 });
    expect(run.digest.errors.count).toBe(3);
    expect(run.digest.tools).toMatchObject({ total: 1, failed: 1, byName: { sh: { calls: 1, failed: 1 } } });
  });

  test('cancelled and limit are endings, not errors', () => {
    const run = started().all(turn('1'), turnEnd('1', 'cancelled'), turn('2'), turnEnd('2', 'limit'));
    expect([run.digest.errors.count, run.digest.issues.count]).toEqual([0, 0]);
    expect(run.digest.turns.byStatus).toMatchObject({ cancelled: 1, limit: 1 });
  });
});

describe('D4: issues', () => {
  test('there is none while a turn is open; at its end each open call is one, in order', () => {
    const run = started().all(turn('t1'), call('a'), call('b', { name: 'ls' }), result('x'));
    expect(issuesOf(run)).toEqual({});
    run.all(turnEnd('t1'));
    expect(issuesOf(run)).toEqual({ missing_tool_result: 2, orphan_tool_result: 1 });
    expect(run.digest.issues.byClass.missing_tool_result).toEqual({
      count: 2,
      severity: 'error',
      samples: [
        { seq: 4, at: 1_000_000, label: 'sh' },
        { seq: 5, at: 1_000_000, label: 'ls' },
      ],
    });
    expect(run.digest.issues.byClass.orphan_tool_result?.samples[0]?.seq).toBe(6);
  });

  test('a gate without a result is an unanswered permission, told once with its ask', () => {
    const run = started().all(
      turn('t1'),
      call('g', { gate: true }),
      ask('r1', { callId: 'g' }),
      call('h', { gate: true }),
    );
    run.all(turnEnd('t1'));
    expect(issuesOf(run)).toEqual({ unanswered_permission: 2 });
  });

  test('an unknown reason is an abnormal stop of a turn that went well', () => {
    const run = started().all(turn('1'), { ...turnEnd('1'), reason: 'max_tokens' });
    run.all(turn('2'), { ...turnEnd('2', 'failed'), reason: 'refusal' }, turn('3'), {
      ...turnEnd('3'),
      reason: 'end_turn',
    });
    expect(issuesOf(run)).toEqual({ abnormal_stop: 1 });
    expect(errorsOf(run)).toEqual({ failed_turn: 1 });
  });

  test('an end within a turn is an incomplete turn; one that its process lost is a failed turn', () => {
    const run = started().all(turn('t1'), call('a'), { type: 'run.end', cause: 'completed' });
    expect(issuesOf(run)).toEqual({ incomplete_turn: 1, missing_tool_result: 1 });
    const lost = attached().all(turn('t1'), exit(1));
    expect([issuesOf(lost), errorsOf(lost)]).toEqual([{}, { failed_turn: 1 }]);
  });

  test('an interrupted or expired ask is cancelled, and no issue', () => {
    const run = started().all(
      turn('t1'),
      ask('r1'),
      { type: 'turn.interrupt' },
      ask('r2', { deadlineMs: 1 }),
    );
    run.all({ fire: 'ask.r2' }, turnEnd('t1', 'cancelled'));
    expect(issuesOf(run)).toEqual({});
    expect(run.digest.permissions).toMatchObject({ asked: 2, cancelled: 2 });
  });
});

describe('D5: samples', () => {
  test('a failed tool points at its call, a failed turn at its start', () => {
    const run = started().all(turn('t1')).later(5, call('c')).later(5, result('c', false));
    run.all({ ...result('x', false), name: 'web' }, turnEnd('t1', 'failed'));
    expect(run.digest.errors.byClass['tool_error']?.samples).toEqual([
      { seq: 4, at: 1_000_005, label: 'sh' },
      { seq: 6, at: 1_000_010, label: 'web' },
    ]);
    expect(run.digest.errors.byClass['failed_turn']?.samples[0]?.seq).toBe(3);
    expect(run.digest.tools.byName['sh']).toEqual({ calls: 1, failed: 1, totalMs: 5 });
  });
});

test('of more names than fit the first in order are told apart, whenever they came', () => {
  const run = started();
  for (let i = 30; i >= 1; i--)
    run.all(call(`c${i}`, { name: `n${String(i).padStart(2, '0')}` }), call(`d${i}`));
  const { byName } = run.digest.tools;
  expect(Object.keys(byName).toSorted()).toEqual([
    ...Array.from({ length: 24 }, (_, i) => `n${String(i + 1).padStart(2, '0')}`),
    'other',
  ]);
  expect(byName['other']?.calls).toBe(36);
});

test('permissions are counted by what came of them, and how long somebody waited', () => {
  const run = started().all(turn('t1'), ask('r1')).later(700, answer('r1', 'yes, always'));
  run.all(ask('r2')).later(300, answer('r2')).all(ask('r3'), turnEnd('t1'));
  expect(run.digest.permissions).toEqual({
    asked: 3,
    allowed: 1,
    denied: 1,
    other: 0,
    cancelled: 1,
    waitedMs: 1000,
  });
});

describe('the result', () => {
  const message = (messageId: string, role = 'assistant'): Event => ({
    type: 'message.start',
    messageId,
    role,
  });
  const end: Event = { type: 'run.end', cause: 'completed' };

  test('is the last message of the assistant, whoever spoke after it', () => {
    const run = started().all(
      message('a'),
      delta('a', 'Hel'),
      delta('a', 'hm', 'reasoning'),
      delta('a', 'lo'),
    );
    run.all(message('u', 'user'), delta('u', 'thanks'));
    run.all({ ...message('s'), parentCallId: 'c' }, delta('s', 'sub-agent'), end);
    expect(run.digest.result).toEqual({ text: 'Hello', textBytes: 5, seq: 6 });
  });

  test('is what the end says, if it says so; a retry takes back what was said', () => {
    const run = started().all(delta('a', 'one'), {
      type: 'attempt.start',
      attempt: 2,
      messageId: 'a',
      reason: 'net',
    });
    expect(run.all(delta('a', 'two'), end).digest.result?.text).toBe('two');
    const told = started().all(delta('a', 'one'), { ...end, result: { text: 'told' } });
    expect(told.digest.result?.text).toBe('told');
  });

  test('is cut at 4 KiB and never in a character', () => {
    const run = started().all(delta('a', `x${'€'.repeat(3000)}`), delta('a', 'more'), end);
    expect(run.digest.result?.text).toBe(`x${'€'.repeat(1365)}`);
    expect(run.digest.result?.textBytes).toBe(9005);
  });
});

test('identity and labels are those of the start, of the birth and of later changes', () => {
  const run = started({
    title: 'T',
    engine: 'claude',
    model: 'a',
    parent: 'run/p',
    labels: { tenant: 'x', b: 'y' },
  });
  run.all({ type: 'run.update', title: 'U', model: 'b' });
  const { seq, now } = { seq: run.digest.seq + 1, now: run.now };
  const event = { type: 'actor.labelled', labels: { b: null, c: 'z' } };
  const { identity } = runFoldOf().fold(run.digest, { seq, to: seq, at: now, event });
  expect(identity).toMatchObject({ title: 'U', engine: 'claude', model: 'b', parent: 'run/p' });
  expect(identity.labels).toEqual({ tenant: 'x', c: 'z' });
});

test('a run that the host stops has stopped', () => {
  const run = started().all(turn('t1'), prompt('q1'));
  const fact = {
    seq: run.digest.seq + 1,
    to: run.digest.seq + 1,
    at: run.now,
    event: { type: 'actor.stopped' },
  };
  expect(runFoldOf().fold(run.digest, fact)).toMatchObject({
    state: 'stopped',
    outcome: { cause: 'stopped', lastTurn: 'open' },
    prompts: { waiting: ['q1'] },
    carry: null,
  });
});

test('D8: two runs merged are counted together; the last one says where it stands', () => {
  const one = started({ title: 'one' })
    .all(turn('t1'))
    .later(50, turnEnd('t1'))
    .all({ type: 'run.stop' }).digest;
  const later = started({ title: 'two' }).all(turn('t1')).later(90, turnEnd('t1', 'failed')).digest;
  const other = { ...later, firstAt: 1_000_020, lastAt: 1_000_110 };
  expect(mergeDigests(other, one)).toMatchObject({ firstAt: 1_000_000, lastAt: 1_000_110, durationMs: 110 });
  expect(mergeDigests(one, other)).toMatchObject({
    runs: 2,
    firstAt: 1_000_000,
    lastAt: 1_000_110,
    identity: { title: 'one' },
    state: 'idle',
    outcome: null,
    durationMs: 110,
    turns: {
      count: 2,
      activeMs: 140,
      byStatus: { ok: 1, failed: 1 },
      latency: [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    },
  });
});
