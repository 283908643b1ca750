/**
 * Is a long run read as fast as a short one (V7)? Digest and newest page of messages of runs of 10, 10 k and
 * 100 k events (1 M when BENCH_LONG=1): live, sealed, and sealed in a directory opened anew, each beside a
 * shorter one in the same round.
 */
import assert from 'node:assert/strict';
import { openTroupe } from '../../runtime/index.ts';
import type { Troupe } from '../../runtime/index.ts';
import { scratch } from '../disk.ts';
import { collectGarbage, median, medianRatio, processorTime } from '../measure.ts';
import { bench, goal, short, times } from '../report.ts';
import type { Goal, Report, Table } from '../report.ts';
import { Talker } from '../talker.ts';

const isLong = process.env['BENCH_LONG'] === '1';
const lengths = [10, 10_000, isLong ? 1_000_000 : 100_000] as const;
const places = ['live', 'sealed', 'after a restart'] as const;
type Place = (typeof places)[number];
const kinds = ['digest', 'last page'] as const;
type Kind = (typeof kinds)[number];
/** What the longest is compared with: 10 events are less than a page of history. */
const references: Readonly<Record<Kind, number>> = { digest: 0, 'last page': 1 };

/** A read is a tenth of a millisecond: ratios of 15 rounds went from 0.7 to 1.4 ×. */
const rounds = 60;
/** Of a place that is opened once, so many reads are a figure: one alone is mostly noise. */
const readsWarm = 20;
/** The shortest run has three messages. */
const pageMessages = 3;
const wantedRatio = 1.2;
const wantedReads = 2;

/** Milliseconds of processor time and journal reads of one read. */
interface Figure {
  readonly ms: number;
  readonly reads: number;
}
/** Round by round, for each length. */
type Figures = Readonly<Record<Place, Readonly<Record<Kind, readonly Figure[][]>>>>;

await bench(measure);

async function measure(): Promise<Report> {
  const directory = scratch('long-run');
  const all = Object.fromEntries(
    places.map((place) => [place, { digest: lengths.map(() => []), 'last page': lengths.map(() => []) }]),
  ) as unknown as Figures; // All of its places.
  const troupe = await opened(directory);
  const talkers = lengths.map((events) => new Talker(troupe.run(`${events}`)));
  const warm = new Talker(troupe.run('warm'));
  for (const [i, talker] of [...talkers, warm].entries()) {
    await talker.run.start({ title: 'A run of some length' });
    await talker.talk(lengths[i] ?? lengths[0]);
  }
  for (let round = 0; round <= rounds; round++) await look(troupe, talkers, readsWarm, all.live, round);
  for (const { run } of [...talkers, warm]) await run.end({ cause: 'completed' });
  for (let round = 0; round <= rounds; round++) await look(troupe, talkers, readsWarm, all.sealed, round);
  for (const { run } of talkers) assert.equal((await run.verify()).ok, true);
  await troupe.close();
  for (let round = 0; round <= rounds; round++) await restarted(directory, talkers, all, round);
  return reportOf(all);
}

async function opened(directory: string): Promise<Troupe> {
  return openTroupe({ directory, workers: 0 });
}

/** One read of each in a process that has read nothing of them yet but the code. */
async function restarted(
  directory: string,
  talkers: readonly Talker[],
  all: Figures,
  round: number,
): Promise<void> {
  const troupe = await opened(directory);
  const same = (talker: Talker, id: string): Talker => new Talker(troupe.run(id), talker.messages);
  const [shortest] = talkers;
  assert(shortest !== undefined);
  const warm = same(shortest, 'warm');
  await figureOf(troupe, readsWarm, async () => warm.assertDigest());
  await figureOf(troupe, readsWarm, async () => warm.assertLastPage(pageMessages));
  const again = talkers.map((talker, i) => same(talker, `${lengths[i]}`));
  await look(troupe, again, 1, all['after a restart'], round);
  await troupe.close();
}

