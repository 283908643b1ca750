/**
 * `npm run bench [-- name… --busy]`: runs the benchmarks, every file of load/bench/, or those whose names are
 * given, one after the other. What they report becomes docs/BENCHMARKS.md. Before each it waits until the
 * machine is quiet, and leaves it out where it does not become so. With `--busy` it measures all the same,
 * for a look: figures are printed, and those that are kept stay as they are.
 */
import { askedOf, usageOf } from './benchCommand.ts';
import { benchNames, reportedBy } from './benchProcess.ts';
import { keep, machine, versions, writePage } from './page.ts';
import { isBusy, leftOutOf, loadNow, untilQuiet } from './quiet.ts';

const asked = askedOf(process.argv.slice(2), benchNames);
if (asked.kind === 'help') console.log(usageOf(benchNames));
else if (asked.kind === 'refused') {
  console.error(`${asked.reason}\n\n${usageOf(benchNames)}`);
  process.exitCode = 2;
} else await all(asked.names, asked.isLook);

async function all(names: readonly string[], isLook: boolean): Promise<void> {
  console.log(`${machine()}\n${versions()}`);
  let measured = 0;
  for (const name of names) {
    const outcome = await one(name, isLook);
    if (outcome === 'measured') measured++;
    if (outcome === 'failed') process.exitCode = 1;
  }
  if (measured === 0) process.exitCode = 1;
  if (isLook) console.log('\nMeasured with --busy, for a look: nothing under docs/ has changed.');
  else writePage();
}

async function one(name: string, isLook: boolean): Promise<'measured' | 'nothing' | 'failed'> {
  const load = isLook ? loadNow() : await untilQuiet({ say: (text) => console.log(`\n${name}: ${text}`) });
  if (isBusy(load) && !isLook) {
    console.error(`${name}: ${leftOutOf(load)}`);
    return 'failed';
  }
  const report = await reportedBy(name);
  if (report === undefined) return 'failed';
  if ('leftOut' in report) return report.seen === undefined ? 'nothing' : 'measured';
  if (!isLook) keep(report, load);
  return 'measured';
}
