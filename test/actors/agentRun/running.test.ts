/**
 * A run while it lives: what it accepts, what its process and its parent are told, what its tags say.
 */
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/definition.ts';
import { agentRun } from '../../../actors/agentRun/agentRun.ts';
import { acceptsOf } from '../../../actors/statechart.ts';
import { answer, ask, attached, delta, exit, launch, Play, prompt, started, turn, turnEnd } from './play.ts';

test('the machine is one that defineActor takes', () => {
  const definition = defineActor(agentRun());
  expect([definition.kind, definition.version]).toEqual(['run', 1]);
});

test('a run that was created takes nothing but its start', () => {
  const run = new Play();
  expect(acceptsOf(run.snapshot)).toEqual(['run.start']);
  expect(run.tell({ type: 'x.note' })).toBe(false);
  expect(run.refusal({ type: 'run.start', launch: { ...launch, args: ['x'.repeat(33_000)] } })).toBe(
    'launch is within bounds',
  );
});

test('a run without a launch has no driver: its orchestrator sends everything', () => {
  const run = started();
  expect(run.effects).toEqual([]);
  run.all(
    turn('t1'),
    { type: 'message.start', messageId: 'm', role: 'assistant' },
    delta('m', 'hi'),
    turnEnd('t1'),
  );
  run.all({ type: 'process.start', processId: 'p1' }, prompt('q1'), {
    type: 'turn.start',
    turnId: 't2',
    promptId: 'q1',
  });
  expect(run.state).toContain('process.attached');
  expect(run.context.book.queue).toEqual([]);
  expect(run.all(turnEnd('t2'), { type: 'run.end', cause: 'completed' }).digest.result?.text).toBe('hi');
});

describe('tags', () => {
  test('busy in a turn, idle outside, waiting with an ask, paused beside both', () => {
    const run = started();
    expect(run.tags).toEqual(['idle']);
    expect(run.all(turn('t1')).tags).toEqual(['busy']);
    expect(run.all(ask('r1')).tags).toEqual(['busy', 'waiting']);
    expect(run.all({ type: 'run.pause' }).tags).toEqual(['busy', 'paused', 'waiting']);
    expect(run.all(answer('r1'), turnEnd('t1')).tags).toEqual(['idle', 'paused']);
  });

  test('a turn responds, uses tools, awaits an answer', () => {
    const run = started().all(turn('t1'));
    const call = { type: 'tool.call', callId: 'c', name: 'sh' };
    expect(run.state).toContain('work.turn.responding');
    expect(run.all(call).state).toContain('work.turn.usingTools');
    expect(run.all(ask('r1')).state).toContain('work.turn.awaitingAnswer');
    expect(run.all(answer('r1')).state).toContain('work.turn.usingTools');
    expect(run.all({ type: 'tool.end', callId: 'c', ok: true }).state).toContain('work.turn.responding');
  });
});

describe('turns', () => {
  test('there is one at a time, and no id is used twice', () => {
    const run = started().all(turn('t1'));
    expect(run.refusal({ type: 'turn.start', turnId: 't2' })).toContain('no turn is open');
    expect(run.refusal({ type: 'turn.end', turnId: 't2', status: 'ok' })).toBe('turn is the open one');
    run.all(turnEnd('t1'));
    expect(run.refusal({ type: 'turn.end', turnId: 't1', status: 'ok' })).toBe('turn is the open one');
    expect(run.refusal({ type: 'turn.start', turnId: 't1' })).toContain('turn id is new');
  });

  test('an interrupt keeps run, process and queue, cancels asks, and tells the driver', () => {
    const run = attached().all(turn('t1'), ask('r1'), prompt('q1'), { type: 'turn.interrupt', by: 'ann' });
    expect(run.told).toEqual([{ type: 'driver.interrupt', by: 'ann' }]);
    expect(run.context.book).toMatchObject({ asks: [], queue: [{ promptId: 'q1' }], process: 'attached' });
    run.all(turnEnd('t1', 'cancelled'));
    expect(run.told).toEqual([{ type: 'driver.prompt', promptId: 'q1', mode: 'queue' }]);
    expect(run.refusal({ type: 'turn.interrupt' })).toBe('a turn is open');
  });
});

