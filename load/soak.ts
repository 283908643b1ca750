/**
 * `npm run soak [-- --minutes N] [--out folder]`: a mixed load over HTTP with a worker killed now and
 * then. It fails when something was lost or doubled, or when what the server costs grows over the second
 * half.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { amountOf } from './loadPage.ts';
import { machine, versions } from './page.ts';
import type { Sample } from './soaking/sampled.ts';
import { soak } from './soaking/soak.ts';
import { measureNames, sentenceOf, soakPage, verdictsOf } from './soaking/soakPage.ts';

const minutesMin = 2;
const sampleMsMin = 1000;
const samplesWanted = 240;
const breakMs = 15_000;
const progressMs = 30_000;
const writers = 8;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, out: { type: 'string', default: '.load' } },
});
const minutes = Number(values.minutes);

if (minutes >= minutesMin) await run();
else {
  console.error(
    `npm run soak [-- --minutes N] [--out folder]: at least ${minutesMin} minutes say something.`,
  );
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const seconds = minutes * 60;
  const circumstances = [
    `npm run soak -- --minutes ${minutes}, ${new Date().toISOString()}`,
    machine(),
    versions(),
    `${writers} writers, a reader, an outbox and a stream; a worker ends every ${breakMs / 1000} s`,
  ].join('. ');
  console.log(circumstances);
  const sampleMs = Math.max(sampleMsMin, (seconds * 1000) / samplesWanted);
  const soaked = await soak({ seconds, sampleMs, breakMs, writers, progress: progress() });
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'soak.html'), soakPage(soaked, circumstances));
  writeFileSync(join(values.out, 'soak.json'), `${JSON.stringify(soaked, undefined, 2)}\n`);
  console.log(`${soaked.checked}; the worker was killed ${soaked.kills} times`);
  const verdicts = verdictsOf(soaked);
  for (const name of measureNames) {
    const verdict = verdicts[name];
    if (verdict === undefined) continue;
    console.log(`  ${name}: ${sentenceOf(name, verdict)}`);
    if (!verdict.ok) process.exitCode = 1;
  }
  console.log(join(values.out, 'soak.html'));
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
