/** A closed state hides what is in it; arrows that crossed its border begin and end at it. */
import { createMachine } from 'xstate';
import { expect, test } from 'vitest';
import { chartOf, statesOf } from '../../../actors/chart.ts';
import { collapsedChart } from '../../../actors/chart/collapsed.ts';

const chart = chartOf({
  kind: 'trip',
  machine: createMachine({
    initial: 'home',
    states: {
      home: { on: { go: 'away.far' } },
      away: {
        initial: 'near',
        on: { back: 'home' },
        states: {
          near: { on: { on: 'far' } },
          far: {
            initial: 'sea',
            on: { lost: '#lost', near: 'near' },
            states: { sea: {}, hills: {} },
          },
        },
      },
      lost: { id: 'lost', type: 'final' },
    },
  }),
});

function told(paths: readonly string[]) {
  return statesOf(collapsedChart(chart, paths)).map(({ path, transitions }) =>
    [path, ...transitions.map(({ from, to }) => `${from}→${to.join()}`)].join(' '),
  );
}

test('arrows into it and out of it are its own; those within it are gone', () => {
  expect(told(['away'])).toEqual([' ', 'home home→away', 'away away→home away→lost', 'lost'].map(trimmed));
});

test('an inner state closes by itself', () => {
  expect(told(['away.far'])).toEqual(
    [
      ' ',
      'home home→away.far',
      'away away→home',
      'away.near away.near→away.far',
      'away.far away.far→lost away.far→away.near',
      'lost',
    ].map(trimmed),
  );
});

test('what holds nothing, the root and what is unknown stay as they are', () => {
  expect(collapsedChart(chart, ['', 'home', 'nowhere']).root).toEqual(chart.root);
  expect(collapsedChart(chart, [])).toBe(chart);
});

test('numbers of transitions stay; the hash is another', () => {
  const collapsed = collapsedChart(chart, ['away']);
  const numbers = new Set(statesOf(chart).flatMap(({ transitions }) => transitions.map((one) => one.number)));
  for (const { transitions } of statesOf(collapsed)) {
    for (const { number } of transitions) expect(numbers).toContain(number);
  }
  expect(collapsed.hash).not.toBe(chart.hash);
});

const trimmed = (line: string): string => line.trim();
