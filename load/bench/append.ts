/**
 * What does a durable append cost, beside what the same bytes cost without a journal (V2)?
 * One append holds one commit of each of min(actors, 2000) actors: what a turn of the loop collects.
 */
import assert from 'node:assert/strict';
import { openJournal } from '../../storage/index.ts';
import type { CommitDraft, EncodedCommit, OpenJournal, Writer } from '../../storage/index.ts';
import { Crew, eventBytes } from '../crew.ts';
import { PlainFile, scratch, slowness } from '../disk.ts';
import { Floor } from '../floor.ts';
import { inTurns, median, medianRatio, rate, ratiosOf } from '../measure.ts';
import type { Samples } from '../measure.ts';
import { bench, goal, ratioOf, short, spreadOf, times } from '../report.ts';
import type { Ratio, Report, Table } from '../report.ts';

const inFlight = 2000;
const rounds = 7;
/** Appends a round, so that a round of each takes some 0.1 s; fewer on a slow disk. */
const sizes = [
  { actors: 1, appends: 1000 },
  { actors: 100, appends: 400 },
  { actors: 1000, appends: 80 },
  { actors: 10_000, appends: 40 },
] as const;
const appendsMin = 20;
const wanted = 0.6;
const gatedActors = 1000;

/** What runs beside the journal, and how the page names it. */
const names = {
  journal: 'journal',
  encoding: 'with encoding and hashing',
  floor: 'floor',
  later: 'asynchronous',
  overlapped: 'overlapped',
  two: 'overlapped, two in flight',
  file: 'file',
  page: 'fdatasync of 4 KiB',
} as const;
type Name = keyof typeof names;

/** A turn in the forms that the variants take it. */
interface Turn {
  readonly drafts: readonly CommitDraft[];
  readonly commits: readonly EncodedCommit[];
  readonly value: Buffer;
}

/** A journal in a directory of its own, with the crew that writes to it. */
interface Side {
  readonly journal: OpenJournal;
  readonly writer: Writer;
  readonly crew: Crew;
}

interface Compared {
  /** Commits a second. */
  readonly samples: Samples<Name>;
  /**
   * Microseconds of processor time a commit, of all threads: neither the disk nor neighbours change it
   * much.
   */
  readonly costs: ReadonlyMap<Name, readonly number[]>;
}

interface Result extends Compared {
  readonly actors: number;
}

await bench(measure);

async function measure(): Promise<Report> {
  const results: Result[] = [];
  for (const { actors, appends } of sizes) {
    const compared = await compare(actors, Math.max(appendsMin, Math.round(appends / slowness())));
    results.push({ actors, ...compared });
  }
  return reportOf(results);
}

async function compare(actors: number, appends: number): Promise<Compared> {
  const costs = new Map<Name, number[]>();
  const journal = await side('journal', actors);
  const encoding = await side('encoding', actors);
  const floor = new Floor(scratch('floor'));
  const later = new Floor(scratch('later'));
  const overlapped = new Floor(scratch('overlapped'), { overlappingSync: true });
  const two = new Floor(scratch('two'), { overlappingSync: true });
  const file = new PlainFile(scratch('file'));
  const page = new PlainFile(scratch('page'));
  const samples = await inTurns<Name>(rounds, () => {
    const turns = turnsOf(journal.crew, appends, Math.min(actors, inFlight));
    const measured = (name: Name, work: () => Promise<number>) => async () => costing(costs, name, work);
    const variant = (name: Name, work: (turn: Turn) => unknown) =>
      measured(name, async () => run(turns, work));
    return {
      journal: variant('journal', async ({ commits }) => journal.writer.append(commits)),
      encoding: variant('encoding', async ({ drafts }) =>
        encoding.writer.append(encoding.crew.encoded(drafts)),
      ),
      floor: variant('floor', ({ value }) => floor.append(value)),
      later: variant('later', async ({ value }) => later.appendLater(value)),
      overlapped: variant('overlapped', async ({ value }) => overlapped.appendLater(value)),
      two: measured('two', async () => runTwo(turns, async ({ value }) => two.appendLater(value))),
      file: variant('file', ({ value }) => file.append(value)),
      page: variant('page', () => page.appendPage()),
    };
  });
  for (const { crew, journal: stored } of [journal, encoding]) await crew.assertStored(stored);
  assert.equal(journal.journal.stats().commits, (rounds + 1) * appends * Math.min(actors, inFlight));
  for (const reference of [floor, later, overlapped, two]) {
    assert.equal(reference.groups, (rounds + 1) * appends);
    assert.equal(reference.at(reference.groups)?.length, file.bytes / reference.groups);
    await reference.close();
  }
  for (const { journal: open } of [journal, encoding]) await open.close();
  file.close();
  page.close();
  return { samples, costs };
}

