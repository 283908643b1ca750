/**
 * Draws the statecharts in docs/charts from the machines themselves (`npm run diagrams`). A test compares
 * what it would write with what is there, so that no picture can grow old.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { chartOf } from '../actors/chart.ts';
import { ptyMachine } from '../actors/ptySession/machine.ts';
import { outbox, run } from '../runtime/builtIn.ts';
import { layoutWithin } from '../runtime/chart/chartLayout.ts';
import { svgOf } from '../runtime/chart/svg.ts';

/** Nobody waits for a script as for a page, and a machine that runs tests may be busy. */
const patienceMs = 120_000;
const folder = new URL('../docs/charts/', import.meta.url);

/** Each picture by the name of its file. */
export async function diagrams(): Promise<Readonly<Record<string, string>>> {
  const drawn: Record<string, string> = {};
  for (const definition of [run, outbox, { kind: 'pty', machine: ptyMachine }]) {
    const chart = chartOf(definition);
    const layout = await layoutWithin(chart, patienceMs);
    // A picture without arrows is none for the docs.
    if (layout.listed !== undefined) throw new Error(`${chart.title}: ${layout.listed}`);
    drawn[`${chart.title}.svg`] = svgOf(chart, layout, { theme: 'auto' });
  }
  return drawn;
}

if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  for (const [name, svg] of Object.entries(await diagrams())) {
    writeFileSync(new URL(name, folder), svg);
    console.log(`docs/charts/${name}`);
  }
}
