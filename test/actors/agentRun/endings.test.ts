/**
 * Every way a run can end (contract S5), as far as the machine decides: one end, the right cause, and a
 * digest that knows it (play.ts compares the two after every step).
 */
import { describe, expect, test } from 'vitest';
import { answer, ask, attached, exit, launch, prompt, started, turn, turnEnd } from './play.ts';
import type { Happening, Play } from './play.ts';

type Row = readonly [title: string, play: () => Play, end: Happening, cause: string, lastTurn: unknown];

const idle = (): Play => attached({ onExit: 'idle' });
const inTurn = (): Play => attached().all(turn('t1'));
const afterTurn = (status = 'ok'): Play => inTurn().all(turnEnd('t1', status));
const stop = (cause?: string): Happening => ({ type: 'run.stop', ...(cause ? { cause } : {}) });
const runEnd = (cause: string): Happening => ({ type: 'run.end', cause });

const rows: readonly Row[] = [
  ['a stop of a run without a process', () => started(), stop(), 'stopped', null],
  ['a termination', () => started(), stop('terminated'), 'terminated', null],
  ['a run superseded by another', () => started(), stop('superseded'), 'superseded', null],
  ['a run that is done', () => started(), runEnd('completed'), 'completed', null],
  ['a run that says it failed', () => started(), runEnd('failed'), 'failed', null],
  ['an agent that stopped itself', () => started(), runEnd('selfStopped'), 'selfStopped', null],
  [
    'an end in the middle of a turn',
    () => started().all(turn('t1')),
    runEnd('completed'),
    'completed',
    'open',
  ],
  ['a deadline', () => started({ deadlineMs: 9 }), { fire: 'deadline' }, 'timedOut', null],
  [
    'a deadline in a turn',
    () => attached({ deadlineMs: 9 }).all(turn('t1')),
    { fire: 'deadline' },
    'timedOut',
    'open',
  ],
  ['exit 0 after a good turn', () => afterTurn(), exit(0), 'completed', 'ok'],
  ['exit 0 without a turn', () => attached(), exit(0), 'completed', null],
  ['exit 0 after a failed turn', () => afterTurn('failed'), exit(0), 'failed', 'failed'],
  ['exit 0 in a turn', inTurn, exit(0), 'crashed', 'lost'],
  ['exit 1 right after a good turn', () => afterTurn(), exit(1), 'crashed', 'ok'],
  ['exit 1 in a turn', inTurn, exit(1), 'crashed', 'lost'],
  ['a signal', () => afterTurn(), exit(null, 'SIGKILL'), 'crashed', 'ok'],
  ['an exit of which nobody knows how', () => attached(), exit(null), 'crashed', null],
  ['a lost process', inTurn, { type: 'process.lost', processId: 'p1' }, 'lost', 'lost'],
  ['a driver that failed', inTurn, { driverFails: true }, 'lost', 'lost'],
  [
    'a launch that failed',
    () => started({ launch }),
    { type: 'process.failed', message: 'no such file' },
    'launchFailed',
    null,
  ],
  ['a driver that failed at launch', () => started({ launch }), { driverFails: true }, 'launchFailed', null],
];

describe.each(rows)('%s', (_, play, happening, cause, lastTurn) => {
  test(`ends it as ${cause}`, () => {
    const run = play().all(happening);
    expect(run.isFinal).toBe(true);
    expect(run.state).toEqual([cause === 'selfStopped' ? 'stopped' : cause]);
    expect(run.tags).toContain('final');
    expect(run.digest.outcome).toMatchObject({ cause, lastTurn });
    expect(run.digest.carry).toBeNull();
  });

  test('nothing is accepted afterwards', () => {
    const run = play().all(happening);
    const { digest } = run;
    expect(
      [stop(), runEnd('failed'), turn('t9'), exit(1), { type: 'x.y' }].map((event) => run.tell(event)),
    ).toEqual(Array(5).fill(false));
    expect(run.digest).toBe(digest);
  });
});