/** The rate of `work`; what it took of the processors is kept beside it. */
async function costing(costs: Map<Name, number[]>, name: Name, work: () => Promise<number>): Promise<number> {
  const used = process.cpuUsage();
  let commits = 0;
  const figure = await rate(async () => (commits = await work()));
  const { user, system } = process.cpuUsage(used);
  costs.set(name, [...(costs.get(name) ?? []), (user + system) / commits]);
  return figure;
}

async function side(name: string, actors: number): Promise<Side> {
  const journal = await openJournal({ directory: scratch(name) });
  return { journal, writer: await journal.writer(0), crew: new Crew(actors) };
}

function turnsOf(crew: Crew, appends: number, commitsAtOnce: number): Turn[] {
  return Array.from({ length: appends }, () => {
    const drafts = crew.turn(commitsAtOnce);
    const commits = crew.encoded(drafts);
    return { drafts, commits, value: Buffer.concat(commits.map(({ record }) => record)) };
  });
}

/** One turn after the other; resolves with the number of commits. */
async function run(turns: readonly Turn[], work: (turn: Turn) => unknown): Promise<number> {
  let commits = 0;
  for (const turn of turns) {
    await work(turn);
    commits += turn.commits.length;
  }
  return commits;
}

/** The next turn begins while the one before is not yet durable. */
async function runTwo(turns: readonly Turn[], work: (turn: Turn) => Promise<void>): Promise<number> {
  let before: Promise<void> | undefined;
  const commits = await run(turns, async (turn) => {
    const now = work(turn);
    await before;
    before = now;
  });
  await before;
  return commits;
}

function reportOf(results: readonly Result[]): Report {
  return {
    name: 'append',
    question: 'What does a durable append cost, beside what the same bytes cost without a journal?',
    settings: [
      `Events of ${eventBytes} bytes, one a commit; an append holds one commit of each of min(actors, ` +
        `${inFlight}) actors and resolves when it is flushed.`,
      'Floor: lmdb alone, the same records in key order, one value an append, one synchronous ' +
        'transaction and flush. It compares, remembers and indexes nothing.',
      'Asynchronous: the same by put and `flushed` in lmdb’s writing thread; overlapped: with ' +
        'overlappingSync, lmdb’s default.',
      'File: the same bytes in one write and one fdatasync an append.',
      `Medians of ${rounds} rounds, all variants taking turns in one process; ratios are medians of ` +
        'the rounds’ ratios.',
    ],
    tables: [
      tableOf(results, 'beside the floor', ({ samples }, name) =>
        times(medianRatio(samples[name], samples.floor)),
      ),
      tableOf(results, 'commits/s', ({ samples }, name) => short(median(samples[name]))),
      tableOf(results, 'processor time a commit', ({ costs }, name) => {
        return `${median(costs.get(name) ?? []).toFixed(2)} µs`;
      }),
    ],
    goals: (['journal', 'encoding'] as const).map((name) => {
      const at = results.filter(({ actors }) => actors >= 100 && actors <= 1000);
      const ratios = at.map(({ samples }) => medianRatio(samples[name], samples.floor));
      const promise = `V2: ${names[name]} ≥ ${wanted} × the floor at 100 and 1000 actors`;
      const spread = spreadOf(at.flatMap(({ samples }) => ratiosOf(samples[name], samples.floor)));
      return goal(
        promise,
        ratios.map((ratio) => times(ratio, wanted)).join(' and '),
        Math.min(...ratios) >= wanted,
        spread,
      );
    }),
    ratios: results.filter(({ actors }) => actors === gatedActors).flatMap(gatedRatios),
  };
}

function gatedRatios({ samples, costs }: Result): Ratio[] {
  const cost = (name: Name): number => median(costs.get(name) ?? []);
  return [
    ratioOf('clock', 'commits beside the floor', medianRatio(samples.journal, samples.floor)),
    ratioOf('processor', 'a commit beside the floor', cost('floor') / cost('journal')),
    ratioOf('processor', 'an encoded commit beside the floor', cost('floor') / cost('encoding')),
  ];
}

function tableOf(
  results: readonly Result[],
  title: string,
  cell: (result: Result, name: Name) => string,
): Table {
  return {
    columns: [title, ...results.map(({ actors }) => `${actors} ${actors === 1 ? 'actor' : 'actors'}`)],
    rows: (Object.keys(names) as Name[]).map((name) => [
      names[name],
      ...results.map((result) => cell(result, name)),
    ]),
  };
}
