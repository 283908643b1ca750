/** Where an actor stands, what it takes and why it refuses; and a machine as data. */
import { and, createMachine, fromEventObservable, fromObservable, not, raise, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import {
  acceptsOf,
  guardAgainst,
  ignores,
  isFinal,
  stateOf,
  statechartOf,
  tagsOf,
} from '../../../actors/statechart.ts';
import { given } from './given.ts';

const machine = setup({
  guards: { open: () => false, paid: (_, params: { cents: number }) => params.cents > 0 },
}).createMachine({
  type: 'parallel',
  on: { 'any.*': {}, STOP: '#end' },
  states: {
    b: {
      tags: 'busy',
      initial: 'one',
      states: {
        one: {
          tags: ['waits', 'busy'],
          after: { 10: 'two' },
          on: {
            GO: { guard: 'open', target: 'two' },
            PAY: { guard: { type: 'paid', params: { cents: 0 } }, target: 'two' },
            BOTH: { guard: and(['open', not('open')]), target: 'two' },
          },
        },
        two: {},
      },
    },
    a: {
      initial: 'x',
      states: { x: { on: { GO: { guard: () => false, target: 'end' } } }, end: { id: 'end', type: 'final' } },
    },
  },
});

describe('position', () => {
  const { first, after } = given(machine);

  test('states are the leaves as dotted paths in the order they are written', () => {
    expect(stateOf(first.snapshot)).toEqual(['b.one', 'a.x']);
    expect(stateOf(given(createMachine({})).first.snapshot)).toEqual([]);
    expect(stateOf(given(createMachine({ initial: 'a', states: { a: {} } })).first.snapshot)).toEqual(['a']);
  });

  test('states that do nothing on an event ignore it, whenever they are asked', () => {
    const { snapshot } = first;
    for (const _ of [1, 2]) {
      expect(ignores(snapshot, 'any.thing')).toBe(true);
      expect(ignores(snapshot, 'GO')).toBe(false);
      expect(ignores(snapshot, 'STOP')).toBe(false);
      expect(ignores(snapshot, 'unknown')).toBe(false);
    }
    expect(ignores(after('STOP').snapshot, 'any.thing')).toBe(true);
  });

  test('tags are sorted and said once', () => {
    expect(tagsOf(first.snapshot)).toEqual(['busy', 'waits']);
  });

  test('what it accepts are its descriptors, without those of XState', () => {
    expect(acceptsOf(first.snapshot).toSorted()).toEqual(['BOTH', 'GO', 'PAY', 'STOP', 'any.*']);
  });

  test('the guard that stood in the way has a name, the nearest first', () => {
    const against = (type: string): unknown => guardAgainst(first.snapshot, type);
    expect(against('PAY')).toBe('paid');
    expect(against('BOTH')).toBe('and(open, not(open))');
    expect(against('NOPE')).toBe(undefined);
    expect(against('any.thing')).toBe(undefined);
  });

  test('a final machine accepts nothing', () => {
    const done = given(
      createMachine({ initial: 'z', states: { z: { type: 'final' } }, on: { X: {} } }),
    ).first;
    expect([isFinal(done.snapshot), acceptsOf(done.snapshot)]).toEqual([true, []]);
    expect(isFinal(after('STOP').snapshot)).toBe(false);
  });
});

test('the structure of a machine is plain JSON with names for functions', () => {
  const { structure } = statechartOf(
    setup({
      actors: { task: fromObservable(() => ({}) as never) },
      guards: { ok: () => true },
    }).createMachine({
      id: 'm',
      initial: 'a',
      states: {
        a: {
          tags: 't',
          entry: [raise({ type: 'X' }), 'note' as never],
          invoke: { src: 'task', id: 'job' },
          on: { GO: { guard: 'ok', target: 'b', actions: () => {} } },
        },
        b: { type: 'final', description: 'the end' },
      },
    }),
  );
  expect(JSON.parse(JSON.stringify(structure))).toEqual(structure);
  expect(structure).toMatchObject({
    id: 'm',
    type: 'compound',
    initial: 'a',
    states: [
      {
        id: 'm.a',
        entry: ['xstate.raise', 'note'],
        invokes: [{ id: 'job', src: 'task' }],
        transitions: [{ on: 'GO', to: ['m.b'], guard: 'ok', reenter: false }],
      },
      { id: 'm.b', type: 'final', description: 'the end' },
    ],
  });
});

test('observables and observables of events are drivers of their own shapes', () => {
  const chart = statechartOf(
    setup({
      actors: {
        values: fromObservable(() => ({}) as never),
        events: fromEventObservable(() => ({}) as never),
      },
    }).createMachine({}),
  );
  expect([chart.source('values'), chart.source('events')]).toMatchObject([
    { kind: 'driver', shape: 'observable' },
    { kind: 'driver', shape: 'events' },
  ]);
});
