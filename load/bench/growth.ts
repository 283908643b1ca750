/**
 * Does the journal stay as fast as it grows (V18), and how long does it take to open, after a clean end and
 * after a crash (V16)? 1 M commits; 10 M when BENCH_LONG=1.
 */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openJournal } from '../../storage/index.ts';
import type { OpenJournal, Writer } from '../../storage/index.ts';
import { Crew } from '../crew.ts';
import { scratch } from '../disk.ts';
import { collectGarbage, median, rate } from '../measure.ts';
import { bench, fixed, goal, short, times } from '../report.ts';
import type { Line, Plot, Report } from '../report.ts';

const commitsMax = process.env['BENCH_LONG'] === '1' ? 10_000_000 : 1_000_000;
const actors = 1000;
const pairs = 7;
/** Appends of a measured piece. */
const pieceAppends = 40;
/** Enough to fill a tail, so that the young journal carries rows out too. */
const youngCommits = 150_000;
const wanted = 0.7;

/** A journal that is being written. */
interface Grown {
  readonly directory: string;
  readonly journal: OpenJournal;
  readonly writer: Writer;
  readonly crew: Crew;
}

interface Opening {
  readonly commits: number;
  readonly logBytes: number;
  readonly cleanMs: number;
  readonly crashMs: number;
}

await bench(measure);

async function measure(): Promise<Report> {
  const grown = await started('grown');
  const openings: Opening[] = [];
  const curve: [number, number][] = [];
  // The fresh one first: it warms the code up.
  const fresh = await started('fresh');
  await fill(fresh, youngCommits);
  for (const size of sizesTo(commitsMax)) {
    await fill(grown, size);
    openings.push(await opened(grown));
    const rates = [await piece(grown), await piece(grown), await piece(grown)];
    curve.push([size, median(rates)]);
  }
  const rates = { grown: [] as number[], fresh: [] as number[] };
  for (let i = 0; i < pairs; i++) {
    rates.fresh.push(await piece(fresh));
    rates.grown.push(await piece(grown));
  }
  for (const { crew, journal } of [grown, fresh]) {
    await crew.assertStored(journal);
    await journal.close();
  }
  return reportOf(openings, curve, rates);
}

async function started(name: string): Promise<Grown> {
  const directory = scratch(name);
  const journal = await openJournal({ directory });
  return { directory, journal, writer: await journal.writer(0), crew: new Crew(actors) };
}

/** 100 k, 300 k, 1 M, … */
function sizesTo(max: number): number[] {
  const sizes: number[] = [];
  for (let size = 100_000; size <= max; size *= 10) sizes.push(size, ...(3 * size <= max ? [3 * size] : []));
  return sizes;
}

/** Up to so many commits. */
async function fill({ writer, crew }: Grown, commits: number): Promise<void> {
  while (crew.commits < commits) await writer.append(crew.encoded(crew.turn(actors)));
}

/** Commits a second of a piece of already encoded commits. */
async function piece({ writer, crew }: Grown): Promise<number> {
  const turns = Array.from({ length: pieceAppends }, () => crew.encoded(crew.turn(actors)));
  collectGarbage();
  return rate(async () => {
    for (const turn of turns) await writer.append(turn);
    return pieceAppends * actors;
  });
}

/** Opens copies: of the file as a crash would leave it now, and of the same after a clean end. */
async function opened({ directory, crew }: Grown): Promise<Opening> {
  const copy = join(directory, 'copy');
  mkdirSync(copy, { mode: 0o700 });
  copyFileSync(join(directory, 'data.mdb'), join(copy, 'data.mdb'));
  const crashMs = await openingMs(copy, crew);
  const cleanMs = await openingMs(copy, crew);
  const logBytes = statSync(join(copy, 'data.mdb')).size;
  rmSync(copy, { recursive: true });
  return { commits: crew.commits, logBytes, cleanMs, crashMs };
}

/** Until the first append could be made and every actor is known. */
async function openingMs(directory: string, crew: Crew): Promise<number> {
  collectGarbage();
  const start = performance.now();
  const journal = await openJournal({ directory });
  await journal.writer(0);
  const standing = await journal.last(crew.address(0));
  const took = performance.now() - start;
  assert.equal(standing?.seq, crew.seq(0));
  await crew.assertStored(journal);
  await journal.close();
  return took;
}

function reportOf(
  openings: readonly Opening[],
  curve: readonly (readonly [number, number])[],
  rates: { readonly grown: readonly number[]; readonly fresh: readonly number[] },
): Report {
  const ratio = median(rates.grown.map((figure, i) => figure / (rates.fresh[i] ?? 0)));
  const slowest = Math.max(...openings.map(({ crashMs }) => crashMs));
  return {
    name: 'growth',
    question: 'Does the journal stay as fast as it grows, and how long does it take to open?',
    settings: [
      `${actors} actors, ${actors} commits an append. Opening: until a writer has its slot and the end of ` +
        'one actor is known; after a crash that includes reading the tail of the log, which is bounded. ' +
        'Each size is opened once in each way.',
      `Rates: ${pairs} pairs of ${pieceAppends} appends, encoded beforehand, into the grown journal ` +
        `and into one with ${short(youngCommits)} commits, taking turns.`,
      'BENCH_LONG=1 grows it to 10 M commits.',
    ],
    tables: [
      {
        columns: ['commits in it', 'file', 'opens after a clean end', 'after a crash'],
        rows: openings.map(({ commits, logBytes, cleanMs, crashMs }) => [
          short(commits),
          `${(logBytes / 2 ** 20).toFixed(0)} MiB`,
          `${cleanMs.toFixed(0)} ms`,
          `${crashMs.toFixed(0)} ms`,
        ]),
      },
      {
        columns: ['append', 'of the young one', 'commits/s'],
        rows: [
          ['young journal', times(1), short(median(rates.fresh))],
          [`with ${short(commitsMax)} commits`, times(ratio), short(median(rates.grown))],
        ],
      },
    ],
    goals: [
      goal(`V18: append rate ≥ ${wanted} × a young journal's`, times(ratio, wanted), ratio >= wanted),
      goal(
        'V16, journal’s share: opens within 1 s, flat',
        `${fixed(slowest, 0, 1000)} ms at most`,
        slowest < 1000,
      ),
    ],
    plots: plotsOf(openings, curve),
  };
}

function plotsOf(openings: readonly Opening[], curve: Line['points']): Plot[] {
  return [
    {
      title: 'Opening a journal',
      x: 'commits in it',
      y: 'ms',
      lines: [
        { name: 'after a crash', points: openings.map(({ commits, crashMs }) => [commits, crashMs]) },
        { name: 'after a clean end', points: openings.map(({ commits, cleanMs }) => [commits, cleanMs]) },
      ],
    },
    {
      title: 'Commits a second while it grows',
      x: 'commits in it',
      y: 'commits/s',
      lines: [{ name: 'append', points: curve }],
    },
  ];
}
