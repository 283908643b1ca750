/**
 * `npm run soak [-- --minutes N] [--out folder] [--publish]`: a mixed load over HTTP with a worker killed now
 * and then. It fails when something was lost or doubled, or when what the server costs grows over the second
 * half. `--publish` writes docs/LOAD.md, growth included; on a busy machine only with `--busy`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { amountOf } from './loadPage.ts';
import { commitNow, machine, versions } from './page.ts';
import { publishSoak } from './publish.ts';
import { loadNow, refusalOf } from './quiet.ts';
import type { Sample } from './soaking/sampled.ts';
import { soak } from './soaking/soak.ts';
import { measureNames, sentenceOf, soakPage, verdictsOf } from './soaking/soakPage.ts';
import type { SoakRun } from './soaking/soakPage.ts';

const minutesMin = 2;
const sampleMsMin = 1000;
const samplesWanted = 240;
const breakMs = 15_000;
const progressMs = 30_000;
const writers = 8;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    out: { type: 'string', default: '.load' },
    publish: { type: 'boolean', default: false },
    busy: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);

const loadBefore = loadNow();
const refusal = refused();

if (refusal === undefined) await run();
else {
  console.error(refusal);
  process.exitCode = 1;
}

function refused(): string | undefined {
  if (!(minutes >= minutesMin)) {
    const usage = 'npm run soak [-- --minutes N --out folder --publish]';
    return `${usage}: at least ${minutesMin} minutes say something.`;
  }
  return values.publish ? refusalOf(loadBefore, values.busy) : undefined;
}

async function run(): Promise<void> {
  const seconds = minutes * 60;
  const circumstances = {
    command: ['npm run soak --', ...process.argv.slice(2)].join(' '),
    date: new Date().toISOString(),
    machine: machine(),
    versions: versions(),
    commit: commitNow(),
    load: loadBefore,
    how: `${writers} writers, a reader, an outbox and a stream; a worker ends every ${breakMs / 1000} s`,
    minutes,
  };
  console.log(`${circumstances.machine}\n${circumstances.versions}\n${circumstances.how}`);
  const sampleMs = Math.max(sampleMsMin, (seconds * 1000) / samplesWanted);
  const soaked = await soak({ seconds, sampleMs, breakMs, writers, progress: progress() });
  const soakRun: SoakRun = { ...circumstances, soaked };
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'soak.html'), soakPage(soakRun));
  writeFileSync(join(values.out, 'soak.json'), `${JSON.stringify(soakRun, undefined, 2)}\n`);
  console.log(`${soaked.checked}; the worker was killed ${soaked.kills} times`);
  const verdicts = verdictsOf(soaked);
  for (const name of measureNames) {
    const verdict = verdicts[name];
    if (verdict === undefined) continue;
    console.log(`  ${name}: ${sentenceOf(name, verdict)}`);
    if (!verdict.ok) process.exitCode = 1;
  }
  console.log(join(values.out, 'soak.html'));
  if (values.publish) console.log(publishSoak(soakRun));
}

/** A line now and then. */
function progress(): (sample: Sample) => void {
  let next = 0;
  return (sample) => {
    if (sample.seconds * 1000 < next) return;
    next = sample.seconds * 1000 + progressMs;
    const { seconds, ownMemory, heap, descriptors, disk, lag, answers } = sample;
    const told = [ownMemory, heap, disk].map((mib) => `${mib.toFixed(0)} MiB`).join(', ');
    console.log(
      `  … ${seconds.toFixed(0)} s: ${amountOf(answers)} answers/s, lag ${lag.toFixed(0)} ms;` +
        ` memory, heap, disk ${told}; ${descriptors} open files`,
    );
  };
}
