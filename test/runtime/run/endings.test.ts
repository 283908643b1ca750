/** Every way a run can end (contract S5), each by its real cause: one seal, and it names that cause. */
import { assign } from 'xstate';
import { describe, expect, test } from 'vitest';
import { scriptedAgent } from '../../../runtime/testing.ts';
import { ask, exit, hang, hear, lose, refuse, say, think, turn } from '../../../runtime/testing.ts';
import { refusalOf } from '../host/kit.ts';
import { expectAlive, expectEnd, started } from './ending.ts';

const idler = [hear('prompt')];
const call = (callId: string) => say({ type: 'tool.call', callId, name: 'shell' });

describe('somebody ends it', () => {
  test.each(['stopped', 'terminated', 'superseded'] as const)('run.stop: %s', async (cause) => {
    const one = await started(idler);
    await one.run.stop({ cause, reason: 'enough' });
    const digest = await expectEnd(one, cause);
    expect(digest).toMatchObject({ outcome: { reason: 'enough' }, processes: { byExit: { 'exit 0': 1 } } });
  });

  test.each(['completed', 'failed', 'selfStopped'] as const)('run.end: %s', async (cause) => {
    const one = await started([turn('What I know'), hang()]);
    await one.run.end({ cause, result: { text: 'What I say' } });
    const { result } = await expectEnd(one, cause);
    expect(result?.text).toBe('What I say');
  });

  test('while it is paused', async () => {
    const one = await started(idler);
    await one.run.pause();
    await one.run.prompt('Later', { promptId: 'p' });
    await one.run.stop();
    expect((await expectEnd(one, 'stopped')).prompts.waiting).toEqual(['p']);
  });

  test('during a turn with open calls and asks', async () => {
    const one = await started([turn('', { steps: [call('c1'), call('c2'), ...ask('r1', 'May I?')] })]);
    expect(await one.tags()).toContain('waiting');
    await one.run.stop();
    expect(await expectEnd(one, 'stopped')).toMatchObject({
      outcome: { lastTurn: 'lost' },
      turns: { byStatus: { lost: 1 } },
      permissions: { asked: 1, cancelled: 1 },
      issues: { byClass: { missing_tool_result: { count: 2 } } },
    });
  });

  test('during a turn of a process that does not end: when its time is over', async () => {
    const one = await started([turn('', { steps: ask('r1', 'May I?') })], {}, { deaf: ['drain'] });
    await one.run.stop({ drainMs: 1000 });
    await one.stage.advance(999);
    await expectAlive(one);
    await one.stage.advance(1);
    expect(await expectEnd(one, 'stopped')).toMatchObject({
      outcome: { lastTurn: 'open' },
      permissions: { cancelled: 1 },
    });
  });

  test('twice at once: one is accepted', async () => {
    const one = await started(idler);
    const stops = await Promise.allSettled([
      one.run.stop({ cause: 'terminated' }),
      one.run.stop({ cause: 'superseded' }),
    ]);
    expect(stops.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expectEnd(one, 'terminated');
  });

  test('with a stop and an end at once: the first one', async () => {
    const one = await started(undefined);
    const both = [one.run.end({ cause: 'completed' }), one.run.stop()];
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expectEnd(one, 'completed');
  });

  test('and the runtime dies while it drains: its process is gone, and it has ended', async () => {
    const one = await started(idler, {}, { deaf: ['drain'] });
    await one.run.stop({ cause: 'superseded', drainMs: 5000 });
    await one.killed();
    await expectEnd(one, 'superseded');
  });
});

describe('a bound is reached', () => {
  test('the deadline', async () => {
    const one = await started([turn('', { steps: [hang()] })], { deadlineMs: 60_000 });
    await one.stage.advance(59_999);
    await expectAlive(one);
    await one.stage.advance(1);
    expect((await expectEnd(one, 'timedOut')).durationMs).toBe(60_000);
  });

  test('the deadline, while nothing is open', async () => {
    const one = await started(undefined, { deadlineMs: 60_000 });
    one.stage.crash();
    await one.stage.advance(3_600_000);
    await one.killed();
    await expectEnd(one, 'timedOut');
  });

  test('the budget, that stops', async () => {
    const one = await started([turn('', { steps: [call('c1'), call('c2'), call('c3')] }), hang()], {
      budget: { toolCalls: 2, onExceed: 'stop' },
    });
    expect((await expectEnd(one, 'overBudget')).tools.total).toBe(3);
  });

  test('the budget, that asks: no ends it', async () => {
    const one = await started([turn('', { steps: [call('c1'), hang()] })], {
      budget: { toolCalls: 0, onExceed: 'ask' },
    });
    await expectAlive(one);
    expect(await one.tags()).toEqual(expect.arrayContaining(['paused', 'waiting']));
    await one.run.answer('budget.1', 'stop');
    await expectEnd(one, 'overBudget');
  });

  test('the budget, that asks: yes goes on to the next', async () => {
    const one = await started([turn('', { steps: [call('c1'), think(1000), call('c2')] }), hang()], {
      budget: { toolCalls: 0, onExceed: 'ask' },
    });
    await one.run.answer('budget.1', 'continue');
    await one.stage.advance(1000);
    await expectAlive(one);
    await one.run.answer('budget.2', 'stop');
    await expectEnd(one, 'overBudget');
  });
});

describe('its launch fails', () => {
  test('because there is no process', async () => {
    const one = await started([refuse('no such command')]);
    await expectEnd(one, 'launchFailed');
  });

  test('because its driver throws', async () => {
    const one = await started(() => {
      throw new Error('no driver');
    });
    await expectEnd(one, 'launchFailed');
  });

  test('three times in a row without a turn, under onExit idle', async () => {
    const one = await started([exit(1)], { onExit: 'idle' });
    for (const promptId of ['p1', 'p2', 'p3']) {
      if ((await one.run.digest()).sealed) break;
      await one.run.prompt('Go', { promptId });
      await one.stage.settle();
    }
    expect((await expectEnd(one, 'launchFailed')).processes.byExit).toEqual({ 'exit 1': 3 });
  });
});

const exits = [
  ['code 0 after a good turn', [turn('Done'), exit(0)], 'completed'],
  ['code 0 after a failed turn', [turn('Oh', { status: 'failed' }), exit(0)], 'failed'],
  ['code 0 within a turn', [turn('Hm', { steps: [exit(0)] })], 'crashed'],
  ['code 1', [turn('Done'), exit(1, { stderr: 'trace' })], 'crashed'],
  ['a signal', [turn('Done'), exit(null, { signal: 'SIGSEGV' })], 'crashed'],
  ['its loss', [turn('Hm', { steps: [lose()] })], 'lost'],
] as const;

describe('its process ends', () => {
  test.each(exits)('with %s, under onExit end', async (_, script, cause) => {
    const one = await started(script);
    await expectEnd(one, cause);
  });

  test.each(exits)(
    'with %s, under onExit idle: the run goes on until somebody ends it',
    async (_, script) => {
      const one = await started(script, { onExit: 'idle' });
      await expectAlive(one);
      await one.run.stop();
      await expectEnd(one, 'stopped');
    },
  );
});

describe('the runtime is killed and opened again', () => {
  test('under onExit end: its process is lost, and the run with it', async () => {
    const one = await started([turn('Half', { steps: [call('c1'), hang()] })]);
    await one.killed();
    expect(await expectEnd(one, 'lost')).toMatchObject({
      processes: { lost: 1 },
      turns: { byStatus: { lost: 1 } },
    });
  });

  test('under onExit idle: interrupted, and the next prompt launches it again', async () => {
    const one = await started([hear('prompt'), turn('Half', { steps: [think(1000)] })], { onExit: 'idle' });
    await one.run.prompt('Go', { promptId: 'p1' });
    await one.stage.settle();
    await one.killed();
    expect((await expectAlive(one)).processes).toMatchObject({ started: 1, lost: 1 });
    expect(await one.tags()).toContain('interrupted');
    await one.run.prompt('Go on', { promptId: 'p2' });
    await one.stage.advance(1000);
    expect(await expectAlive(one)).toMatchObject({
      processes: { started: 2 },
      turns: { byStatus: { ok: 1, lost: 1 } },
    });
    await one.run.end({ cause: 'completed' });
    await expectEnd(one, 'completed');
  });

  test('again and again: one loss a process', async () => {
    const one = await started(idler, { onExit: 'idle' });
    for (let i = 0; i < 3; i++) await one.killed();
    expect((await expectAlive(one)).processes.lost).toBe(1);
  });

  test('closed in order instead: neither a stop nor a crash of a run that has no process', async () => {
    const one = await started(undefined);
    await one.stage.close();
    await one.killed();
    await expectAlive(one);
    await one.run.end({ cause: 'completed' });
    await expectEnd(one, 'completed');
  });
});

describe('what ends nothing', () => {
  const mistake = (): never => {
    throw new Error('a mistake in the machine');
  };

  function mistaken(implementations: object) {
    const agent = scriptedAgent(idler);
    return { ...agent, machine: agent.machine.provide(implementations) };
  }

  test('an error of the machine refuses the event, and changes nothing', async () => {
    const one = await started(idler, { onExit: 'idle' });
    await one.killed([mistaken({ guards: { 'run is not paused': mistake } })]);
    const { seq } = await one.run.digest();
    expect(await refusalOf(one.run.pause())).toMatchObject({ code: 'MACHINE_FAILED' });
    expect((await one.run.digest()).seq).toBe(seq);
    await expectAlive(one);
    await one.run.end({ cause: 'completed' });
    await expectEnd(one, 'completed');
  });

  test('quarantine sets it aside without an end; with the definition mended it goes on', async () => {
    const one = await started(idler, { onExit: 'idle' });
    await one.killed([mistaken({ actions: { begin: assign(mistake) } })]);
    expect(await refusalOf(one.run.pause())).toMatchObject({ code: 'QUARANTINED' });
    expect(await one.stage.troupe.quarantined()).toMatchObject([{ address: 'run/a' }]);
    await one.killed([scriptedAgent(idler)]);
    await expectAlive(one);
    await one.run.stop();
    await expectEnd(one, 'stopped');
  });
});