describe("under onExit 'idle' the end of a process is not the end of the run", () => {
  test.each([
    ['exit 0', exit(0)],
    ['exit 1', exit(1)],
    ['a signal', exit(null, 'SIGTERM')],
    ['a loss', { type: 'process.lost', processId: 'p1' }],
    ['a failed driver', { driverFails: true }],
  ] as const)('%s leaves it idle and detached', (_, end) => {
    const run = idle().all(turn('t1'), turnEnd('t1'), end);
    expect(run.state).toEqual(expect.arrayContaining(['work.idle.ready', 'process.detached']));
    expect(run.tags).toEqual(['idle']);
  });

  test('with a turn open it is interrupted, and its asks are cancelled as lost (R1)', () => {
    const run = idle().all(turn('t1'), { type: 'tool.call', callId: 'c', name: 'sh' }, ask('r1'), exit(1));
    expect(run.tags).toEqual(['idle', 'interrupted']);
    expect(run.state).toContain('process.detached');
    expect(run.refusal(answer('r1'))).toBe('and(ask is open, option is offered)');
    expect(run.digest).toMatchObject({
      turns: { byStatus: { lost: 1 } },
      permissions: { asked: 1, cancelled: 1 },
      errors: { byClass: { failed_turn: { count: 1 } } },
    });
    expect(run.all(turn('t2')).tags).toEqual(['busy']);
  });

  test('a second loss of the same process is refused (R3)', () => {
    const run = idle().all({ type: 'process.lost', processId: 'p1' });
    expect(run.refusal({ type: 'process.lost', processId: 'p1' })).toBe('process is the present one');
  });
});

describe('a stop drains the process', () => {
  test('its exit ends the run with the cause of the stop, whatever the code', () => {
    const run = inTurn().all(ask('r1'), stop('terminated'));
    expect(run.isFinal).toBe(false);
    expect(run.state).toContain('course.stopping');
    expect(run.told).toEqual([{ type: 'driver.drain', drainMs: 5000 }]);
    run.all(exit(1));
    expect(run.digest.outcome).toMatchObject({ cause: 'terminated', lastTurn: 'lost' });
    expect(run.digest.permissions).toMatchObject({ cancelled: 1 });
  });

  test('a process that does not go is waited for until drainMs is over', () => {
    const run = inTurn().all({ type: 'run.stop', drainMs: 70 });
    expect(run.timers.get('drain')?.delayMs).toBe(70);
    run.all({ fire: 'drain' });
    expect(run.digest.outcome).toMatchObject({ cause: 'stopped', lastTurn: 'open' });
  });

  test('of two stops at once the first counts', () => {
    const run = inTurn().all(stop('superseded'));
    expect(run.refusal({ type: 'run.stop', cause: 'terminated' })).toBe('run is not stopping');
    expect(run.refusal({ type: 'run.end', cause: 'completed' })).toBe('run is not stopping');
    expect(run.all(exit(0)).digest.outcome?.cause).toBe('superseded');
  });

  test('a deadline while it drains does not wait any longer', () => {
    const run = attached({ deadlineMs: 9 }).all(stop(), { fire: 'deadline' });
    expect(run.digest.outcome?.cause).toBe('timedOut');
  });

  test('late words of the process are accepted until it has gone', () => {
    const run = inTurn().all(stop(), { type: 'message.delta', messageId: 'm', part: 'text', text: 'x' });
    expect(run.all(turnEnd('t1'), exit(0)).digest.outcome).toMatchObject({
      cause: 'stopped',
      lastTurn: 'ok',
    });
  });

  test('a paused run stops like any other', () => {
    const run = attached().all({ type: 'run.pause' }, stop(), exit(0));
    expect(run.digest.outcome?.cause).toBe('stopped');
  });
});