/**
 * Every run once; the first round warms up. Who is read first pays for cold memory: the order is turned from
 * round to round, and every other time it is read backwards, so that each follows each other one as often.
 */
async function look(
  troupe: Troupe,
  talkers: readonly Talker[],
  reads: number,
  figures: Figures[Place],
  round: number,
): Promise<void> {
  collectGarbage();
  for (let k = 0; k < talkers.length; k++) {
    const place = round % 2 === 0 ? k : talkers.length - 1 - k;
    const i = (place + Math.floor(round / 2)) % talkers.length;
    const talker = talkers[i];
    assert(talker !== undefined);
    const digest = await figureOf(troupe, reads, async () => talker.assertDigest());
    const page = await figureOf(troupe, reads, async () => talker.assertLastPage(pageMessages));
    if (round === 0) continue;
    figures.digest[i]?.push(digest);
    figures['last page'][i]?.push(page);
  }
}

async function figureOf(troupe: Troupe, count: number, read: () => Promise<unknown>): Promise<Figure> {
  const before = (await troupe.stats()).journal.reads;
  const ms = await processorTime(async () => {
    for (let i = 0; i < count; i++) await read();
  });
  return { ms: ms / count, reads: ((await troupe.stats()).journal.reads - before) / count };
}

function reportOf(all: Figures): Report {
  return {
    name: 'longRun',
    question: 'Is a long run read as fast as a short one?',
    settings: [
      `Runs of ${lengths.map(short).join(', ')} events in messages of three events each, in the caller’s ` +
        `thread; the digest, and the newest page of ${pageMessages} messages; processor time, medians of ` +
        `${rounds} rounds. Live and sealed: of ${readsWarm} reads, the runs are in memory; after a ` +
        `restart: the first read of each in a directory opened anew after reads of ` +
        'another run.',
      'A page of messages reads a page of history, 256 facts at most: the run of 10 events has fewer, ' +
        `and so the last pages are compared with those of ${short(lengths[1])} events.`,
      'Every read tells of every message before its figure is told. BENCH_LONG=1: 1 M events.',
    ],
    tables: kinds.map((kind) => tableOf(all, kind)),
    goals: [...kinds.flatMap((kind) => places.map((place) => ratioGoal(all, place, kind))), readsGoal(all)],
  };
}

function tableOf(all: Figures, kind: Kind): Table {
  const rows = places.flatMap((place) =>
    lengths.map((events, i) => {
      const figures = all[place][kind][i] ?? [];
      return [
        `${short(events)} events, ${place}`,
        times(ratioOf(all, place, kind, i)),
        `${median(figures.map(({ ms }) => ms)).toFixed(3)} ms`,
        median(figures.map(({ reads }) => reads)).toFixed(0),
      ];
    }),
  );
  const reference = short(lengths[references[kind]] ?? 0);
  return { columns: [kind, `of ${reference} events`, 'processor time', 'journal reads'], rows };
}

function ratioOf(all: Figures, place: Place, kind: Kind, length: number): number {
  const ms = (i: number): number[] => (all[place][kind][i] ?? []).map((figure) => figure.ms);
  return medianRatio(ms(length), ms(references[kind]));
}

function ratioGoal(all: Figures, place: Place, kind: Kind): Goal {
  const [longest, reference] = [lengths.length - 1, references[kind]].map((i) => short(lengths[i] ?? 0));
  const ratio = ratioOf(all, place, kind, lengths.length - 1);
  const promise = `V7: ${kind} of ${longest} events ≤ ${wantedRatio} × of ${reference}, ${place}`;
  return goal(promise, times(ratio, wantedRatio), ratio <= wantedRatio);
}

function readsGoal(all: Figures): Goal {
  const figures = all['after a restart'].digest.flat();
  const most = Math.max(...figures.map(({ reads }) => reads));
  return goal(
    `V7: a sealed digest after a restart touches ≤ ${wantedReads} journal keys`,
    most.toFixed(0),
    most <= wantedReads,
  );
}
