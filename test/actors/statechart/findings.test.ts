/** The six ways in which a bare reused scope is wrong (5a–5f), and which events count as accepted (6). */
import { assign, createMachine, fromCallback, fromPromise, sendParent, sendTo, setup } from 'xstate';
import type { AnyActorRef, AnyStateMachine } from 'xstate';
import { describe, expect, test } from 'vitest';
import { doneEvent, failedEvent, statechartOf } from '../../../actors/statechart.ts';
import { failureOf, given, self, stepped } from './given.ts';
import { recoded } from './smallHost.ts';

const driver = fromCallback(() => {});
const task = fromPromise(async () => Promise.resolve(1));

describe('finding 5', () => {
  const withSystemId = setup({ actors: { driver } }).createMachine({
    initial: 'off',
    states: {
      off: { on: { GO: 'on' } },
      on: {
        invoke: { src: 'driver', id: 'd', systemId: 'sys' },
        on: { GO: 'off', AGAIN: { target: 'on', reenter: true } },
      },
    },
  });

  test('a: two actors of one definition use the same system id, and one leaves and enters again', () => {
    const { chart, first, after } = given(withSystemId);
    expect(after('GO', 'GO', 'GO', 'AGAIN', 'GO', 'GO').effects).toMatchObject([{ type: 'driver.start' }]);
    const other = stepped(chart.step(first.snapshot, { type: 'GO' }, { address: 'thing/2' }));
    expect(other.effects).toMatchObject([{ type: 'driver.start', id: 'd' }]);
  });

  test('b: a child spawned in assign is started', () => {
    const machine = setup({ actors: { driver } }).createMachine({
      on: { GO: { actions: assign({ ref: ({ spawn }) => spawn('driver', { id: 'kid', input: 5 }) }) } },
    });
    expect(given(machine).after('GO').effects).toEqual([
      { type: 'driver.start', id: 'kid', src: 'driver', input: 5 },
    ]);
  });

  test('c: sendParent reaches the parent of a child, and throws in an actor without one', () => {
    const machine = setup({}).createMachine({
      on: { GO: { actions: sendParent(({ event }) => ({ type: 'DID', what: event.type })) } },
    });
    const chart = statechartOf(machine);
    const kid = { address: 'kid/thing/1/k@3', parent: 'thing/1' };
    const { snapshot } = stepped(chart.start(undefined, kid));
    expect(stepped(chart.step(snapshot, { type: 'GO' }, kid)).effects).toEqual([
      { type: 'send', to: { parent: 'thing/1' }, event: { type: 'DID', what: 'GO' } },
    ]);
    expect(failureOf(chart.step(snapshot, { type: 'GO' }, self)).error).toMatchObject({
      message: expect.stringContaining('#_parent') as unknown,
    });
  });

  test('d: self.send does not vanish, it throws', () => {
    const machine = setup({}).createMachine({
      entry: assign(({ self: me }) => {
        (me as AnyActorRef).send({ type: 'X' });
        return {};
      }),
    });
    expect(failureOf(statechartOf(machine).start(undefined, self)).error).toMatchObject({
      construct: 'self.send',
    });
  });

  test(`e: no code of a child machine runs in its parent's step`, () => {
    let ran = 0;
    const kid = setup({}).createMachine({
      context: () => ({ n: ++ran }),
      entry: assign(() => ({ n: ++ran })),
    });
    const machine = setup({ actors: { kid } }).createMachine({ invoke: { src: 'kid', id: 'k' } });
    const { chart, first } = given(machine);
    expect(first.effects).toMatchObject([{ type: 'child.start', id: 'k', src: 'kid' }]);
    chart.restore(recoded(chart.persist(first.snapshot)), self);
    expect(ran).toBe(0);
  });

  test('f: references in the context survive persisting: to itself, to a child, deep inside', () => {
    const machine = setup({
      types: { context: {} as { me: AnyActorRef; all: { ref: AnyActorRef }[] } },
      actors: { driver },
    }).createMachine({
      context: ({ spawn, self: me }) => ({ me, all: [{ ref: spawn('driver', { id: 'd' }) }] }),
      on: {
        BY_REF: { actions: sendTo(({ context }) => context.all[0]!.ref, { type: 'A' }) },
        BY_ID: { actions: sendTo('d', { type: 'B' }) },
        ME: { actions: sendTo(({ context }) => context.me, { type: 'C' }) },
      },
    });
    const { chart, first } = given(machine);
    const persisted = recoded(chart.persist(first.snapshot));
    expect(persisted).toMatchObject({ context: { me: null, all: [{ ref: null }] } });
    const restored = chart.restore(persisted, self);
    const told = (type: string): unknown => stepped(chart.step(restored, { type }, self)).effects;
    expect(told('BY_REF')).toEqual([{ type: 'send', to: { child: 'd' }, event: { type: 'A' } }]);
    expect(told('BY_ID')).toEqual([{ type: 'send', to: { child: 'd' }, event: { type: 'B' } }]);
    expect(told('ME')).toEqual([{ type: 'send', to: { actor: 'thing/1' }, event: { type: 'C' } }]);
    expect(persisted).toMatchObject({ context: { me: null, all: [{ ref: null }] } });
  });
});

