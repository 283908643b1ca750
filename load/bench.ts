/**
 * `npm run bench [-- name… --busy]`: runs the benchmarks, every file of load/bench/, or those whose names are
 * given, one after the other. What they report becomes docs/BENCHMARKS.md. On a busy machine nothing is
 * measured unless `--busy` asks for it.
 */
import { parseArgs } from 'node:util';
import { benchNames, reportedBy } from './benchProcess.ts';
import { keep, machine, versions, writePage } from './page.ts';
import { loadNow, refusalOf } from './quiet.ts';

const { positionals: wanted, values } = parseArgs({
  allowPositionals: true,
  options: { busy: { type: 'boolean', default: false } },
});
const unknown = wanted.filter((name) => !benchNames.includes(name));
const load = loadNow();
const refusal =
  unknown.length > 0
    ? `No benchmark is called ${unknown.join(', ')}. There are: ${benchNames.join(', ')}.`
    : refusalOf(load, values.busy);

if (refusal === undefined) await all(benchNames.filter(isWanted));
else {
  console.error(refusal);
  process.exitCode = 1;
}

function isWanted(name: string): boolean {
  return wanted.length === 0 || wanted.includes(name);
}

async function all(names: readonly string[]): Promise<void> {
  console.log(`${machine()}\n${versions()}`);
  for (const name of names) {
    const report = await reportedBy(name);
    if (report === undefined) process.exitCode = 1;
    else if (!('leftOut' in report)) keep(report, load);
  }
  writePage();
}
