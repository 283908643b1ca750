/**
 * `npm run load [-- name… --seconds N --scale N --out folder --publish]`: puts load on a server in a process
 * of its own, scenario by scenario, and writes a page and its figures as JSON. `--scale` makes crowds larger
 * or smaller. `--publish` writes docs/LOAD.md, when all has gone well: of a commit, with sizes that say
 * something, on a quiet machine; otherwise only with `--busy`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askedOf } from './asked.ts';
import type { Asked } from './asked.ts';
import { amountOf, loadPage, msOf } from './loadPage.ts';
import type { Circumstances, LoadRun } from './loadPage.ts';
import { commitNow, machine, versions } from './page.ts';
import type { Scenario } from './scenario.ts';
import { publishLoad, publishRefusalOf } from './publish.ts';
import { loadNow } from './quiet.ts';
import { scenarios } from './scenarios.ts';
import { exitAtSignals } from './site/signalled.ts';
import { underLoad } from './underLoad.ts';
import type { Result } from './underLoad.ts';

const known = scenarios.map(({ name }) => name);
const usage = `npm run load [-- name… --seconds N --scale N --out folder --publish --busy]
  --seconds N   how long each part of a scenario lasts (5)
  --scale N     so many times the actors, runs and readers; sealed runs are 100 000 from --seconds 30 on (1)
  --out folder  where load.html and load.json go (.load)
  --publish     writes docs/LOAD.md; of a commit, 10 seconds and scale 1 at least, on a quiet machine
  --busy        publishes all the same
There are: ${known.join(', ')}.`;

const asked = askedOf(process.argv.slice(2), {
  usage,
  names: known,
  numbers: { seconds: '5', scale: '1' },
  texts: { out: '.load' },
});

if (!('code' in asked)) await go(asked);
else {
  if (asked.code === 0) console.log(asked.text);
  else console.error(asked.text);
  process.exitCode = asked.code;
}

async function go({ names, numbers, texts, publish, busy }: Asked): Promise<void> {
  const { seconds = 0, scale = 0 } = numbers;
  const circumstances = {
    machine: machine(),
    versions: versions(),
    date: new Date().toISOString(),
    command: ['npm run load --', ...process.argv.slice(2)].join(' '),
    commit: commitNow(),
    load: loadNow(),
  };
  const refusal = publish ? publishRefusalOf({ ...circumstances, seconds, scale }, busy) : undefined;
  if (refusal !== undefined) {
    console.error(refusal);
    process.exitCode = 1;
    return;
  }
  exitAtSignals();
  const chosen = scenarios.filter(({ name }) => names.length === 0 || names.includes(name));
  const { out = '' } = texts;
  const run = await all(chosen, circumstances, { seconds, scale, out });
  console.log(`\n${join(out, 'load.html')}`);
  if (publish && run.failures.length === 0) console.log(publishLoad(run));
}

interface Sizes {
  readonly seconds: number;
  readonly scale: number;
  readonly out: string;
}

async function all(
  chosen: readonly Scenario[],
  circumstances: Circumstances,
  { seconds, scale, out }: Sizes,
): Promise<LoadRun> {
  const results: Result[] = [];
  const failures: { name: string; reason: string }[] = [];
  const run: LoadRun = { ...circumstances, results, failures };
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
    keep(run, out);
  }
  return run;
}

function print({ figures, latencies, remarks = [], checked }: Result): void {
  for (const { name, value, unit } of figures) console.log(`  ${amountOf(value)}${unit}  ${name}`);
  for (const { name, ms } of latencies) {
    console.log(`  p50 p90 p99 p99.9 max: ${msOf(ms).join(' ')} ms  ${name}`);
  }
  for (const remark of remarks) console.log(`  ${remark}`);
  for (const fact of checked) console.log(`  checked: ${fact}`);
}

/** After each scenario: a long run that is ended early has told what it knew. */
function keep(run: LoadRun, out: string): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'load.html'), loadPage(run));
  writeFileSync(join(out, 'load.json'), `${JSON.stringify(run, undefined, 2)}\n`);
}