describe('asks', () => {
  test('each gets one answer, and the option reaches the driver unchanged', () => {
    const run = attached().all(turn('t1'), ask('r1'), {
      ...answer('r1', 'yes, always'),
      input: { a: [1] },
      message: 'go',
    });
    expect(run.told).toEqual([
      { type: 'driver.answer', requestId: 'r1', optionId: 'yes, always', input: { a: [1] }, message: 'go' },
    ]);
    expect(run.refusal(answer('r1'))).toBe('and(ask is open, option is offered)');
    expect(run.refusal(ask('r1'))).toContain('ask id is new');
  });

  test('an unknown ask or option is refused', () => {
    const run = started().all(ask('r1'));
    expect(run.refusal(answer('r2'))).toContain('ask is open');
    expect(run.refusal(answer('r1', 'constructor'))).toContain('option is offered');
    expect(run.refusal({ type: 'permission.cancelled', requestId: 'r2', reason: 'ended' })).toBe(
      'ask is of the engine',
    );
  });

  test('past its deadline an ask is cancelled as expired, and the engine is told no', () => {
    const run = attached().all(turn('t1'), ask('r1', { deadlineMs: 50 }));
    expect(run.timers.get('ask.r1')?.delayMs).toBe(50);
    run.all({ fire: 'ask.r1' });
    expect(run.told).toEqual([{ type: 'driver.deny', requestId: 'r1', reason: 'expired' }]);
    expect(run.tags).toEqual(['busy']);
    expect(run.digest.permissions).toMatchObject({ asked: 1, cancelled: 1 });
  });

  test('an answer takes the deadline away', () => {
    const run = attached().all(ask('r1', { deadlineMs: 50 }), answer('r1'));
    expect(run.timers.has('ask.r1')).toBe(false);
  });

  test('no more than eight are open at once', () => {
    const run = started();
    for (let i = 0; i < 8; i++) run.all(ask(`r${i}`));
    expect(run.refusal(ask('r8'))).toContain('there is room for an ask');
  });

  test('the parent hears of asks and of what needs attention; notify names another outbox', () => {
    const run = started({ parent: 'run/conductor' }).all(ask('r1'));
    const from = { type: 'outbox.post', child: 'run/1', childSeq: 0 };
    const post = { ...from, kind: 'permission', summary: 'r1', requestId: 'r1' };
    expect(run.posted).toEqual([{ to: 'outbox/conductor', event: post }]);
    run.all({ type: 'attention', kind: 'stuck', text: 'help' });
    expect(run.posted).toEqual([
      { to: 'outbox/conductor', event: { ...from, kind: 'attention', summary: 'help' } },
    ]);
    expect(started({ parent: 'run/a', notify: 'b' }).all(ask('r1')).posted[0]?.to).toBe('outbox/b');
    expect(started().all(ask('r1')).posted).toEqual([]);
  });
});

describe('prompts', () => {
  test('one goes to an idle process at once, the next one after the turn, in order', () => {
    const run = attached().all(prompt('q1'));
    expect(run.told).toEqual([{ type: 'driver.prompt', promptId: 'q1', mode: 'queue' }]);
    expect(run.all(prompt('q2'), prompt('q3')).told).toEqual([]);
    expect(run.all(turn('t1')).context.book.queue.map(({ promptId }) => promptId)).toEqual(['q2', 'q3']);
    expect(run.all(turnEnd('t1')).told).toEqual([{ type: 'driver.prompt', promptId: 'q2', mode: 'queue' }]);
  });

  test('one that waits can be changed and taken back; the one that was told cannot', () => {
    const run = attached().all(prompt('q1'), prompt('q2'));
    expect(run.refusal({ type: 'run.unprompt', promptId: 'q1' })).toBe('prompt is waiting');
    run.all(
      { type: 'run.reprompt', promptId: 'q2', content: 'other' },
      { type: 'run.unprompt', promptId: 'q2' },
    );
    expect(run.refusal({ type: 'run.reprompt', promptId: 'q2', content: 'x' })).toBe('prompt is waiting');
    expect(run.digest.prompts).toMatchObject({ sent: 2, removed: 1 });
  });

  test('an id is used once, and the queue is bounded', () => {
    const run = started().all(prompt('q1'));
    expect(run.refusal(prompt('q1'))).toContain('prompt id is new');
    for (let i = 2; i <= 32; i++) run.all(prompt(`q${i}`));
    expect(run.refusal(prompt('q33'))).toContain('queue has room');
  });

  test('steering goes into the open turn, and queues when there is none', () => {
    const run = attached().all(turn('t1'), prompt('s1', 'steer'));
    expect(run.told).toEqual([{ type: 'driver.prompt', promptId: 's1', mode: 'steer' }]);
    expect(run.context.book.queue).toEqual([]);
    expect(started().all(prompt('s1', 'steer')).context.book.queue).toHaveLength(1);
  });

  test('a paused run holds them back', () => {
    const run = attached().all({ type: 'run.pause' }, prompt('q1'));
    expect(run.told).toEqual([]);
    expect(run.all({ type: 'run.unpause' }).told).toHaveLength(1);
  });

  test('one that was told and never taken up goes to the next process', () => {
    const run = attached({ onExit: 'idle' }).all(prompt('q1'), exit(1), {
      type: 'process.start',
      processId: 'p2',
    });
    expect(run.told).toEqual([{ type: 'driver.prompt', promptId: 'q1', mode: 'queue' }]);
  });

  test('what is still queued at the seal is listed in it (R4)', () => {
    const run = started().all(prompt('q1'), prompt('q2'), { type: 'run.stop' });
    expect(run.digest.prompts).toEqual({ sent: 2, removed: 0, waiting: ['q1', 'q2'] });
  });
});

