/** Engines as runs launch them, played by stand-ins: what they are told, what is recorded, how they go on. */
import { describe, expect, test, vi } from 'vitest';
import { eventsOf, init, openRuntime, parsed, result, says, StandIn, turn, turnsEnded } from './kit.ts';
import type { Act } from './standIn.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const ask: Act = {
  say: {
    type: 'control_request',
    request_id: 'r1',
    request: { subtype: 'can_use_tool', tool_name: 'Bash', tool_use_id: 'c1', input: { command: 'ls' } },
  },
};

const askingFirst: readonly Act[] = [
  { hear: 'List them' },
  init(),
  {
    say: {
      type: 'assistant',
      message: { id: 'm1', content: [{ type: 'tool_use', id: 'c1', name: 'Bash', input: {} }] },
    },
  },
  ask,
  { hear: '"control_response"' },
  {
    say: {
      type: 'user',
      message: { content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'a b' }] },
    },
  },
  says('m2', 'Two files'),
  result(),
  { hear: 'Thanks' },
  ...turn('m3', 'Welcome'),
];

describe('claude', () => {
  test('is started so that it speaks in frames; prompts and answers reach it in its words', async () => {
    const troupe = await openRuntime();
    const one = new StandIn(askingFirst);
    const run = troupe.run('a');
    await run.start({ engine: 'claude', model: 'opus', launch: one.launch });
    await run.prompt('List them');
    await run.until(({ tags }) => tags.includes('waiting'));
    await run.answer('r1', 'allow', { by: 'anna' });
    await run.prompt('Thanks', { promptId: 'p2' });
    await turnsEnded(run, 2);
    await run.stop();
    const { cause, text, digest } = await run.result();
    expect([cause, text]).toEqual(['stopped', 'Welcome']);
    expect(digest).toMatchObject({
      turns: { count: 2, byStatus: { ok: 2 } },
      tools: { total: 1, failed: 0 },
      permissions: { asked: 1, allowed: 1 },
      processes: { started: 1, byExit: { 'exit 0': 1 } },
    });
    const [args = []] = one.started;
    expect(args.join(' ')).toBe(
      '-p --verbose --input-format stream-json --output-format stream-json --include-partial-messages ' +
        '--permission-prompt-tool stdio --model opus',
    );
    expect(parsed(one.heard)).toEqual([
      {
        type: 'user',
        message: { role: 'user', content: 'List them' },
        parent_tool_use_id: null,
        session_id: '',
      },
      {
        type: 'control_response',
        response: {
          subtype: 'success',
          request_id: 'r1',
          response: { behavior: 'allow', updatedInput: { command: 'ls' } },
        },
      },
      {
        type: 'user',
        message: { role: 'user', content: 'Thanks' },
        parent_tool_use_id: null,
        session_id: 's1',
      },
    ]);
    expect(await eventsOf(run, 'process.session')).toMatchObject([{ engineSession: 's1' }]);
  });

  test('R2: a prompt to a run without a process launches it again, with its last session', async () => {
    const troupe = await openRuntime();
    const one = new StandIn(
      [{ hear: 'One' }, ...turn('m1', 'One', 's1'), { exit: 0 }],
      [{ hear: 'Two' }, init('s2'), says('m2', 'Tw'), { kill: 'SIGKILL' }, { hang: true }],
      [{ hear: 'Three' }, ...turn('m3', 'Three', 's2')],
    );
    const run = troupe.run('a');
    await run.start({ engine: 'claude', launch: one.launch, onExit: 'idle' });
    await run.prompt('One');
    await run.until(({ context: { book } }) => book.process === 'none');
    await run.prompt('Two');
    await run.until(({ tags }) => tags.includes('interrupted'));
    await run.prompt('Three');
    await turnsEnded(run, 3);
    const { digest } = await run.digest();
    expect(digest.turns.byStatus).toMatchObject({ ok: 2, lost: 1 });
    expect(digest.processes).toMatchObject({ started: 3, byExit: { 'exit 0': 1, SIGKILL: 1 } });
    const resumed = one.started.map((args) => args.slice(args.indexOf('--permission-prompt-tool') + 2));
    expect(resumed).toEqual([[], ['--resume', 's1'], ['--resume', 's2']]);
  });

  test('is interrupted in its own words, and its process goes on', async () => {
    const troupe = await openRuntime();
    const one = new StandIn([
      init(),
      says('m1', 'A long'),
      { hear: '"interrupt"' },
      result('error_during_execution', { is_error: true, terminal_reason: 'aborted_streaming' }),
      { hear: 'Shorter' },
      ...turn('m2', 'Short'),
    ]);
    const run = troupe.run('a');
    await run.start({ engine: 'claude', launch: one.launch });
    await run.until(({ context: { book } }) => book.turnId !== null);
    await run.interrupt();
    await turnsEnded(run, 1);
    await run.prompt('Shorter');
    await turnsEnded(run, 2);
    expect((await run.digest()).digest).toMatchObject({
      turns: { byStatus: { ok: 1, cancelled: 1, failed: 0 } },
      errors: { count: 0 },
      processes: { started: 1 },
    });
  });

  test('an ask that is denied is told with its message, and so is a changed model', async () => {
    const troupe = await openRuntime();
    const one = new StandIn([init(), ask, { hear: 'set_model' }, { hear: '"deny"' }, result()]);
    const run = troupe.run('a');
    await run.start({ engine: 'claude', launch: one.launch });
    await run.until(({ tags }) => tags.includes('waiting'));
    await run.update({ model: 'haiku' });
    await run.answer('r1', 'deny', { message: 'Not here' });
    await turnsEnded(run, 1);
    const [changed, denied] = parsed(one.heard);
    expect(changed).toMatchObject({ request: { subtype: 'set_model', model: 'haiku' } });
    expect(denied).toMatchObject({ response: { response: { behavior: 'deny', message: 'Not here' } } });
  });
});

