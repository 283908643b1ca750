/**
 * Do many streams reach as many subscribers while they last (V6, V11 in process)? 1000 actors stream 50
 * deltas a second each for 10 s (a minute when BENCH_LONG=1), each watched by one subscriber in windows of
 * 33 ms; meanwhile one more actor is sent structural events, each timed until its subscriber has it.
 */
import assert from 'node:assert/strict';
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openTroupe } from '../../runtime/index.ts';
import { Heard, Probe, windowMs } from '../audience.ts';
import type { Speaker } from '../audience.ts';
import { scratch } from '../disk.ts';
import { percentile } from '../measure.ts';
import { bench, fixed, goal, short, times } from '../report.ts';
import type { Report } from '../report.ts';
import type * as actors from '../speaker.ts';

const runs = 1000;
const deltasPerSecond = 50;
const seconds = process.env['BENCH_LONG'] === '1' ? 60 : 10;
const lagMsWanted = 1000;
const coresWanted = 1.2;
const structuralMsWanted = 15;
const notificationsWanted = 10_000;
const growthWanted = 1.25;
const sampleMs = 50;
const text = 'twenty letters each. ';

await bench(measure);

async function measure(): Promise<Report> {
  const directory = scratch('watch');
  const troupe = await openTroupe<typeof actors>({
    directory,
    actors: new URL('../speaker.ts', import.meta.url),
    workers: 1,
  });
  const refs = Array.from({ length: runs }, (_, i) => troupe.actor('speaker', `${i}`));
  await Promise.all(refs.map(async (ref) => ref.send({ type: 'line', n: 0 })));
  const readers = refs.map((ref) => new Heard(ref));
  const probe = new Probe(troupe.actor('speaker', 'probe'));
  await troupe.flush();
  const before = process.cpuUsage();
  const start = performance.now();
  const [memory] = await Promise.all([growth(), stream(refs), probe.run(seconds)]);
  const streamed = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  await Promise.all(refs.map(async (ref) => ref.flush()));
  const lag = performance.now() - start - streamed;
  const { subscriptions } = await troupe.stats();
  const deltas = deltasPerSecond * seconds;
  for (const { letters } of readers)
    assert.equal(letters, deltas * text.length, 'every letter was told once');
  for (const ref of [refs[0], refs.at(-1)]) {
    assert.equal((await ref?.snapshot())?.context.letters, deltas * text.length);
    assert.equal((await ref?.verify())?.ok, true);
  }
  assert.equal(subscriptions.resets, runs, 'nobody was reset but in the beginning');
  for (const reader of readers) await reader.leave();
  await troupe.close();
  return reportOf({
    streamed,
    lag,
    cores: (user + system) / 1000 / streamed,
    bytes: sizeOf(directory) / (runs * deltas * text.length),
    notifications: subscriptions.notifications,
    memory,
    probes: probe.took,
  });
}

/** All of them speak at their pace: what is due at each moment, and never faster. */
async function stream(refs: readonly Speaker[]): Promise<void> {
  const total = deltasPerSecond * seconds;
  const start = performance.now();
  for (let said = 0; said < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * deltasPerSecond));
    for (; said < due; said++) for (const ref of refs) ref.push({ type: 'delta', text });
    await pause(5);
  }
}

/**
 * The most memory this thread had, garbage and all, in the second half of the streams beside the first: what
 * piles up for readers would show.
 */
async function growth(): Promise<number> {
  const most = [0, 0];
  const start = performance.now();
  for (let passed = 0; passed < seconds * 1000; passed = performance.now() - start) {
    const half = passed < seconds * 500 ? 0 : 1;
    const { heapUsed, external } = process.memoryUsage();
    most[half] = Math.max(most[half] ?? 0, heapUsed + external);
    await pause(sampleMs);
  }
  const [first = 0, second = 0] = most;
  return second / first;
}

function sizeOf(directory: string): number {
  const files = globSync('**/*', { cwd: directory }).map((name) => statSync(join(directory, name)));
  return files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}

interface Figures {
  readonly streamed: number;
  readonly lag: number;
  readonly cores: number;
  readonly bytes: number;
  readonly notifications: number;
  /** Of the second half to the first. */
  readonly memory: number;
  readonly probes: readonly number[];
}

function reportOf({ streamed, lag, cores, bytes, notifications, memory, probes }: Figures): Report {
  const deltas = runs * deltasPerSecond * seconds;
  const ms = (figure: number, bound?: number): string => `${fixed(figure, 0, bound)} ms`;
  const p99 = percentile(probes, 99);
  const told = (notifications / streamed) * 1000;
  return {
    name: 'watch',
    question: 'Do a thousand streams reach their subscribers while they last?',
    settings: [
      `${runs} actors, ${deltasPerSecond} deltas of ${text.length} letters a second each for ` +
        `${seconds} s, pushed from one thread to one worker, in commits of 33 ms; ` +
        `each has one subscriber with a window of ` +
        `${windowMs} ms in the same thread.`,
      'Every subscriber has every letter, once, before any figure is told. Lag: from the last delta ' +
        'until all of it is durable and delivered. Cores: processor time of all threads over the time of ' +
        'the streams. ' +
        'Structural: one more actor, from send to its subscriber, meanwhile. Memory: heap with array ' +
        'buffers of the callers’ thread, at most, garbage included. All of it is one run.',
    ],
    tables: [
      {
        columns: ['', 'measured'],
        rows: [
          ['deltas/s', short((deltas / streamed) * 1000)],
          ['the streams took', `${(streamed / 1000).toFixed(1)} s`],
          ['lag at the end', ms(lag)],
          ['cores', cores.toFixed(2)],
          ['notifications/s', short(told)],
          ['memory of the second half to the first', times(memory)],
          ['bytes on disk to bytes of text', times(bytes)],
          ['structural event to subscriber, p50', ms(percentile(probes, 50))],
          ['structural event to subscriber, p99', ms(p99)],
        ],
      },
    ],
    goals: [
      goal(`V6: lag at the end ≤ ${lagMsWanted} ms (${seconds} s)`, ms(lag, lagMsWanted), lag <= lagMsWanted),
      goal(`V6: at most ${coresWanted} cores`, fixed(cores, 2, coresWanted), cores <= coresWanted),
      goal(
        `V6: structural event to subscriber, p99 ≤ ${structuralMsWanted} ms`,
        ms(p99, structuralMsWanted),
        p99 <= structuralMsWanted,
      ),
      goal(
        `V11, in process: ${runs} streams, ≥ ${short(notificationsWanted)} notifications/s, none lost, ` +
          `memory ≤ ${growthWanted} × in the second half`,
        `${fixed(told, 0, notificationsWanted)}/s, ${times(memory, growthWanted)}`,
        told >= notificationsWanted && memory <= growthWanted,
      ),
    ],
  };
}
