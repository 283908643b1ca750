/**
 * How fast is the history of one actor read among a thousand others, from the log and from compacted pages?
 * The worst case on purpose: each of its commits stands in a group of 32 KiB that the others fill.
 */
import assert from 'node:assert/strict';
import { openJournal } from '../../storage/index.ts';
import type { Cursor, OpenJournal, Range } from '../../storage/index.ts';
import { Crew, assertContent, eventBytes } from '../crew.ts';
import { scratch } from '../disk.ts';
import { collectGarbage, median, rate } from '../measure.ts';
import { bench, fixed, goal, short } from '../report.ts';
import type { Report } from '../report.ts';

const commits = 10_000;
const others = 1000;
const othersAtOnce = 100;
const rounds = 5;
/** It reads a hundred times as much. */
const tailRounds = 3;
const goals = { log: 150_000, pages: 500_000 } as const;

/** Commits a second. */
interface Figures {
  readonly firstForward: number;
  readonly firstBackward: number;
  readonly forward: number;
  readonly backward: number;
  readonly tail: number;
}

await bench(measure);

async function measure(): Promise<Report> {
  const directory = scratch('read');
  const { one, crew } = await written(directory);
  const log = await read(directory, one, crew);
  const journal = await openJournal({ directory });
  const { pages } = await journal.compact();
  await journal.close();
  assert(pages > 0, 'compaction wrote pages');
  return reportOf(log, await read(directory, one, crew));
}

async function written(directory: string): Promise<{ one: Crew; crew: Crew }> {
  const journal = await openJournal({ directory });
  const writer = await journal.writer(0);
  const crew = new Crew(others);
  const one = new Crew(1, 'one');
  for (let i = 0; i < commits; i++) {
    const drafts = crew.turn(othersAtOnce);
    await writer.append([...crew.encoded(drafts), ...one.encoded(one.turn(1))]);
  }
  // Closing carries the rows out, and only what rows cover can be compacted.
  await journal.close();
  return { one, crew };
}

async function read(directory: string, one: Crew, crew: Crew): Promise<Figures> {
  const samples = Array.from({ length: 5 }, (): number[] => []);
  for (let round = 0; round < rounds; round++) {
    let journal = await reopened(undefined, directory, crew);
    samples[0]?.push(await history(journal, one, false));
    samples[2]?.push(await history(journal, one, false));
    samples[3]?.push(await history(journal, one, true));
    journal = await reopened(journal, directory, crew);
    samples[1]?.push(await history(journal, one, true));
    if (round < tailRounds) samples[4]?.push(await wholeTail(journal, one.commits + crew.commits));
    await journal.close();
  }
  const [firstForward = 0, firstBackward = 0, forward = 0, backward = 0, tail = 0] = samples.map(median);
  return { firstForward, firstBackward, forward, backward, tail };
}

/** A fresh mapping of the file: its pages are in the system's cache, but not yet in this process. */
async function reopened(
  before: OpenJournal | undefined,
  directory: string,
  crew: Crew,
): Promise<OpenJournal> {
  await before?.close();
  const journal = await openJournal({ directory });
  // The code is warm, whatever is read next is not.
  for (let i = 0; i < 3; i++) await history(journal, crew, false, i);
  collectGarbage();
  return journal;
}

async function history(journal: OpenJournal, crew: Crew, reverse: boolean, index = 0): Promise<number> {
  const address = crew.address(index);
  const last = crew.seq(index);
  return rate(async () => {
    let range: Range | undefined = { reverse };
    let count = 0;
    while (range !== undefined) {
      const page = await journal.read(address, range);
      const [first] = page.commits;
      if (count === 0) assertContent(first, address, reverse ? last : 1);
      count += page.commits.length;
      range = page.next;
      if (range === undefined) assertContent(page.commits.at(-1), address, reverse ? 1 : last);
    }
    assert.equal(count, last);
    return count;
  });
}

async function wholeTail(journal: OpenJournal, expected: number): Promise<number> {
  return rate(async () => {
    let cursor: Cursor | undefined;
    let count = 0;
    for (;;) {
      const page = await journal.tail(cursor);
      count += page.commits.length;
      cursor = page.cursor;
      if (page.end) break;
    }
    assert.equal(count, expected);
    return count;
  });
}

function reportOf(log: Figures, pages: Figures): Report {
  const row = (name: string, figures: Figures): string[] => [
    name,
    ...[figures.forward, figures.backward, figures.firstForward, figures.firstBackward, figures.tail].map(
      short,
    ),
  ];
  const slowest = ({ firstForward, firstBackward, forward, backward }: Figures): number =>
    Math.min(firstForward, firstBackward, forward, backward);
  return {
    name: 'read',
    question: 'How fast is the history of one actor read among a thousand others?',
    settings: [
      `${short(commits)} commits of one event of ${eventBytes} bytes, page by page; ${others} others ` +
        `have ${short(commits * othersAtOnce)}: each commit of the one stands in a group of 32 KiB that ` +
        'others fill.',
      'First: after reopening, so the file is in the system’s cache but not yet in the process. ' +
        `Medians of ${rounds} rounds.`,
      `Tail: all commits of the journal in pages of 1000; median of ${tailRounds} rounds.`,
    ],
    tables: [
      {
        columns: ['commits/s', 'forward', 'backward', 'first forward', 'first backward', 'tail'],
        rows: [row('fresh groups', log), row('compacted pages', pages)],
      },
    ],
    goals: (['log', 'pages'] as const).map((place) => {
      const figure = slowest(place === 'log' ? log : pages);
      const name = place === 'log' ? 'fresh groups' : 'compacted pages';
      return goal(
        `${name} ≥ ${short(goals[place])} commits/s, the slowest way`,
        `${fixed(figure, 0, goals[place])}/s`,
        figure >= goals[place],
      );
    }),
  };
}
