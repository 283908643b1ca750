/** Charts are laid out once each, in a thread that may not take for ever. */
import { setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { chartOf } from '../../../actors/chart.ts';
import { chartLayout, layoutWithin } from '../../../runtime/chart/chartLayout.ts';
import { machines } from './machines.ts';

const chart = chartOf({ machine: machines['toggle']! });

describe('a layout', { timeout: 60_000 }, () => {
  test('is made once for a chart, whoever asks for it', async () => {
    const again = chartOf({ machine: machines['toggle']! });
    const [first, second] = await Promise.all([chartLayout(chart), chartLayout(again)]);
    expect(second).toBe(first);
    expect(await chartLayout(structuredClone(chart))).toBe(first);
  });

  test('is the same each time it is made', async () => {
    expect(await layoutWithin(chart, 60_000)).toEqual(await chartLayout(chart));
  });

  test('is an outline that says why when the time is up', async () => {
    const { listed, arrows, states } = await layoutWithin(chart, 0);
    expect(listed).toBe('it took longer than 0 ms');
    expect(arrows).toEqual([]);
    expect(states.map(({ path }) => path)).toEqual(['', 'off', 'on']);
  });

  test('is an outline that says why when the thread fails', async () => {
    const lost = { ...chart, root: { ...chart.root, initial: 'nowhere' } };
    const { listed, arrows } = await layoutWithin(lost, 60_000);
    expect(listed).toMatch(/nowhere/);
    expect(arrows).toEqual([]);
  });

  test('of a machine with one state is one box', async () => {
    const alone = setup({}).createMachine({ id: 'alone' });
    const { states, dots, arrows } = await chartLayout(chartOf({ machine: alone }));
    expect(states).toMatchObject([{ path: '', x: 16, y: 16 }]);
    expect([dots, arrows]).toEqual([[], []]);
  });
});
