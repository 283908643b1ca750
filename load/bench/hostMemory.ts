/**
 * How much memory does an actor take (V14): one that is in memory, and one that has been put away? Everything
 * lives in this thread, so that the heap is one; a million dormant actors when BENCH_LONG=1.
 */
import assert from 'node:assert/strict';
import { Crowd, openHost } from '../crowd.ts';
import type { HostOptions } from '../crowd.ts';
import { scratch } from '../disk.ts';
import { collectGarbage, median } from '../measure.ts';
import { bench, fixed, goal, short } from '../report.ts';
import type { Report } from '../report.ts';

const liveActors = 10_000;
const dormantActors = process.env['BENCH_LONG'] === '1' ? 1_000_000 : 100_000;
const eventsLive = 3;
const rounds = 5;
const inFlight = 2000;
const wantedLive = 6 * 1024;
const wantedDormant = 100;
/** What stays in memory beside the dormant. */
const few = 64;
/** Sends of others that fill the tail of the log (32 MiB) anew. */
const passing = 150_000;

/** Bytes of heap of each. */
interface Dormant {
  readonly recent: number;
  readonly settled: number;
}

await bench(measure);

async function measure(): Promise<Report> {
  const live: number[] = [];
  // The first one warms up: code and pools are nobody's actor.
  for (let round = 0; round <= rounds; round++) {
    const bytes = await grown(liveActors, eventsLive, { workers: 0 });
    if (round > 0) live.push(bytes);
  }
  return reportOf(live, await dormants());
}

/** Bytes of heap that each of so many actors added. */
async function grown(actors: number, events: number, options: HostOptions): Promise<number> {
  const troupe = await openHost(scratch('live'), options);
  // References are the caller's; they are there before.
  const crowd = new Crowd(troupe, actors);
  const before = await used();
  await crowd.send(actors * events, inFlight);
  await troupe.flush();
  assert.equal((await troupe.stats()).workers[0]?.actors, actors);
  const after = await used();
  await crowd.assertDone();
  await troupe.close();
  return (after - before) / actors;
}

/** Actors that were put away: just now, and when the log has gone on. */
async function dormants(): Promise<Dormant> {
  const troupe = await openHost(scratch('dormant'), { workers: 0, limits: { residentActors: few } });
  const crowd = new Crowd(troupe, dormantActors);
  const others = new Crowd(troupe, few >> 1, { name: 'other' });
  const before = await used();
  await crowd.send(dormantActors, inFlight);
  // One after the other: each makes room.
  await crowd.send(2 * few, 1);
  const { workers } = await troupe.stats();
  const resident = workers[0]?.actors ?? Infinity;
  assert(resident < 8 * few, `${resident} are not dormant`);
  const recent = ((await used()) - before) / dormantActors;
  // One commit an event, as the dormant ones have it: merged turns would fill the tail less.
  await others.send(passing, few);
  const settled = ((await used()) - before) / dormantActors;
  await crowd.assertDone();
  await troupe.close();
  return { recent, settled };
}

/** Bytes of heap, array buffers included. */
async function used(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    // What ended with this turn of the loop is let go in the next.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function reportOf(live: readonly number[], { recent, settled }: Dormant): Report {
  const heap = median(live);
  const spread = `${Math.min(...live).toFixed(0)} – ${Math.max(...live).toFixed(0)} B`;
  const row = (title: string, bytes: number, range = ''): string[] => [title, `${bytes.toFixed(0)} B`, range];
  return {
    name: 'hostMemory',
    question: 'How much memory does an actor take?',
    settings: [
      'Heap with array buffers after forced collections, less what it was before the first send, by actor; ' +
        'callers’ references are not counted. Of the process’s resident pages nothing is told: they hold ' +
        'what the collector keeps from before and what is mapped of the data file, by chance more or less.',
      `Live: ${short(liveActors)} actors with ${eventsLive} events each, all in memory; median ` +
        `of ${rounds} ` +
        `runs. Dormant: ${short(dormantActors)} actors with one event each, of which up to ` +
        `${8 * few} are still ` +
        `in memory; one run, before and after ${short(passing)} events of others. Where an ` +
        `actor stands is in ` +
        'memory while its last commit is in the last 32 MiB of the log, and of 20 000 more: a ' +
        'fixed amount, ' +
        'however many there are (16 MB, 160 B each of 100 k). BENCH_LONG=1 takes a million.',
    ],
    tables: [
      {
        columns: ['an actor', 'heap', 'spread'],
        rows: [
          row('live', heap, spread),
          row('dormant, still in the tail of the log', recent),
          row('dormant, the log has gone on', settled),
        ],
      },
    ],
    goals: [
      goal('V14: a live actor ≤ 6 KB of heap', `${fixed(heap, 0, wantedLive)} B`, heap <= wantedLive),
      goal(
        `V14: a dormant actor ≤ ${wantedDormant} B of heap (${short(dormantActors)})`,
        `${fixed(settled, 0, wantedDormant)} B`,
        settled <= wantedDormant,
      ),
    ],
  };
}
