/** A machine as a picture's model: every construct where a reader looks for it. */
import { and, cancel, fromCallback, fromPromise, not, raise, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { chartOf, chartOfStructure, statesOf } from '../../actors/chart.ts';
import type { ChartState } from '../../actors/chart.ts';
import { transitionText } from '../../actors/chart/transitionText.ts';
import { statechartOf } from '../../actors/statechart.ts';

const nothing = (): void => undefined;
const setUp = setup({
  guards: { 'is full': () => true, 'is late': () => false },
  actions: { ring: nothing, note: nothing, sweep: nothing },
  actors: { page: fromPromise(async () => 1), bell: fromCallback(() => undefined) },
  delays: { patience: 10 },
});

const machine = setUp.createMachine({
  id: 'shop',
  description: 'Sells things.',
  initial: 'closed',
  on: { 'shop.*': { actions: 'note' } },
  states: {
    closed: { on: { open: '#shop.open.rooms' } },
    open: {
      tags: ['warm', 'lit'],
      entry: ['ring', raise({ type: 'x' }, { id: 'x', delay: 5 })],
      exit: ['sweep', cancel('x')],
      after: {
        50: 'closed',
        1500: { target: 'closed', actions: 'ring' },
        patience: 'closed',
        7200000: 'last',
      },
      invoke: [
        { id: 'order', src: 'page', onDone: 'closed', onError: { guard: 'is late', target: 'last' } },
        { src: 'bell' },
      ],
      initial: 'rooms',
      onDone: 'last',
      states: {
        rooms: {
          type: 'parallel',
          states: { left: {}, right: { initial: 'a', states: { a: {}, b: {} } } },
        },
        memory: { type: 'history', history: 'deep', target: 'rooms' },
        shut: { type: 'final', id: 'shutting' },
      },
      always: { guard: and(['is full', not('is late')]), target: '.shut', actions: ['ring', 'note'] },
    },
    last: { on: { again: { target: 'last', reenter: true }, back: 'open.memory' } },
  },
});

const chart = chartOf({ machine });
const stateOf = (path: string): ChartState => statesOf(chart).find((state) => state.path === path)!;
const textsOf = (path: string): readonly string[] =>
  stateOf(path).transitions.map((one) => `${transitionText(one)} -> ${one.to.join(' ')}`);

describe('a chart', () => {
  test('holds every state under its path, each before those in it', () => {
    expect(statesOf(chart).map(({ path, type }) => `${path} ${type}`)).toEqual([
      ' compound',
      'closed atomic',
      'open compound',
      'open.rooms parallel',
      'open.rooms.left atomic',
      'open.rooms.right compound',
      'open.rooms.right.a atomic',
      'open.rooms.right.b atomic',
      'open.memory history',
      'open.shut final',
      'last atomic',
    ]);
  });

  test('has the words of the machine for timers, ends, always and combined guards', () => {
    expect(textsOf('open')).toEqual([
      // XState's order: the state's own end before those of its invokes.
      'done -> last',
      'done order -> closed',
      'error order [is late] -> last',
      'after 50 ms -> closed',
      'after 1.5 s / ring -> closed',
      'after 2 h -> last',
      'after patience -> closed',
      'always [and(is full, not(is late))] / ring, note -> open.shut',
    ]);
  });

  test('names tags, actions and invokes of a state, without the timers that XState adds', () => {
    expect(stateOf('open')).toMatchObject({
      initial: 'open.rooms',
      tags: ['lit', 'warm'],
      entry: ['ring', 'raise'],
      exit: ['sweep', 'cancel'],
      invokes: [{ id: 'order', src: 'page' }, { src: 'bell' }],
    });
  });

  test('says where a history leads by default, and that a transition enters its state again', () => {
    expect(stateOf('open.memory')).toMatchObject({
      history: 'deep',
      transitions: [{ trigger: { kind: 'default' }, to: ['open.rooms'] }],
    });
    expect(stateOf('last').transitions).toMatchObject([
      { to: ['last'], reenter: true },
      { to: ['open.memory'], reenter: false },
    ]);
  });

  test('keeps a transition that leads nowhere at its state, and an id of a state’s own', () => {
    expect(textsOf('')).toEqual(['shop.* / note -> ']);
    expect(stateOf('open.shut').id).toBe('shutting');
    expect(chart.root.description).toBe('Sells things.');
  });

  test('numbers its transitions in document order', () => {
    const numbers = statesOf(chart).flatMap(({ transitions }) => transitions.map((one) => one.number));
    expect(numbers).toEqual(Array.from({ length: 13 }, (_, i) => i));
  });
});

describe('the hash of a chart', () => {
  const hashOf = (key: string, guard: 'is full' | 'is late' = 'is full'): string =>
    chartOf({ machine: setUp.createMachine({ initial: 'a', states: { a: { on: { [key]: { guard } } } } }) })
      .hash;

  test('is the same for the same machine, also from its structure in another thread', () => {
    const { structure } = statechartOf(machine);
    expect(chartOfStructure(structuredClone(structure), 'shop')).toEqual(chart);
    expect(JSON.parse(JSON.stringify(chart))).toEqual(chart);
    expect(chart.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf('go')).toBe(hashOf('go'));
  });

  test('is another one for another event, guard or title', () => {
    const hashes = [
      hashOf('go'),
      hashOf('stop'),
      hashOf('go', 'is late'),
      chartOf({ machine, kind: 'x' }).hash,
    ];
    expect(new Set([...hashes, chart.hash]).size).toBe(5);
  });
});
