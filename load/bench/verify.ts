/**
 * What does proving a run cost? Processor time of `verify` for a run of 20 k events (100 k when
 * BENCH_LONG=1): many events a commit and one each, live (the chain alone) and sealed (the digest folded anew
 * as well).
 */
import assert from 'node:assert/strict';
import { openTroupe } from '../../runtime/index.ts';
import type { Troupe } from '../../runtime/index.ts';
import { scratch } from '../disk.ts';
import { inTurns, median } from '../measure.ts';
import { bench, fixed, goal, short } from '../report.ts';
import type { Report } from '../report.ts';
import { Talker } from '../talker.ts';

const events = process.env['BENCH_LONG'] === '1' ? 100_000 : 20_000;
const promised = 100_000;
const rounds = 5;
const wantedMs = 1000;
const shapes = ['many events a commit', 'one event a commit'] as const;
type Shape = (typeof shapes)[number];
const places = ['live', 'sealed'] as const;
type Place = (typeof places)[number];

/** Milliseconds of processor time an event. */
type Figures = Readonly<Record<Place, Readonly<Record<Shape, readonly number[]>>>>;

await bench(measure);

async function measure(): Promise<Report> {
  const many = await told('many events a commit', {});
  // A turn is a commit.
  const one = await told('one event a commit', { turnEvents: 1 });
  const live = await checked(many, one, false);
  for (const { talker } of [many, one]) await talker.run.end({ cause: 'completed' });
  const sealed = await checked(many, one, true);
  for (const { troupe } of [many, one]) await troupe.close();
  return reportOf({ live, sealed });
}

interface Told {
  readonly troupe: Troupe;
  readonly talker: Talker;
}

async function told(shape: Shape, limits: { readonly turnEvents?: number }): Promise<Told> {
  const troupe = await openTroupe({ directory: scratch('verify'), workers: 0, limits });
  const talker = new Talker(troupe.run(shape.split(' ').join('-')));
  await talker.run.start();
  const { commits: before } = (await troupe.stats()).journal;
  await talker.talk(events);
  const commits = (await troupe.stats()).journal.commits - before;
  const facts = await talker.assertDigest();
  assert(shape === 'one event a commit' ? commits >= events - 2 : commits < facts / 50, `${commits} commits`);
  return { troupe, talker };
}

async function checked(many: Told, one: Told, isSealed: boolean): Promise<Figures[Place]> {
  return inTurns(rounds, () => ({
    'many events a commit': async () => charge(many, isSealed),
    'one event a commit': async () => charge(one, isSealed),
  }));
}

async function charge({ talker }: Told, isSealed: boolean): Promise<number> {
  const before = process.cpuUsage();
  const verified = await talker.run.verify();
  const { user, system } = process.cpuUsage(before);
  assert(verified.ok && verified.seq >= events);
  assert.equal(verified.isRefolded ?? false, isSealed, 'a sealed digest is folded anew');
  return (user + system) / 1000 / verified.seq;
}

function reportOf(figures: Figures): Report {
  const all = places.flatMap((place) => shapes.map((shape) => [place, shape] as const));
  const msOf = (place: Place, shape: Shape): number => median(figures[place][shape]) * promised;
  return {
    name: 'verify',
    question: 'What does proving a run cost?',
    settings: [
      `Runs of ${short(events)} events, a message’s three events again and again; \`verify\` in the ` +
        `caller’s thread, medians of ${rounds} rounds, taking turns. Live: the chain is computed again; ` +
        'sealed: the digest is folded anew as well. Told for 100 k events; BENCH_LONG=1 has as many.',
    ],
    tables: [
      {
        columns: ['', 'processor time of 100 k events', 'an event'],
        rows: all.map(([place, shape]) => [
          `${place}, ${shape}`,
          `${msOf(place, shape).toFixed(0)} ms`,
          `${((msOf(place, shape) / promised) * 1000).toFixed(2)} µs`,
        ]),
      },
    ],
    goals: all.map(([place, shape]) =>
      goal(
        `verifying 100 k events, ${place}, ${shape}, takes ≤ 1 s of a processor`,
        `${fixed(msOf(place, shape), 0, wantedMs)} ms`,
        msOf(place, shape) <= wantedMs,
      ),
    ),
  };
}