describe('finding 6', () => {
  const machine = setup({ actors: { task } }).createMachine({
    initial: 'a',
    states: {
      a: {
        invoke: { src: 'task', id: 'job' },
        after: { 10: { guard: () => false, target: 'b' } },
        always: { guard: ({ event }) => event.type === 'NOW', target: 'b' },
        on: {
          EMPTY: {},
          GUARDED: { guard: () => false, target: 'b' },
          THROWS: {
            actions: assign(() => {
              throw new Error('no');
            }),
          },
          ACTS: { actions: () => {} },
        },
      },
      b: {},
    },
  });
  const { first, step } = given(machine);
  const accepted = (type: string): boolean => stepped(step(first.snapshot, type)).accepted;

  test('an empty transition accepts its event and changes nothing', () => {
    expect(stepped(step(first.snapshot, 'EMPTY'))).toEqual({
      failed: false,
      snapshot: first.snapshot,
      accepted: true,
      effects: [],
    });
  });

  test('an event is accepted by an always that it makes true, and by an action alone', () => {
    expect([accepted('NOW'), accepted('ACTS')]).toEqual([true, true]);
  });

  test('an unknown event and one that a guard stops are not accepted', () => {
    expect([accepted('NOPE'), accepted('GUARDED')]).toEqual([false, false]);
  });

  test('the end of a task without onDone is a step that moves nothing', () => {
    expect(stepped(step(first.snapshot, doneEvent('job', 1)))).toMatchObject({
      accepted: false,
      effects: [],
    });
  });

  test('a timer whose guard says no is a step that moves nothing', () => {
    expect(accepted('xstate.after.10.(machine).a')).toBe(false);
  });

  test('the failure of a task without onError ends the actor', () => {
    const end = stepped(step(first.snapshot, failedEvent('job', { message: 'x' })));
    expect(end).toMatchObject({ accepted: true, snapshot: { status: 'error', error: { message: 'x' } } });
  });

  test('a throw comes back as a value and leaves the snapshot before it alone', () => {
    const before = first.snapshot;
    const failure = failureOf(step(before, 'THROWS'));
    expect(failure).toMatchObject({ error: { message: 'no' }, snapshot: { status: 'error', value: 'a' } });
    expect(before.status).toBe('active');
    expect(stepped(step(before, 'NOW')).snapshot.value).toBe('b');
  });

  test('guards run once a step', () => {
    let asked = 0;
    const counting = setup({}).createMachine({
      initial: 'a',
      states: { a: { on: { GO: { guard: () => (asked += 1) > 0, target: 'b' } } }, b: {} },
    });
    given(counting).after('GO');
    expect(asked).toBe(1);
  });

  test('a machine that is done accepts nothing, though its root has a transition', () => {
    const done = setup({}).createMachine({
      initial: 'a',
      states: { a: { on: { END: 'z' } }, z: { type: 'final' } },
      on: { X: { actions: assign(() => ({ moved: true })) } },
    });
    const last = given(done).after('END', 'X');
    expect(last).toMatchObject({ accepted: false, snapshot: { status: 'done', context: {} } });
  });

  test('a loop of always or raise is an error, not a stuck thread', () => {
    const loop = setup({}).createMachine({
      initial: 'a',
      states: { a: { on: { GO: 'b' } }, b: { always: 'c' }, c: { always: 'b' } },
    });
    const chart = statechartOf(loop, { maxIterations: 100 });
    const { snapshot } = stepped(chart.start(undefined, self));
    expect(failureOf(chart.step(snapshot, { type: 'GO' }, self)).error).toMatchObject({
      message: expect.stringContaining('more than 100 microsteps') as unknown,
    });
    const own: AnyStateMachine = createMachine({ ...loop.config, options: { maxIterations: 7 } });
    const { first: rest, step: stepOwn } = given(own);
    expect(failureOf(stepOwn(rest.snapshot, 'GO')).error).toMatchObject({
      message: expect.stringContaining('more than 7 microsteps') as unknown,
    });
  });
});
