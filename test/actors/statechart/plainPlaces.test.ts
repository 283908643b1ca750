/** Where plain steps lead, in machines that make places easy to mistake for one another. */
import { assign, createMachine } from 'xstate';
import type { AnyStateMachine, EventObject } from 'xstate';
import { expect, test } from 'vitest';
import { tagsOf } from '../../../actors/statechart.ts';
import type { Snapshot } from '../../../actors/statechart.ts';
import { given, self, stepped } from './given.ts';

type Flags = Readonly<Record<'done' | 'qa' | 'qb', boolean>>;
interface Told {
  readonly context: Flags;
  readonly event: EventObject & { readonly flip?: boolean };
}

/** Region B may go to `d` and back before it rests, which changes the order in which states became active. */
const detour = createMachine({
  type: 'parallel',
  context: { done: false, qa: false, qb: false },
  on: { q: { actions: assign({ qa: true, qb: true }) } },
  states: {
    A: {
      initial: 'a',
      states: {
        a: { on: { go: 'b' } },
        b: {
          always: { guard: ({ context }: Told) => context.qa, actions: [assign({ qa: false }), 'fromA'] },
        },
      },
    },
    B: {
      initial: 'c',
      states: {
        c: {
          always: [
            { guard: ({ event, context }: Told) => event.flip === true && !context.done, target: 'd' },
            { guard: ({ context }: Told) => context.qb, actions: [assign({ qb: false }), 'fromB'] },
          ],
        },
        d: { always: { target: 'c', actions: assign({ done: true }) } },
      },
    },
  },
});

test('another order of active states is another place', () => {
  const { first, step } = given(detour);
  const names = (...events: readonly (EventObject | string)[]): string[] => {
    let at = first;
    for (const event of events) at = stepped(step(at.snapshot, event));
    return at.effects.flatMap((effect) => (effect.type === 'action' ? effect.name : []));
  };
  expect(names({ type: 'go', flip: true } as EventObject, 'q')).toEqual(['fromA', 'fromB']);
  expect(names('go', 'q')).toEqual(['fromB', 'fromA']);
});

test('states that share an id are two places', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'b',
    context: { n: 0 },
    states: {
      a: { id: 'm.b', on: { go: 'b' } },
      b: { on: { go: 'c', hi: { actions: assign({ n: 1 }) } } },
      c: { on: { go: 'a', hi: { actions: assign({ n: 1 }) } } },
    },
  });
  const { after } = given(machine);
  expect(after('hi').snapshot.value).toBe('b');
  expect(after('go', 'hi').snapshot.value).toBe('c');
});

interface Counting {
  readonly context: { readonly n: number };
}

/** Its way to the history of `p` leaves `p` out of the active states. */
const withoutParent = (tags: readonly string[]): AnyStateMachine =>
  createMachine({
    id: 'm',
    context: { n: 0 },
    initial: 'p',
    states: {
      p: {
        type: 'parallel',
        tags: [...tags],
        always: { guard: ({ context }: Counting) => context.n > 1, target: 'end' },
        on: { inc: { actions: assign({ n: ({ context }: Counting) => context.n + 1 }) } },
        states: { one: { on: { back: '#H' } }, two: {}, H: { id: 'H', type: 'history' } },
      },
      end: {},
    },
  });

test('an ancestor that is not among the active states is asked for its always', () => {
  const { after } = given(withoutParent([]));
  expect(after('back', 'inc').snapshot.value).toEqual({ p: { one: {}, two: {} } });
  expect(after('back', 'inc', 'inc').snapshot.value).toBe('end');
});

test('a restored snapshot tells the tags that it had, and so does who comes to its place after it', () => {
  const { after, chart, step } = given(withoutParent(['inside']));
  const { snapshot } = after('back');
  const restored = chart.restore(chart.persist(snapshot), self);
  const next = (from: Snapshot): Snapshot => stepped(step(from, 'inc')).snapshot;
  expect([snapshot, restored, next(restored), next(snapshot)].map(tagsOf)).toEqual([[], [], [], []]);
});

test('actions that are none are XState’s to refuse, before anything of the step is done', () => {
  const machine = createMachine({
    context: { n: 0 },
    on: { go: { actions: [false as never, assign({ n: 1 })] } },
  });
  const { first, step } = given(machine);
  expect(step(first.snapshot, 'go')).toMatchObject({
    failed: true,
    error: { message: "Cannot use 'in' operator to search for 'params' in false" },
  });
});
