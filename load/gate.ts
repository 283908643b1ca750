/**
 * `npm run gate [-- --freeze]`: whether Troupe is still as fast beside its references as when load/gate.json
 * was frozen, about two minutes long. It tells a change that doubled the processor time of something, or made
 * it wait five times as long; what one of ten percent does, `npm run bench` tells. `--freeze` writes
 * load/gate.json anew; a commit with that says why.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportedBy } from './benchProcess.ts';
import { gated } from './ratioGate.ts';
import type { Frozen, Gated } from './ratioGate.ts';
import type { Ratio } from './report.ts';
import { times } from './report.ts';

const file = join(import.meta.dirname, 'gate.json');
const benches = ['host', 'append', 'http', 'outbox', 'notify'] as const;
const { values } = parseArgs({ options: { freeze: { type: 'boolean', default: false } } });

const measured = new Map<string, readonly Ratio[]>();
for (const name of benches) {
  const report = await reportedBy(name);
  if (report === undefined || 'leftOut' in report) process.exitCode = 1;
  else measured.set(name, report.ratios ?? []);
}

if (values.freeze && measured.size === benches.length) freeze();
else judge();

function freeze(): void {
  const rounded = (ratios: readonly Ratio[]): Record<string, number> =>
    Object.fromEntries(ratios.map(({ name, value }) => [name, Number(value.toPrecision(2))]));
  const frozen: Frozen = Object.fromEntries([...measured].map(([name, ratios]) => [name, rounded(ratios)]));
  writeFileSync(file, `${JSON.stringify(frozen, undefined, 2)}\n`);
  console.log(`\nload/gate.json is frozen anew.`);
}

function judge(): void {
  const frozen = JSON.parse(readFileSync(file, 'utf8')) as Frozen;
  console.log();
  for (const [bench, ratios] of measured) {
    try {
      for (const one of gated(bench, frozen, ratios)) {
        console.log(lineOf(one));
        if (!one.ok) process.exitCode = 1;
      }
    } catch (error) {
      // The other benchmarks are judged all the same.
      console.log(`NOT FROZEN  ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
}

function lineOf({ bench, name, frozen, measured: now, least, ok }: Gated): string {
  const told = `${times(now)}, frozen at ${times(frozen)}, at least ${times(least)}`;
  return `${ok ? 'ok      ' : 'TOO SLOW'}  ${bench}, ${name}: ${told}`;
}
