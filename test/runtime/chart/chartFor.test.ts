/** A runtime shows the charts of the kinds it hosts, wherever their machines are. */
import { expect, test } from 'vitest';
import { chartOf } from '../../../actors/chart.ts';
import { run } from '../../../runtime/builtIn.ts';
import { chartFor } from '../../../runtime/chart/chartFor.ts';
import { openTroupe } from '../../../runtime/openTroupe.ts';
import { defineActor } from '../../../runtime/definition.ts';
import { openSample } from '../open.ts';
import { machines } from './machines.ts';

const toggle = defineActor({ kind: 'toggle', version: 3, machine: machines['toggle']! });

test('the chart of a kind comes with its version and its layout', { timeout: 60_000 }, async () => {
  await using troupe = await openTroupe({ journal: { kind: 'memory' }, workers: 0, actors: [toggle] });
  const { kind, version, chart, layout } = await chartFor(troupe, 'toggle');
  expect({ kind, version }).toEqual({ kind: 'toggle', version: 3 });
  expect(chart).toEqual(chartOf(toggle));
  expect(layout.states.map(({ path }) => path)).toEqual(['', 'off', 'on']);
});

test('the chart of a built-in kind is there in a runtime with workers', { timeout: 60_000 }, async () => {
  const troupe = await openSample({ workers: 1 });
  expect((await chartFor(troupe, 'run')).chart.hash).toBe(chartOf(run).hash);
});

test('a kind that nobody hosts has no chart', async () => {
  await using troupe = await openTroupe({ journal: { kind: 'memory' }, workers: 0, actors: [toggle] });
  await expect(chartFor(troupe, 'toaster')).rejects.toMatchObject({ code: 'UNKNOWN_KIND' });
});
