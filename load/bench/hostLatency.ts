/**
 * How long does one durable send take: when nothing else goes on (V5), beside the fdatasync of a page that is
 * appended, and of one that is overwritten; and with 1 and 100 in flight over 100 actors (our half of V4)?
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Crowd, openHost } from '../crowd.ts';
import { PlainFile, scratch } from '../disk.ts';
import { duration, median, middleOf, percentile } from '../measure.ts';
import { bench, goal, spreadOf, times } from '../report.ts';
import type { Report } from '../report.ts';

const actors = 100;
const idleSends = 500;
const warmUp = 100;
const busyRounds = 5;
const busySends = { 1: 500, 100: 10_000 } as const;
const wanted = 3;

interface Figures {
  readonly page: number[];
  readonly overwritten: number[];
  readonly worker: number[];
  readonly thread: number[];
}

await bench(measure);

async function measure(): Promise<Report> {
  const one = await openHost(scratch('worker'), { workers: 1 });
  const none = await openHost(scratch('thread'), { workers: 0 });
  const crowds = { worker: new Crowd(one, actors), thread: new Crowd(none, actors) };
  const page = new PlainFile(scratch('page'));
  // Births cost more than what follows.
  for (const crowd of Object.values(crowds)) await crowd.send(20 * actors, 100);
  const idle: Figures = { page: [], overwritten: [], worker: [], thread: [] };
  for (let i = -warmUp; i < idleSends; i++) {
    const took = {
      page: await idly(() => page.appendPage()),
      overwritten: await idly(() => page.overwritePage()),
      worker: await idly(async () => crowds.worker.tell(0)),
      thread: await idly(async () => crowds.thread.tell(0)),
    };
    if (i < 0) continue;
    for (const name of ['page', 'overwritten', 'worker', 'thread'] as const) idle[name].push(took[name]);
  }
  assert.equal(page.bytes, 4096 * (idleSends + warmUp));
  page.close();
  const rows: string[][] = [];
  for (const [title, crowd] of [
    ['one worker', crowds.worker],
    ['in the caller’s thread', crowds.thread],
  ] as const) {
    for (const lanes of [1, 100] as const) rows.push(await busyRow(title, crowd, lanes));
    await crowd.assertDone();
  }
  await one.close();
  await none.close();
  return reportOf(idle, rows);
}

/** After a pause, as if nobody had asked for anything in a while. */
async function idly(work: () => unknown): Promise<number> {
  await pause(1);
  return duration(work);
}

/** Medians over the rounds of each round's percentiles. */
async function busyRow(title: string, crowd: Crowd, lanes: 1 | 100): Promise<string[]> {
  const figures: { p50: number; p99: number; rate: number }[] = [];
  for (let round = 0; round < busyRounds; round++) {
    const start = performance.now();
    const took = await crowd.latencies(busySends[lanes], lanes);
    const rate = (took.length / (performance.now() - start)) * 1000;
    figures.push({ p50: percentile(took, 50), p99: percentile(took, 99), rate });
  }
  const of = (name: 'p50' | 'p99' | 'rate'): number => median(figures.map((figure) => figure[name]));
  return [
    `${title}, ${lanes} in flight`,
    of('rate').toFixed(0),
    `${of('p50').toFixed(2)} ms`,
    `${of('p99').toFixed(2)} ms`,
  ];
}

function reportOf(idle: Figures, busy: readonly (readonly string[])[]): Report {
  const page = percentile(idle.page, 50);
  const row = (title: string, of: readonly number[]): string[] => [
    title,
    times(percentile(of, 50) / page),
    ...[50, 99].map((p) => `${percentile(of, p).toFixed(3)} ms`),
  ];
  const ratio = percentile(idle.worker, 50) / page;
  return {
    name: 'hostLatency',
    question: 'How long does one durable send take?',
    settings: [
      `First table: ${idleSends} sends to one actor, each a millisecond after the one before; ` +
        'the pages take turns with them.',
      'fdatasync, and the goal, is that of 4 KiB appended to a file: it records the new length of the ' +
        'file too, as any history that grows must. The same page overwritten in place leaves the length ' +
        'as it is: less than any durable append, and told for comparison only.',
      `Second table: ${actors} actors, one after the other; medians of ${busyRounds} rounds.`,
    ],
    tables: [
      {
        columns: ['idle', 'p50 beside fdatasync', 'p50', 'p99'],
        rows: [
          row('send, one worker', idle.worker),
          row('send, in the caller’s thread', idle.thread),
          row('4 KiB appended, and fdatasync', idle.page),
          row('4 KiB overwritten in place, and fdatasync', idle.overwritten),
        ],
      },
      { columns: [`${actors} actors`, 'sends/s', 'p50', 'p99'], rows: busy },
    ],
    goals: [
      goal(
        `V5: p50 of an idle send ≤ ${wanted} × fdatasync of 4 KiB`,
        times(ratio, wanted),
        ratio <= wanted,
        spreadOf(middleOf(idle.worker, page)),
      ),
    ],
  };
}