const codexTurn = (thread: string, text: string): readonly Act[] => [
  { hearAll: true },
  { say: { type: 'thread.started', thread_id: thread } },
  { say: { type: 'turn.started' } },
  { say: { type: 'item.completed', item: { id: 'item_0', type: 'agent_message', text } } },
  { say: { type: 'turn.completed', usage: { input_tokens: 10, cached_input_tokens: 0, output_tokens: 5 } } },
];

describe('engines with a process for each turn', () => {
  test('codexExec: prompts that wait have a process each, which goes on with the thread', async () => {
    const troupe = await openRuntime();
    const one = new StandIn(codexTurn('t1', 'One'), codexTurn('t1', 'Two'), codexTurn('t1', 'Three'));
    const run = troupe.run('a');
    await run.start({ engine: 'codexExec', launch: one.launch, onExit: 'idle' });
    for (const prompt of ['First', 'Second', 'Third']) await run.prompt(prompt);
    await turnsEnded(run, 3);
    await run.until(({ context: { book } }) => book.process === 'none');
    await run.end({ cause: 'completed' });
    const { text, digest } = await run.result();
    expect([text, digest.turns.byStatus.ok, digest.processes.byExit]).toMatchObject([
      'Three',
      3,
      { 'exit 0': 3 },
    ]);
    expect(one.heard).toEqual(['First', 'Second', 'Third']);
    const resume = ['exec', '--json', 'resume', 't1'];
    expect(one.started).toEqual([['exec', '--json'], resume, resume]);
  });

  test('gemini: a signal interrupts its turn, which is cancelled, not lost', async () => {
    const troupe = await openRuntime();
    const one = new StandIn([
      { hearAll: true },
      { say: { type: 'init', session_id: 'g1', model: 'pro' } },
      { say: { type: 'message', role: 'assistant', content: 'Well', delta: true } },
      { hang: true },
    ]);
    const run = troupe.run('a');
    await run.start({ engine: 'gemini', launch: one.launch, onExit: 'idle' });
    await run.prompt('Explain');
    await run.until(({ context: { book } }) => book.turnId !== null);
    await run.interrupt();
    await run.until(({ context: { book } }) => book.process === 'none');
    const { digest } = await run.digest();
    expect(digest.turns.byStatus).toMatchObject({ cancelled: 1, lost: 0 });
    expect(digest.processes.byExit).toEqual({ SIGINT: 1 });
  });
});