describe('a budget', () => {
  const call = (callId: string): Happening => ({ type: 'tool.call', callId, name: 'sh' });
  const usage = (key: string, costMicroUsd: number): Happening => {
    return {
      type: 'usage',
      key,
      model: 'm',
      mode: 'delta',
      scope: 'message',
      input: 1,
      output: 1,
      costMicroUsd,
    };
  };

  test.each([
    ['cost', { costMicroUsd: 10 }, [usage('a', 10)], usage('b', 1)],
    ['tokens', { tokens: 3 }, [usage('a', 0)], usage('b', 0)],
    ['turns', { turns: 1 }, [turn('t1'), turnEnd('t1')], turn('t2')],
    ['tool calls', { toolCalls: 1 }, [call('a')], call('b')],
    ['failures in a row', { consecutiveFailures: 0 }, [turn('t1')], turnEnd('t1', 'failed')],
  ] as const)('of %s ends the run with the first fact beyond it', (_, budget, within, beyond) => {
    const run = started({ budget }).all(...within);
    expect(run.isFinal).toBe(false);
    expect(run.all(beyond).digest.outcome?.cause).toBe('overBudget');
  });

  test('a good turn ends a row of failures, a cancelled one does not', () => {
    const run = started({ budget: { consecutiveFailures: 1 } });
    run.all(turn('1'), turnEnd('1', 'failed'), turn('2'), turnEnd('2'), turn('3'), turnEnd('3', 'failed'));
    run.all(turn('4'), turnEnd('4', 'cancelled'));
    expect(run.isFinal).toBe(false);
    expect(run.all(turn('5'), turnEnd('5', 'lost')).state).toEqual(['overBudget']);
  });

  test("that asks pauses the run; 'continue' grants as much again", () => {
    const run = started({ budget: { toolCalls: 1, onExceed: 'ask' } }).all(call('a'), call('b'));
    expect(run.tags).toEqual(['idle', 'paused', 'waiting']);
    expect(run.refusal({ type: 'run.unpause' })).toBe('and(run is not stopping, run is paused by hand)');
    run.all(answer('budget.1', 'continue'));
    expect(run.tags).toEqual(['idle']);
    run.all(call('c'));
    expect(run.tags).toEqual(['idle']);
    run.all(call('d'), answer('budget.2', 'stop'));
    expect(run.digest).toMatchObject({
      outcome: { cause: 'overBudget' },
      permissions: { asked: 2, allowed: 1, denied: 1 },
    });
  });

  test("its ask is the run's own: no driver hears of the answer, and an end leaves no issue", () => {
    const run = attached({ budget: { toolCalls: 0, onExceed: 'ask' } }).all(call('a'));
    expect(run.all(answer('budget.1', 'continue')).told).toEqual([]);
    run.all(
      call('b'),
      { type: 'tool.end', callId: 'a', ok: true },
      { type: 'tool.end', callId: 'b', ok: true },
    );
    run.all({ type: 'run.end', cause: 'failed' });
    expect(run.digest).toMatchObject({ permissions: { asked: 2, cancelled: 1 }, issues: { count: 0 } });
  });

  test('a larger one answers its ask', () => {
    const run = started({ budget: { toolCalls: 0, onExceed: 'ask' } }).all(call('a'));
    run.all({ type: 'run.update', budget: { toolCalls: 5 } });
    expect(run.tags).toEqual(['idle']);
  });
});

describe('launches (R2)', () => {
  const failed: Happening = { type: 'process.failed', message: 'no' };

  test('three in a row that do not hold are the end', () => {
    const run = started({ launch, onExit: 'idle' }).all(prompt('q1'), failed, failed);
    expect(run.state).toContain('process.launched.launching');
    // Each launch has its own minute.
    expect(run.effects).toContainEqual(
      expect.objectContaining({ type: 'timer.set', id: 'launch', delayMs: 60_000 }),
    );
    expect(run.all(failed).digest.outcome?.cause).toBe('launchFailed');
    expect(run.digest.prompts.waiting).toEqual(['q1']);
  });

  test('one that holds for a minute, or comes to a turn, begins the row anew', () => {
    const run = started({ launch, onExit: 'idle' }).all(prompt('q1'), failed, failed, { fire: 'launch' });
    run.all(failed, failed);
    run.all({ type: 'process.start', processId: 'p1' }, turn('t1'), exit(1));
    expect(run.context.book.failedLaunches).toBe(0);
    expect(run.isFinal).toBe(false);
  });

  test('a prompt to a detached run launches again, with the last session of the engine', () => {
    const run = idle().all({ type: 'process.session', processId: 'p1', engineSession: 's7' });
    run.all(turn('t1'), turnEnd('t1'), exit(0), prompt('q1'));
    const start = run.effects.find((effect) => effect.type === 'task.start');
    expect(start).toMatchObject({ id: 'process', input: { launch, engineSession: 's7', failedLaunches: 0 } });
    run.all({ type: 'process.start', processId: 'p2' });
    expect(run.told).toEqual([{ type: 'driver.prompt', promptId: 'q1', mode: 'queue' }]);
  });

  test('a process that dies with a prompt waiting is followed by one with a driver of its own', () => {
    const run = idle().all(prompt('q1'), exit(1));
    expect(run.effects.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['invoke.stop', 'task.start', 'timer.set']),
    );
    expect(run.context.book.queue).toHaveLength(1);
  });

  test('a paused run launches nothing until it goes on', () => {
    const run = idle().all(exit(0), { type: 'run.pause' }, prompt('q1'));
    expect(run.state).toContain('process.detached');
    expect(run.all({ type: 'run.unpause' }).state).toContain('process.launched.launching');
  });
});
