/**
 * How long until everything is back? A dormant actor with a long history beside one with a short one (V15);
 * a restart with many actors, events and pending timers, until the first send is answered (V16). Each after a
 * crash (a copy of the file as it stands while it is written) and after a clean end.
 */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Crowd, openHost } from '../crowd.ts';
import type { Hosted } from '../crowd.ts';
import { scratch } from '../disk.ts';
import { collectGarbage, duration, median, medianRatio } from '../measure.ts';
import { bench, fixed, goal, short, times } from '../report.ts';
import type { Goal, Report, Table } from '../report.ts';

const isLong = process.env['BENCH_LONG'] === '1';
const lengths = { long: 100_000, short: 100 } as const;
const actors = isLong ? 100_000 : 20_000;
/** Both more than the tail of the log holds, which bounds what a restart after a crash reads. */
const events = isLong ? [200_000, 1_000_000] : [200_000, 400_000];
/** The last sends come one by one, so that nobody's unanswered sends are remembered. */
const settling = 300;
const timers = 10_000;
const inFlight = 2000;
const wantedRatio = 1.5;
const wantedMs = 1000;
const activations = 7;
const restarts = 5;
const ends = ['after a crash', 'after a clean end'] as const;
type End = (typeof ends)[number];

/** Milliseconds and journal reads of an activation. */
interface Activation {
  readonly ms: number;
  readonly reads: number;
}
type Activations = Readonly<Record<End, Record<'long' | 'short', Activation[]>>>;
type Restarts = readonly (Readonly<Record<End, number[]>> & { readonly facts: number })[];

await bench(measure);

async function measure(): Promise<Report> {
  return reportOf(await activated(), await restarted());
}

/** V15. */
async function activated(): Promise<Activations> {
  const directory = scratch('activation');
  const troupe = await openHost(directory, { workers: 0 });
  const crowds = {
    long: new Crowd(troupe, 1, { name: 'long' }),
    short: new Crowd(troupe, 1, { name: 'short' }),
    warm: new Crowd(troupe, 1, { name: 'warm' }),
  };
  await crowds.long.send(lengths.long - settling, inFlight);
  await crowds.long.send(settling, 1);
  // One commit an event, as a dormant actor of many small turns has it.
  await crowds.short.send(lengths.short, 1);
  await crowds.warm.send(lengths.short, 1);
  const all: Activations = {
    'after a crash': { long: [], short: [] },
    'after a clean end': { long: [], short: [] },
  };
  for (let i = 0; i < activations; i++) {
    const copy = copied(directory);
    for (const end of ends) {
      const opened = await openHost(copy, { workers: 0 });
      for (const crowd of Object.values(crowds)) crowd.meet(opened);
      await crowds.warm.look(0);
      const order = i % 2 === 0 ? (['long', 'short'] as const) : (['short', 'long'] as const);
      for (const name of order) all[end][name].push(await activation(opened, crowds[name]));
      await opened.close();
    }
    rmSync(copy, { recursive: true });
  }
  await troupe.close();
  return all;
}

async function activation(troupe: Hosted, crowd: Crowd): Promise<Activation> {
  const before = (await troupe.stats()).journal.reads;
  const ms = await duration(async () => crowd.look(0));
  return { ms, reads: (await troupe.stats()).journal.reads - before };
}

/** V16. */
async function restarted(): Promise<Restarts> {
  const directory = scratch('restart');
  const troupe = await openHost(directory, { workers: 1 });
  for (let i = 0; i < timers; i += inFlight) {
    const waiting = Array.from({ length: inFlight }, (_, k) => troupe.actor('sleeper', `${i + k}`));
    await Promise.all(waiting.map(async (sleeper) => sleeper.send({ type: 'wait' })));
  }
  const crowd = new Crowd(troupe, actors);
  const all: (Record<End, number[]> & { facts: number })[] = [];
  for (const facts of events) {
    await crowd.send(facts - crowd.sends, inFlight);
    const took = { 'after a crash': [] as number[], 'after a clean end': [] as number[], facts };
    for (let i = 0; i < restarts; i++) {
      const copy = copied(directory);
      for (const end of ends) took[end].push(await restart(copy, facts / actors));
      rmSync(copy, { recursive: true });
    }
    all.push(took);
  }
  await crowd.assertDone();
  await troupe.close();
  return all;
}

