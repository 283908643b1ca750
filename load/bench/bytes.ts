/**
 * How many bytes reach the disk for an event of 230 bytes (V2)? Pages, rows and indexes included, after the
 * journal has grown beyond its tail, so that rows are being carried out all the time.
 */
import assert from 'node:assert/strict';
import { openJournal } from '../../storage/index.ts';
import type { EncodedCommit } from '../../storage/index.ts';
import { Crew, eventBytes } from '../crew.ts';
import { PlainFile, scratch, writtenSoFar } from '../disk.ts';
import { median } from '../measure.ts';
import { bench, fixed, goal } from '../report.ts';
import type { Goal, Report } from '../report.ts';

/** Enough to fill the tail, so that rows are due; many turns an append, because nobody looks. */
const fillCommits = 200_000;
const fillAtOnce = 5000;
/** Then so many appends are looked at. */
const appendsMax = 300;
const commitsMax = 100_000;
const pieces = 10;
const bytesMax = 1024;
const crews = [10, 100, 1000, 10_000] as const;
const inFlight = 2000;

/** Bytes an event: what a process gave to the system, and what the disk received. */
interface PerEvent {
  readonly given: number;
  readonly disk: number;
}

interface Result {
  readonly actors: number;
  readonly journal: PerEvent;
  readonly file: PerEvent;
  readonly otherPuts: number;
}

await bench(measure);

async function measure(): Promise<Report> {
  const results: Result[] = [];
  for (const actors of crews) results.push(await write(actors));
  return {
    name: 'bytes',
    question: 'How many bytes reach the disk for an event of 230 bytes?',
    settings: [
      `Commits of one event of ${eventBytes} bytes, after ${fillCommits / 1000} k to fill the tail; ` +
        `one commit of each of min(actors, ${inFlight}) actors an append.`,
      'Given: by write calls of this process. Disk: all sectors the disk received meanwhile, ' +
        `file system and other processes included; medians of ${pieces} pieces.`,
      'File: the same records appended to a file, one fdatasync an append.',
    ],
    tables: [
      {
        columns: ['actors', 'given', 'disk', 'file, given', 'file, disk', 'puts beside the log'],
        rows: results.map(({ actors, journal, file, otherPuts }) => [
          String(actors),
          ...[journal.given, journal.disk, file.given, file.disk].map((bytes) => `${bytes.toFixed(0)} B`),
          `${otherPuts.toFixed(3)} a commit`,
        ]),
      },
    ],
    goals: results.flatMap(goalOf),
  };
}

function goalOf({ actors, journal }: Result): Goal[] {
  if (actors !== 100 && actors !== 1000) return [];
  const promise = `V2: at most 1 KB written per event at ${actors} actors`;
  return [goal(promise, `${fixed(journal.given, 0, bytesMax)} bytes`, journal.given <= bytesMax)];
}

async function write(actors: number): Promise<Result> {
  const directory = scratch('bytes');
  const journal = await openJournal({ directory });
  const writer = await journal.writer(0);
  const crew = new Crew(actors);
  const perAppend = Math.min(actors, inFlight);
  const turn = (): EncodedCommit[] => crew.encoded(crew.turn(perAppend));
  const turns = Math.ceil(fillAtOnce / perAppend);
  while (crew.commits < fillCommits) await writer.append(Array.from({ length: turns }, turn).flat());
  const before = { commits: crew.commits, puts: journal.stats().otherPuts };
  const appends = Math.min(appendsMax, commitsMax / perAppend);
  const byJournal = await perEvent(directory, appends, perAppend, async () => writer.append(turn()));
  assert.equal(crew.commits - before.commits, appends * perAppend);
  assert.equal(journal.stats().commits, crew.commits);
  const otherPuts = (journal.stats().otherPuts - before.puts) / (crew.commits - before.commits);
  await crew.assertStored(journal);
  await journal.close();
  const file = new PlainFile(directory);
  const byFile = await perEvent(directory, appends, perAppend, () => {
    file.append(Buffer.concat(turn().map(({ record }) => record)));
  });
  file.close();
  return { actors, journal: byJournal, file: byFile, otherPuts };
}

/** In pieces, so that what a neighbour writes at once falls into one of them. */
async function perEvent(
  directory: string,
  appends: number,
  perAppend: number,
  append: () => unknown,
): Promise<PerEvent> {
  const given: number[] = [];
  const disk: number[] = [];
  for (let piece = 0; piece < pieces; piece++) {
    const before = writtenSoFar(directory);
    for (let i = 0; i < appends / pieces; i++) await append();
    const after = writtenSoFar(directory);
    const events = (appends / pieces) * perAppend;
    given.push((after.given - before.given) / events);
    disk.push((after.disk - before.disk) / events);
  }
  return { given: median(given), disk: median(disk) };
}
