/**
 * How long does one durable append take when nothing else goes on (the journal's share of V5)?
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { openJournal } from '../../storage/index.ts';
import { Crew, eventBytes } from '../crew.ts';
import { PlainFile, scratch } from '../disk.ts';
import { Floor } from '../floor.ts';
import { duration, middleOf, percentile } from '../measure.ts';
import { bench, goal, spreadOf, times } from '../report.ts';
import type { Report } from '../report.ts';

const appends = 1000;
const warmUp = 200;
const wanted = 3;

await bench(measure);

async function measure(): Promise<Report> {
  const journal = await openJournal({ directory: scratch('latency') });
  const writer = await journal.writer(0);
  const crew = new Crew(1);
  const floor = new Floor(scratch('floor'));
  const later = new Floor(scratch('later'), { overlappingSync: true });
  const page = new PlainFile(scratch('page'));
  const figures = {
    journal: [] as number[],
    floor: [] as number[],
    later: [] as number[],
    page: [] as number[],
  };
  for (let i = -warmUp; i < appends; i++) {
    const [commit] = crew.encoded(crew.turn(1));
    assert(commit !== undefined);
    const took = {
      page: await idle(() => page.appendPage()),
      journal: await idle(async () => writer.append([commit])),
      floor: await idle(() => floor.append(commit.record)),
      later: await idle(async () => later.appendLater(commit.record)),
    };
    if (i >= 0)
      for (const name of ['journal', 'floor', 'later', 'page'] as const) figures[name].push(took[name]);
  }
  await crew.assertStored(journal);
  assert.equal(page.bytes, 4096 * (appends + warmUp));
  await journal.close();
  await floor.close();
  await later.close();
  page.close();
  return reportOf(figures);
}

/** After a pause, as if nobody had asked for anything in a while. */
async function idle(work: () => unknown): Promise<number> {
  await pause(1);
  return duration(work);
}

function reportOf(
  figures: Readonly<Record<'journal' | 'floor' | 'later' | 'page', readonly number[]>>,
): Report {
  const p50 = percentile(figures.page, 50);
  const row = (name: string, of: readonly number[]): string[] => [
    name,
    times(percentile(of, 50) / p50),
    ...[50, 99].map((p) => `${percentile(of, p).toFixed(3)} ms`),
  ];
  const ratio = percentile(figures.journal, 50) / p50;
  return {
    name: 'latency',
    question: 'How long does one durable append take when nothing else goes on?',
    settings: [
      `${appends} appends of one commit with one event of ${eventBytes} bytes, 1 ms after the one ` +
        'before; the references take turns with it. One run; the percentiles are those of its appends.',
    ],
    tables: [
      {
        columns: ['', 'p50 beside fdatasync', 'p50', 'p99'],
        rows: [
          row('journal', figures.journal),
          row('lmdb alone, one synchronous transaction', figures.floor),
          row('lmdb alone, put and flushed, its default', figures.later),
          row('write and fdatasync of 4 KiB', figures.page),
        ],
      },
    ],
    goals: [
      goal(
        `V5, journal’s share: p50 ≤ ${wanted} × fdatasync`,
        times(ratio, wanted),
        ratio <= wanted,
        spreadOf(middleOf(figures.journal, p50)),
      ),
    ],
  };
}