/** Until the first send is answered; the actor and the timers are as they were. */
async function restart(directory: string, told: number): Promise<number> {
  collectGarbage();
  const start = performance.now();
  const troupe = await openHost(directory, { workers: 1 });
  const run = troupe.actor('run', String(actors >> 1));
  const { seq } = await run.send({ type: 'note', n: 0, text: 'back' });
  const took = performance.now() - start;
  // Each restart of a copy has left one more.
  assert(seq === told + 2 || seq === told + 3, `${seq} follows ${told} events`);
  const last = await troupe.actor('sleeper', String(timers - 1)).snapshot();
  assert.deepEqual(last.state, ['waiting']);
  await troupe.close();
  return took;
}

/** The file as a crash would leave it now. */
function copied(directory: string): string {
  const copy = join(directory, 'copy');
  mkdirSync(copy, { mode: 0o700 });
  copyFileSync(join(directory, 'data.mdb'), join(copy, 'data.mdb'));
  return copy;
}

function reportOf(all: Activations, opened: Restarts): Report {
  const ratioOf = (end: End): number =>
    medianRatio(
      all[end].long.map(({ ms }) => ms),
      all[end].short.map(({ ms }) => ms),
    );
  return {
    name: 'hostRestart',
    question: 'How long until an actor, or everything, is back?',
    settings: [
      `Activation: the first look at an actor in a directory opened anew, in the caller’s ` +
        `thread, after one ` +
        `at another; ${activations} openings.`,
      `Restart: ${short(actors)} actors, ${short(timers)} others with a timer an hour away, one ` +
        `worker; from ` +
        `the call of openTroupe until the first send to an actor is answered, its thread’s start and the ` +
        `import of the actors included; medians of ${restarts} restarts.`,
      'After a crash: a copy of the file taken while it is open; an activation then folds up to ' +
        '256 facts since ' +
        'the last snapshot (100 of the short history, more of the long one), and a restart ' +
        'reads the tail of ' +
        'the log (32 MiB). A dormant actor is one after a clean end. BENCH_LONG=1: 100 k actors, 1 M events.',
    ],
    tables: [activationTable(all, ratioOf), restartTable(opened)],
    goals: [
      ...ends.map((end) =>
        goal(
          `V15: 100 k events ≤ ${wantedRatio} × ${lengths.short} events, ${end}`,
          times(ratioOf(end), wantedRatio),
          ratioOf(end) <= wantedRatio,
        ),
      ),
      ...ends.map((end) => restartGoal(opened, end)),
    ],
  };
}

function restartGoal(opened: Restarts, end: End): Goal {
  const took = opened.map((one) => median(one[end]));
  const slowest = Math.max(...took);
  const flat =
    `${times((took.at(-1) ?? 0) / (took[0] ?? 1))} with ` +
    `${(events[1] ?? 0) / (events[0] ?? 1)} × the events`;
  const promise = `V16: first send answered ≤ 1 s, flat (${short(actors)} actors), ${end}`;
  return goal(promise, `${fixed(slowest, 0, wantedMs)} ms at most, ${flat}`, slowest <= wantedMs);
}

function activationTable(all: Activations, ratioOf: (end: End) => number): Table {
  const rows = ends.flatMap((end) =>
    (['short', 'long'] as const).map((name) => {
      const ms = all[end][name].map((one) => one.ms);
      return [
        `${short(lengths[name])} events, ${end}`,
        name === 'short' ? times(1) : times(ratioOf(end)),
        `${median(ms).toFixed(2)} ms`,
        `${Math.min(...ms).toFixed(2)} – ${Math.max(...ms).toFixed(2)} ms`,
        median(all[end][name].map(({ reads }) => reads)).toFixed(0),
      ];
    }),
  );
  return { columns: ['activation', 'of the short one', 'takes', 'spread', 'journal reads'], rows };
}

function restartTable(opened: Restarts): Table {
  const rows = opened.flatMap((took) =>
    ends.map((end) => [
      `${short(took.facts)} events, ${end}`,
      `${median(took[end]).toFixed(0)} ms`,
      `${Math.min(...took[end]).toFixed(0)} – ${Math.max(...took[end]).toFixed(0)} ms`,
    ]),
  );
  return { columns: ['restart', 'first answer', 'spread'], rows };
}