describe('processes', () => {
  test('a run with a launch awaits the process it launched, and no other', () => {
    const run = attached({ onExit: 'idle' });
    expect(run.refusal({ type: 'process.start', processId: 'p2' })).toContain('a process is awaited');
    expect(run.refusal({ type: 'process.exit', processId: 'p2', code: 0 })).toBe(
      'process is the present one',
    );
    run.all(exit(0));
    expect(run.refusal(exit(0))).toBe('process is the present one');
    expect(run.refusal({ type: 'process.start', processId: 'p3' })).toContain('a process is awaited');
  });

  test('model and mode reach the process, and the next launch', () => {
    const run = attached({ onExit: 'idle', model: 'a' }).all({
      type: 'run.update',
      model: 'b',
      mode: 'plan',
    });
    expect(run.told).toEqual([{ type: 'driver.update', model: 'b', mode: 'plan' }]);
    run.all(exit(0), prompt('q1'));
    const start = run.effects.find((effect) => effect.type === 'task.start');
    expect(start).toMatchObject({ input: { model: 'b', mode: 'plan' } });
  });
});

describe('stalls', () => {
  const stalling = (): Play => started({ stallMs: 100 });

  test('no news for so long is stalled; any news clears it', () => {
    const run = stalling().all({ fire: 'stall', quietMs: 100 });
    expect(run.tags).toEqual(['idle', 'stalled']);
    expect(run.all(delta('m', 'x')).tags).toEqual(['idle']);
    expect(run.timers.get('stall')?.delayMs).toBe(100);
    run.all({ fire: 'stall', quietMs: 100 }, turn('t1'));
    expect(run.tags).toEqual(['busy']);
  });

  test('a timer that finds news waits for the rest', () => {
    const run = stalling().all({ fire: 'stall', quietMs: 40 });
    expect(run.tags).toEqual(['idle']);
    expect(run.timers.get('stall')?.delayMs).toBe(60);
    expect(run.all({ fire: 'stall', quietMs: 20 }).timers.get('stall')?.delayMs).toBe(80);
    // The timer's own fact may be the last that was recorded: quiet since it was set is enough.
    expect(run.all({ fire: 'stall', quietMs: 80 }).tags).toEqual(['idle', 'stalled']);
  });

  test("the user's own events move nothing, not even this", () => {
    const run = stalling().all({ fire: 'stall', quietMs: 100 }, { type: 'x.mine', a: 1 });
    expect(run.tags).toEqual(['idle', 'stalled']);
  });

  test('what is refused clears nothing', () => {
    const run = stalling().all({ fire: 'stall', quietMs: 100 });
    expect(run.tell(turnEnd('t1'))).toBe(false);
    expect(run.tags).toEqual(['idle', 'stalled']);
  });
});

test("the user's own events are accepted in every live state", () => {
  const own = { type: 'x.mine' };
  const plays = [
    started(),
    started().all(turn('t')),
    started().all({ type: 'run.pause' }),
    started().all(ask('r')),
  ];
  plays.push(attached().all({ type: 'run.stop' }), attached({ onExit: 'idle' }).all(turn('t'), exit(1)));
  for (const run of plays) {
    const { state } = run;
    expect(run.all(own).state).toEqual(state);
  }
});
