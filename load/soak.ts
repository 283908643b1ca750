/**
 * `npm run soak [-- --minutes N] [--out folder] [--publish]`: a mixed load over HTTP with a worker killed now
 * and then. It fails when something was lost or doubled, or when what the server costs grows. `--publish`
 * writes docs/LOAD.md, growth included; on a busy machine only with `--busy`. `--again` judges samples that
 * are kept. Where it is ended early, the samples so far are kept, without a verdict.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askedOf } from './asked.ts';
import type { Asked } from './asked.ts';
import { amountOf } from './loadPage.ts';
import { commitNow, machine, versions } from './page.ts';
import { publishRefusalOf, publishSoak } from './publish.ts';
import { loadNow } from './quiet.ts';
import { exitAtSignals } from './site/signalled.ts';
import { measures, shownOf, warmUpSeconds } from './soaking/measures.ts';
import type { Sample } from './soaking/sampled.ts';
import { killsIn, soak } from './soaking/soak.ts';
import { sentenceOf, soakPage, verdictsIn } from './soaking/soakPage.ts';
import type { SoakRun } from './soaking/soakPage.ts';

const minutesMin = (2 * warmUpSeconds) / 60;
const breakMs = 15_000;
const sampleMsMin = 1000;
/** Longer ones would each have a kill in them. */
const sampleMsMax = breakMs / 2;
const samplesWanted = 240;
const progressMs = 30_000;
const writers = 8;

const usage = `npm run soak [-- --minutes N] [--out folder] [--publish] [--busy] [--again soak.json]
  --minutes N   how long, ${minutesMin} or more: the first ${warmUpSeconds / 60} only warm up (30)
  --out folder  where soak.html and soak.json go (.load)
  --publish     writes docs/LOAD.md; of a commit, on a quiet machine
  --busy        measures for --publish on a busy machine all the same, or files that are no commit
  --again file  judges the samples of a soak.json once more`;

const asked = askedOf(process.argv.slice(2), {
  usage,
  numbers: { minutes: '30' },
  texts: { out: '.load', again: undefined },
});

if ('code' in asked) told(asked.text, asked.code);
else await go(asked);

async function go({ numbers: { minutes = 0 }, texts, publish, busy }: Asked): Promise<void> {
  const { out = '', again } = texts;
  if (again !== undefined) {
    rejudged(again, out, publish, busy);
    return;
  }
  if (minutes < minutesMin) {
    told(`${minutesMin} minutes at least say something: the first half is warming up.\n${usage}`, 2);
    return;
  }
  const circumstances = circumstancesOf(minutes);
  const refusal = publish ? publishRefusalOf(circumstances, busy) : undefined;
  if (refusal === undefined) finished(await ran(circumstances, out), out, publish);
  else told(refusal, 1);
}

/** What was measured may be published by what is kept of it, not by how things are now. */
function rejudged(file: string, out: string, publish: boolean, busy: boolean): void {
  if (!existsSync(file)) {
    told(`There is no file ${file}.\n${usage}`, 2);
    return;
  }
  const run = JSON.parse(readFileSync(file, 'utf8')) as SoakRun;
  const refusal = publish ? publishRefusalOf(run, busy) : undefined;
  if (refusal === undefined) finished(run, out, publish);
  else told(refusal, 1);
}

function circumstancesOf(minutes: number): Omit<SoakRun, 'soaked'> {
  return {
    command: ['npm run soak --', ...process.argv.slice(2)].join(' '),
    date: new Date().toISOString(),
    machine: machine(),
    versions: versions(),
    commit: commitNow(),
    load: loadNow(),
    how: `${writers} writers, a reader, an outbox and a stream; a worker ends every ${breakMs / 1000} s`,
    minutes,
  };
}

/** The samples are kept when it ends before its time, whatever has ended it. */
async function ran(circumstances: Omit<SoakRun, 'soaked'>, out: string): Promise<SoakRun> {
  console.log(`${circumstances.machine}\n${circumstances.versions}\n${circumstances.how}`);
  const samples: Sample[] = [];
  const keepEarly = (): void => {
    const soaked = { samples, kills: killsIn(samples), checked: 'Nothing was checked' };
    keep({ ...circumstances, soaked, interrupted: true }, out);
  };
  exitAtSignals();
  process.once('exit', keepEarly);
  const seconds = circumstances.minutes * 60;
  const wanted = (seconds * 1000) / samplesWanted;
  const sampleMs = Math.min(sampleMsMax, Math.max(sampleMsMin, wanted));
  const tell = progress();
  const soaked = await soak({
    seconds,
    sampleMs,
    breakMs,
    writers,
    progress: (sample) => {
      samples.push(sample);
      tell(sample);
    },
  });
  process.off('exit', keepEarly);
  return { ...circumstances, soaked };
}

/** Kept first: what cannot be judged can be looked at. */
function finished(run: SoakRun, out: string, publish: boolean): void {
  const { soaked, interrupted = false } = run;
  keep(run, out);
  console.log(`${soaked.checked}; the worker was killed ${soaked.kills} times`);
  const verdicts = verdictsIn(run);
  for (const name of shownOf(soaked.samples)) {
    const verdict = verdicts[name];
    if (verdict === undefined) continue;
    console.log(`  ${measures[name].name}: ${sentenceOf(name, verdict)}`);
    if (!verdict.ok) process.exitCode = 1;
  }
  console.log(join(out, 'soak.html'));
  if (interrupted) told('It was interrupted, and so is neither judged nor published.', 1);
  else if (publish) console.log(publishSoak(run));
}

function keep(run: SoakRun, out: string): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'soak.json'), `${JSON.stringify(run, undefined, 2)}\n`);
  writeFileSync(join(out, 'soak.html'), soakPage(run));
}

function told(text: string, code: number): void {
  if (code === 0) console.log(text);
  else console.error(text);
  process.exitCode = code;
}

/** A line now and then. */
function progress(): (sample: Sample) => void {
  let next = 0;
  return (sample) => {
    if (sample.seconds * 1000 < next) return;
    next = sample.seconds * 1000 + progressMs;
    const { seconds, ownMemory, heap, descriptors, disk, lag, answers } = sample;
    const amounts = [ownMemory, heap, disk].map((mib) => `${mib.toFixed(0)} MiB`).join(', ');
    console.log(
      `  … ${seconds.toFixed(0)} s: ${amountOf(answers)} answers/s, lag ${lag.toFixed(0)} ms;` +
        ` memory, heap, disk ${amounts}; ${descriptors} open files`,
    );
  };
}
