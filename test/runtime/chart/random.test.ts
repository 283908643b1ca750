/**
 * Charts of machines that nobody would write are as readable as others, both across and down. The seed is the
 * same in every run: another one is given by hand (`SEED=42`).
 */
import { setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { chartOf } from '../../../actors/chart.ts';
import type { Chart } from '../../../actors/chart.ts';
import type { Direction } from '../../../runtime/chart/graph.ts';
import { Random } from '../../../storage/conformance/random.ts';
import { laidOut } from './elk.ts';
import { overlapsOf } from './overlaps.ts';
import { randomMachine } from './randomMachine.ts';

const seed = Number(process.env['SEED'] ?? 1);
const count = Number(process.env['CHARTS'] ?? 12);

async function wrongOf(chart: Chart, direction: Direction): Promise<readonly string[]> {
  return overlapsOf(chart, await laidOut(chart, direction));
}

describe.each(['RIGHT', 'DOWN'] as const)('a picture that goes %s', { timeout: 60_000 }, (direction) => {
  test(`has nothing over anything else, whatever the machine (SEED=${seed})`, async () => {
    const random = new Random(seed);
    for (let i = 0; i < count; i++) {
      const wrong = await wrongOf(chartOf({ machine: randomMachine(random) }), direction);
      expect(wrong, `chart ${i}`).toEqual([]);
    }
  });

  // Regions are packed like tiles only where every arrow stays in one: ELK refuses the others then.
  test.each(['#region', '#other', '#inner', '#holder', '#outside', '#root'])(
    'bears arrows from everywhere to %s',
    async (target) => {
      const inner = { initial: 'inner', states: { inner: { id: 'inner', on: { a: target } } } };
      const machine = setup({}).createMachine({
        id: 'root',
        initial: 'holder',
        states: {
          holder: {
            id: 'holder',
            type: 'parallel',
            on: { b: target },
            states: { region: { id: 'region', on: { c: target }, ...inner }, other: { id: 'other' } },
          },
          outside: { id: 'outside', on: { d: target } },
        },
      });
      expect(await wrongOf(chartOf({ machine }), direction)).toEqual([]);
    },
  );
});
