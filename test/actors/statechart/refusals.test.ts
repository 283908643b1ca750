/** Each construct that cannot be hosted is refused by its name, and says where. */
import {
  assign,
  createMachine,
  emit,
  enqueueActions,
  fromCallback,
  fromPromise,
  fromTransition,
  sendTo,
  setup,
  spawnChild,
  createActor,
} from 'xstate';
import type { AnyActorRef, AnyStateMachine } from 'xstate';
import { describe, expect, test } from 'vitest';
import { Unsupported, statechartOf } from '../../../actors/statechart.ts';
import { failureOf, given, self } from './given.ts';

const child = fromCallback(() => {});
const inner = setup({}).createMachine({});
const on = (actions: unknown): AnyStateMachine =>
  setup({ actors: { child, inner } }).createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { on: { GO: { actions: actions as never } } } },
  });

function refused(make: () => unknown): Unsupported {
  try {
    make();
  } catch (error) {
    if (error instanceof Unsupported) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('at definition', () => {
  const cases: Record<string, [() => AnyStateMachine, { construct: string; where: string }]> = {
    'an inline invoke source': [
      () =>
        setup({}).createMachine({
          id: 'm',
          initial: 'a',
          states: { a: { invoke: { src: child } as never } },
        }),
      { construct: 'invoke of an inline source', where: 'm.a' },
    ],
    'fromTransition as a named source': [
      () => setup({ actors: { t: fromTransition((n: number) => n, 0) } }).createMachine({}),
      { construct: 'fromTransition', where: 'actors.t' },
    ],
    'logic that no creator of XState made': [
      () =>
        setup({
          actors: { own: { transition: (s: unknown) => s, getInitialSnapshot: () => ({}) } as never },
        }).createMachine({}),
      { construct: 'custom actor logic', where: 'actors.own' },
    ],
    'onSnapshot of an invoke': [
      () =>
        setup({ actors: { child } }).createMachine({
          id: 'm',
          invoke: { src: 'child', onSnapshot: {} },
        }),
      { construct: 'invoke with onSnapshot', where: 'm' },
    ],
    'functions inside the input of an invoke': [
      () =>
        setup({ actors: { child } }).createMachine({
          id: 'm',
          invoke: { src: 'child', input: { at: () => 1 } as never },
        }),
      { construct: 'a function in the input of an invoke', where: 'm' },
    ],
    'emit in a transition': [() => on(emit({ type: 'X' })), { construct: 'emit', where: 'm.a' }],
    'emit behind a name': [
      () =>
        setup({ actions: { tell: emit({ type: 'X' }) } }).createMachine({
          id: 'm',
          exit: 'tell' as never,
        }),
      { construct: 'emit', where: 'm' },
    ],
    'emit in an initial transition': [
      () =>
        setup({}).createMachine({
          id: 'm',
          initial: { target: 'a', actions: emit({ type: 'X' }) as never },
          states: { a: {} },
        }),
      { construct: 'emit', where: 'm' },
    ],
    'spawnChild of inline logic': [
      () => on(spawnChild(inner as never)),
      { construct: 'spawn of inline logic', where: 'm.a' },
    ],
    'spawnChild with syncSnapshot': [
      () => on(spawnChild('child' as never, { syncSnapshot: true })),
      { construct: 'syncSnapshot', where: 'm.a' },
    ],
    'a built-in action of another version': [
      () => on(Object.assign(() => {}, { type: 'xstate.future', resolve: () => {} })),
      { construct: 'the action xstate.future', where: 'm.a' },
    ],
  };
  test.each(Object.entries(cases))('%s is refused', (_, [machine, expected]) => {
    expect(refused(() => statechartOf(machine()))).toMatchObject(expected);
  });
});

describe('at the step', () => {
  const foreign = createActor(inner);
  const cases: Record<string, [unknown, string]> = {
    'spawn of inline logic in assign': [
      assign(({ spawn }) => ({ ref: spawn(inner) })),
      'spawn of inline logic',
    ],
    'spawn with syncSnapshot': [
      assign(({ spawn }) => ({
        ref: (spawn as (...args: unknown[]) => unknown)('child', { syncSnapshot: true }),
      })),
      'syncSnapshot',
    ],
    'enqueued emit': [enqueueActions(({ enqueue }) => enqueue.emit({ type: 'X' })), 'emit'],
    'enqueued spawn of inline logic': [
      enqueueActions(({ enqueue }) => enqueue.spawnChild(inner as never)),
      'spawn of inline logic',
    ],
    'functions in the input of a child machine': [
      assign(({ spawn }) => ({
        ref: (spawn as (...args: unknown[]) => unknown)('inner', {
          id: 'i',
          input: { deep: [{ f: () => 1 }] },
        }),
      })),
      `a function in the input of child 'i'`,
    ],
    'sendTo an actor made elsewhere': [sendTo(foreign, { type: 'X' }), 'sendTo an actor of another system'],
    'self.send in assign': [
      assign(({ self: me }) => {
        (me as AnyActorRef).send({ type: 'X' });
        return {};
      }),
      'self.send',
    ],
    'child.send in assign': [
      assign(({ spawn }) => {
        (spawn as (...args: unknown[]) => AnyActorRef)('child', { id: 'c' }).send({ type: 'X' });
        return {};
      }),
      'actor.send',
    ],
    'reading the inside of a child': [
      assign(({ spawn }) => {
        const ref = (spawn as (...args: unknown[]) => AnyActorRef)('child', { id: 'c' });
        return { inside: (ref.getSnapshot() as { context: unknown }).context };
      }),
      `reading .context of a child's snapshot`,
    ],
    'system.inspect': [
      assign(({ system }) => {
        system.inspect(() => {});
        return {};
      }),
      'system.inspect',
    ],
  };
  test.each(Object.entries(cases))(
    '%s is refused, and nothing comes of the step',
    (_, [action, construct]) => {
      const { first, step } = given(on(action));
      const failure = failureOf(step(first.snapshot, 'GO'));
      expect(failure.error).toBeInstanceOf(Unsupported);
      expect(failure.error).toMatchObject({ construct, where: `on 'GO' in a` });
      expect(failure).not.toHaveProperty('effects');
      expect(first.snapshot.children).toEqual({});
    },
  );

  test('what is refused in the first step says so', () => {
    const machine = setup({}).createMachine({ context: ({ spawn }) => ({ ref: spawn(inner) }) });
    const failure = failureOf(statechartOf(machine).start(undefined, self));
    expect(failure.error).toMatchObject({ construct: 'spawn of inline logic', where: 'at the start' });
  });

  test('what only the actions of the first step show is refused there too', () => {
    const entry = enqueueActions(({ enqueue }) => enqueue.emit({ type: 'X' }));
    const machine = createMachine({ entry, initial: 'a', states: { a: {} } });
    const failure = failureOf(statechartOf(machine).start(undefined, self));
    expect(failure).toMatchObject({ error: { construct: 'emit' }, snapshot: { status: 'error' } });
  });

  test('a snapshot of the machine itself, which would run its sources, is not stepped', () => {
    const machine = createMachine({ on: { GO: {} } });
    const own = createActor(machine).getSnapshot() as never;
    expect(() => statechartOf(machine).step(own, { type: 'GO' }, self)).toThrow('another machine');
  });

  test('self.send in a custom action throws when the action is run, after the commit', () => {
    const { after } = given(on(({ self: me }: { self: AnyActorRef }) => me.send({ type: 'X' })));
    const [action] = after('GO').effects;
    expect(() => action?.type === 'action' && action.run()).toThrow(Unsupported);
  });
});

test('named sources of every other kind are told apart', () => {
  const machine = setup({
    actors: { task: fromPromise(async () => Promise.resolve(1)), child, inner },
  }).createMachine({ invoke: { src: 'elsewhere' as never } });
  const chart = statechartOf(machine);
  expect(['task', 'child', 'inner', 'elsewhere'].map((src) => chart.source(src).kind)).toEqual([
    'task',
    'driver',
    'machine',
    'unimplemented',
  ]);
});
