/** One inert scope serves every actor of a definition for ever, and keeps nothing of any of them. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { assign, fromCallback, setup } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { expect, test } from 'vitest';
import { statechartOf } from '../../../actors/statechart.ts';
import type { Snapshot, Statechart } from '../../../actors/statechart.ts';
import { stepped } from './given.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

function heapUsed(): number {
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

const busy = (): AnyStateMachine =>
  setup({
    types: { context: {} as { n: number; ref: unknown } },
    actors: { driver: fromCallback(() => {}) },
    actions: { note: () => {} },
  }).createMachine({
    context: { n: 0, ref: undefined },
    initial: 'a',
    on: { STRAY: { guard: () => false, target: '.a' } },
    states: {
      a: {
        invoke: { src: 'driver', id: 'd', systemId: 'sys' },
        after: { 1000: 'b' },
        on: { GO: { target: 'b', actions: 'note' } },
      },
      b: {
        entry: assign({
          n: ({ context }) => context.n + 1,
          ref: ({ spawn, self }) => [self, spawn('driver', { id: 'k' })],
        }),
        on: { GO: 'a' },
      },
    },
  });

/** Steps 1000 actors in turn; every fourth event is one nobody knows, of a type never seen before. */
function walk(chart: Statechart, steps: number, from = 0): void {
  const selves = Array.from({ length: 1000 }, (_, index) => ({ address: `thing/${index}` }));
  const snapshots: Snapshot[] = selves.map((self) => stepped(chart.start(undefined, self)).snapshot);
  for (let step = from; step < from + steps; step++) {
    const index = step % 1000;
    const type = step % 4 === 3 ? `unknown.${step}` : 'GO';
    snapshots[index] = stepped(chart.step(snapshots[index]!, { type }, selves[index]!)).snapshot;
  }
}

test('200 000 steps over 1000 actors leave no memory behind', { timeout: 60_000 }, () => {
  const chart = statechartOf(busy());
  walk(chart, 40_000);
  const before = heapUsed();
  walk(chart, 200_000, 40_000);
  expect(heapUsed() - before).toBeLessThan(500_000);
});

test('an actor that is stepped for long does not hold on to its old snapshots', { timeout: 60_000 }, () => {
  const chart = statechartOf(busy());
  const self = { address: 'thing/1' };
  let { snapshot } = stepped(chart.start(undefined, self));
  const walkOn = (steps: number): void => {
    for (let step = 0; step < steps; step++) {
      ({ snapshot } = stepped(chart.step(snapshot, { type: 'GO' }, self)));
    }
  };
  walkOn(10_000);
  const before = heapUsed();
  walkOn(100_000);
  expect(heapUsed() - before).toBeLessThan(500_000);
});

test('event types that only a wildcard matches are all taken, and leave no memory behind', () => {
  const machine = setup({}).createMachine({ on: { '*': { actions: () => {} }, known: {} } });
  const chart = statechartOf(machine, { maxEventTypes: 2 });
  const self = { address: 'thing/1' };
  const { snapshot } = stepped(chart.start(undefined, self));
  const effects = (type: string): number => stepped(chart.step(snapshot, { type }, self)).effects.length;
  expect(['x', 'y', 'x', 'known', 'z', 'z', 'y'].map(effects)).toEqual([1, 1, 1, 0, 1, 1, 1]);
  const hear = (from: number): void => {
    for (let i = from; i < from + 20_000; i++) effects(`type ${i}`);
  };
  hear(0);
  const before = heapUsed();
  hear(20_000);
  expect(heapUsed() - before).toBeLessThan(500_000);
});
