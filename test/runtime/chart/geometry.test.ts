/** Every picture can be read: no box, label or arrow lies over another, and every text fits its place. */
import { describe, expect, test } from 'vitest';
import { chartOf, statesOf } from '../../../actors/chart.ts';
import { projection } from '../../../actors/projection.ts';
import { ptyMachine } from '../../../actors/ptySession/machine.ts';
import { outbox, run } from '../../../runtime/builtIn.ts';
import { waysOf } from '../../../runtime/chart/layout.ts';
import type { ChartLayout } from '../../../runtime/chart/layout.ts';
import { outlineOf } from '../../../runtime/chart/outline.ts';
import { laidOut } from './elk.ts';
import { machines } from './machines.ts';
import { overlapsOf } from './overlaps.ts';

const builtIns = { run: run.machine, outbox: outbox.machine, pty: ptyMachine, projection };
const all = Object.entries({ ...builtIns, ...machines });
const charts = all.map(([kind, machine]) => [kind, chartOf({ kind, machine })] as const);

const directions = ['RIGHT', 'DOWN'] as const;
const pictures = charts.flatMap(([kind, chart]) => directions.map((way) => [kind, way, chart] as const));

describe.each(pictures)('the chart of %s that goes %s', { timeout: 60_000 }, (_, direction, chart) => {
  test('has a place for every state, an arrow for every way, and nothing over anything else', async () => {
    const layout = await laidOut(chart, direction);
    expect(layout.states.map(({ path }) => path)).toEqual(statesOf(chart).map(({ path }) => path));
    const ways = layout.arrows.filter(({ initial }) => !initial).map(({ from, to }) => ({ from, to }));
    expect(ways).toEqual(waysOf(chart).map(({ from, to }) => ({ from, to })));
    expect(overlapsOf(chart, layout)).toEqual([]);
  });
});

test.each(charts)('the outline of %s has nothing over anything else', (_, chart) => {
  expect(overlapsOf(chart, outlineOf(chart, 'asked for'))).toEqual([]);
});

describe('the search for overlaps', { timeout: 60_000 }, () => {
  const chart = chartOf({ machine: machines['fetching']! });
  const found = async (change: (layout: ChartLayout) => ChartLayout): Promise<readonly string[]> =>
    overlapsOf(chart, change(structuredClone(await laidOut(chart, 'DOWN'))));
  const moved = (layout: ChartLayout, path: string, x: number): ChartLayout => ({
    ...layout,
    states: layout.states.map((box) => (box.path === path ? { ...box, x: box.x + x } : box)),
  });

  test('finds a state on top of another', async () => {
    const idle = (await laidOut(chart, 'DOWN')).states.find(({ path }) => path === 'idle')!;
    const put = (layout: ChartLayout): ChartLayout => ({
      ...layout,
      states: layout.states.map((box) => (box.path === 'loading' ? { ...box, x: idle.x, y: idle.y } : box)),
    });
    expect(await found(put)).toContain('state idle overlaps state loading');
  });

  test('finds what sticks out, and arrows that lose their state', async () => {
    const wrong = await found((layout) => moved(layout, 'success', 5000));
    expect(wrong).toEqual(
      expect.arrayContaining([
        'state success sticks out',
        'state success is outside of state ',
        'the arrow loading to success ends nowhere',
      ]),
    );
  });

  test('finds a label that is too small and one on another', async () => {
    const wrong = await found((layout) => {
      const label = { x: 100, y: 100, width: 5, height: 5 };
      const arrows = layout.arrows.map((arrow) => (arrow.label === undefined ? arrow : { ...arrow, label }));
      return { ...layout, arrows };
    });
    expect(wrong).toContain('the label idle to loading is too small for its text');
    expect(wrong).toContain('label idle to loading overlaps label loading to success');
  });

  test('finds an arrow through a state', async () => {
    const { x, y } = (await laidOut(chart, 'DOWN')).states.find(({ path }) => path === 'waiting')!;
    const through = [
      { x: x - 50, y: y + 10 },
      { x: x + 500, y: y + 10 },
    ];
    const wrong = await found((layout) => ({
      ...layout,
      arrows: layout.arrows.map((arrow) => (arrow.to === 'idle' ? { ...arrow, points: through } : arrow)),
    }));
    expect(wrong).toContain('the arrow loading to idle crosses state waiting');
  });

  test('finds a frame too narrow for what is written in it', async () => {
    const wrong = await found((layout) => ({
      ...layout,
      states: layout.states.map((box) => (box.path === 'loading' ? { ...box, width: 60 } : box)),
    }));
    expect(wrong).toContain('state loading is too small for its text');
  });
});
