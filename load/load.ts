/**
 * `npm run load [-- name…] [--seconds N] [--scale N] [--out folder] [--publish]`: puts load on a server in a
 * process of its own, scenario by scenario, and writes a page and its figures as JSON. `--scale` makes crowds
 * larger: with 50 the digests of 100 000 sealed runs are read. `--publish` writes docs/LOAD.md, when all has
 * gone well; on a busy machine only with `--busy`, which the page then says.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { amountOf, loadPage, msOf } from './loadPage.ts';
import type { LoadRun } from './loadPage.ts';
import { commitNow, machine, versions } from './page.ts';
import type { Scenario } from './scenario.ts';
import { publishLoad } from './publish.ts';
import { loadNow, refusalOf } from './quiet.ts';
import { scenarios } from './scenarios.ts';
import { underLoad } from './underLoad.ts';
import type { Result } from './underLoad.ts';

const { positionals: wanted, values } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    out: { type: 'string', default: '.load' },
    publish: { type: 'boolean', default: false },
    busy: { type: 'boolean', default: false },
  },
});
const [seconds, scale] = [Number(values.seconds), Number(values.scale)];
const loadBefore = loadNow();
const unknown = wanted.filter((name) => !scenarios.some((one) => one.name === name));

const refusal = refused();

if (refusal === undefined) {
  await all(scenarios.filter(({ name }) => wanted.length === 0 || wanted.includes(name)));
} else {
  console.error(refusal);
  process.exitCode = 1;
}

function refused(): string | undefined {
  if (unknown.length > 0 || !(seconds > 0) || !(scale > 0)) {
    const names = scenarios.map(({ name }) => name).join(', ');
    return `npm run load [-- name… --seconds N --scale N --out folder --publish]\nThere are: ${names}.`;
  }
  return values.publish ? refusalOf(loadBefore, values.busy) : undefined;
}

async function all(chosen: readonly Scenario[]): Promise<void> {
  const results: Result[] = [];
  const failures: { name: string; reason: string }[] = [];
  const command = ['npm run load --', ...process.argv.slice(2)].join(' ');
  const run: LoadRun = {
    machine: machine(),
    versions: versions(),
    date: new Date().toISOString(),
    command,
    commit: commitNow(),
    load: loadBefore,
    results,
    failures,
  };
  console.log(`${run.machine}\n${run.versions}`);
  for (const scenario of chosen) {
    const { name } = scenario;
    console.log(`\n${name}`);
    const progress = (text: string): void => console.log(`  … ${text}`);
    try {
      const result = await underLoad(scenario, { seconds, scale, progress });
      results.push(result);
      print(result);
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failures.push({ name, reason });
      console.error(`  ${name} failed: ${reason}`);
      process.exitCode = 1;
    }
    keep(run);
  }
  console.log(`\n${join(values.out, 'load.html')}`);
  if (values.publish && failures.length === 0) console.log(publishLoad(run));
}

function print({ figures, latencies, checked }: Result): void {
  for (const { name, value, unit } of figures) console.log(`  ${amountOf(value)}${unit}  ${name}`);
  for (const { name, ms } of latencies) {
    console.log(`  p50 p90 p99 p99.9 max: ${msOf(ms).join(' ')} ms  ${name}`);
  }
  for (const fact of checked) console.log(`  checked: ${fact}`);
}

/** After each scenario: a long run that is ended early has told what it knew. */
function keep(run: LoadRun): void {
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'load.html'), loadPage(run));
  writeFileSync(join(values.out, 'load.json'), `${JSON.stringify(run, undefined, 2)}\n`);
}
