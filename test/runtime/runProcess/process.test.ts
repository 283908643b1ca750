/** The process of a run: how it starts, what it says, how it ends, and what becomes of its run. */
import { describe, expect, test, vi } from 'vitest';
import { becomes, isThere } from '../processHost/kit.ts';
import { eventsOf, init, openRuntime, result, says, StandIn, turn, turnsEnded } from './kit.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

describe('a process without an engine', () => {
  test('is kept as notes, hears prompts as lines, and ends its run with code 0 as completed', async () => {
    const troupe = await openRuntime();
    const one = new StandIn([
      { raw: 'Grüße, 世' },
      { say: '界' },
      { hear: 'go on' },
      { say: 'bye' },
      { exit: 0 },
    ]);
    const run = troupe.run('a');
    await run.start({ launch: one.launch });
    await run.prompt('go on');
    const { cause, digest } = await run.result();
    expect([cause, digest.processes]).toMatchObject(['completed', { started: 1, byExit: { 'exit 0': 1 } }]);
    const notes = (await eventsOf(run, 'note')) as { type: string; text?: string; stream?: string }[];
    expect(notes.map(({ text }) => text).join('')).toBe('Grüße, 世界\nbye\n');
    expect(one.heard).toEqual(['go on']);
    const [start, end] = await eventsOf(run, 'process.start', 'process.exit');
    expect(start).toMatchObject({ pid: one.pids[0] });
    expect(end).toMatchObject({
      processId: (start as { processId?: string }).processId,
      code: 0,
      signal: null,
    });
    expect(await run.verify()).toMatchObject({ ok: true });
  });

  const ends = [
    { name: 'with code 3', acts: [{ stderr: 'no key\n' }, { exit: 3 }], end: { code: 3, signal: null } },
    {
      name: 'by a signal',
      acts: [{ kill: 'SIGKILL' }, { hang: true }],
      end: { code: null, signal: 'SIGKILL' },
    },
  ] as const;
  for (const { name, acts, end } of ends) {
    test(`that ends ${name} has crashed its run, or left it idle`, async () => {
      const troupe = await openRuntime();
      const one = new StandIn(acts);
      const run = troupe.run('a');
      await run.start({ launch: one.launch });
      expect((await run.result()).cause).toBe('crashed');
      const stderr = 'stderr' in acts[0] ? { stderr: 'no key\n' } : {};
      expect(await eventsOf(run, 'process.exit')).toMatchObject([{ ...end, ...stderr }]);
      const idle = troupe.run('b');
      await idle.start({ launch: new StandIn(acts).launch, onExit: 'idle' });
      await idle.until(({ context: { book } }) => book.process === 'none');
      expect((await idle.digest()).sealed).toBe(false);
    });
  }

  test('whose command is nowhere fails its launch', async () => {
    const troupe = await openRuntime();
    const run = troupe.run('a');
    await run.start({ launch: { command: 'no-such-engine', stdio: 'pipe' } });
    expect((await run.result()).cause).toBe('launchFailed');
    const [failure] = await eventsOf(run, 'process.failed');
    expect((failure as { message?: string } | undefined)?.message).toContain('no-such-engine');
  });

  test('R2: three launches in a row without a turn are enough', async () => {
    const troupe = await openRuntime();
    const one = new StandIn([{ exit: 1 }]);
    const run = troupe.run('a');
    await run.start({ launch: one.launch, onExit: 'idle' });
    await run.prompt('Anybody?');
    const { cause, digest } = await run.result();
    expect([cause, digest.processes.started]).toEqual(['launchFailed', 3]);
    expect(one.started).toHaveLength(3);
  });
});

describe('a stop', () => {
  test('ends a process that listens to TERM', async () => {
    const troupe = await openRuntime();
    const one = new StandIn([{ say: 'ready' }, { hang: true }]);
    const run = troupe.run('a');
    await run.start({ launch: one.launch });
    await run.until(({ context: { book } }) => book.process === 'attached');
    await run.stop();
    expect((await run.result()).cause).toBe('stopped');
    expect(await eventsOf(run, 'process.exit')).toMatchObject([{ signal: 'SIGTERM' }]);
  });

  test('kills one that ignores it, within what it allows', async () => {
    const troupe = await openRuntime();
    const one = new StandIn([{ deaf: 'SIGTERM' }, { deaf: 'SIGHUP' }, { say: 'ready' }, { hang: true }]);
    const run = troupe.run('a');
    await run.start({ launch: one.launch });
    for await (const { facts } of run.subscribe()) {
      if (facts.some(({ event }) => event.type === 'note')) break;
    }
    // KILL comes after two thirds of it: the last third is time to tell its end, on a slow machine too.
    await run.stop({ drainMs: 12_000 });
    expect((await run.result()).cause).toBe('stopped');
    expect(await eventsOf(run, 'process.exit')).toMatchObject([{ signal: 'SIGKILL' }]);
    await becomes(() => !isThere(one.pids[0] ?? 0));
  });

  test('lets an engine call off its turn and end by itself', async () => {
    const troupe = await openRuntime();
    const cancelled = result('error_during_execution', {
      is_error: true,
      terminal_reason: 'aborted_streaming',
    });
    const one = new StandIn([init(), says('m1', 'Let me'), { hear: '"interrupt"' }, cancelled]);
    const run = troupe.run('a');
    await run.start({ engine: 'claude', launch: one.launch });
    await run.until(({ context: { book } }) => book.turnId !== null);
    await run.stop({ drainMs: 60_000 });
    const { cause, digest } = await run.result();
    expect([cause, digest.turns.byStatus.cancelled]).toEqual(['stopped', 1]);
    expect(await eventsOf(run, 'process.exit')).toMatchObject([{ code: 0 }]);
  });
});

describe('secretEnv', () => {
  test('reaches every process of its run, and only its name is recorded', async () => {
    const troupe = await openRuntime();
    const one = new StandIn([{ hear: 'x' }, ...turn('m1', 'Done'), { exit: 0 }]);
    const run = troupe.run('a');
    const secretEnv = { API_KEY: 'sesame-opens-9731' };
    await run.start({ engine: 'claude', launch: one.launch, onExit: 'idle' }, { secretEnv });
    await run.prompt('x');
    await turnsEnded(run, 1);
    await run.until(({ context: { book } }) => book.process === 'none');
    await run.prompt('x again');
    await turnsEnded(run, 2);
    expect(one.entries.flatMap(({ key }) => (key === undefined ? [] : [key]))).toEqual([17, 17]);
    const all = JSON.stringify(await eventsOf(run));
    expect([all.includes('API_KEY'), all.includes('sesame')]).toEqual([true, false]);
  });
});
