/**
 * What does it cost to be told what children did (V9)? A drain of 25 records with its ack beside the
 * fdatasync of a page; a thousand posts at once; and a drain of one record after 50 000 others.
 */
import assert from 'node:assert/strict';
import { openTroupe } from '../../runtime/index.ts';
import type { Outbox, Troupe } from '../../runtime/index.ts';
import { PlainFile, scratch } from '../disk.ts';
import { duration, median, middleOf, percentile } from '../measure.ts';
import { bench, goal, ratioOf, short, spreadOf, times } from '../report.ts';
import type { Report } from '../report.ts';

const batch = 25;
const rounds = 100;
const warmUp = 20;
const burst = 1000;
const bursts = 5;
const consumed = 50_000;
const wanted = { fdatasync: 8, flushes: 10, flat: 1.2 };

interface Figures {
  readonly page: number[];
  readonly many: number[];
  readonly fresh: number[];
  readonly old: number[];
}

interface Burst {
  readonly ms: number;
  readonly flushes: number;
}

await bench(measure);

async function measure(): Promise<Report> {
  const troupe = await openTroupe({ directory: scratch('outbox'), workers: 1 });
  const outboxes = { many: troupe.outbox('many'), fresh: troupe.outbox('fresh'), old: troupe.outbox('old') };
  const told = await bursting(troupe);
  for (let n = 0; n < consumed; n += burst) {
    await posted(outboxes.old, burst, n);
    assert.equal(await drained(outboxes.old, burst), burst);
  }
  await posted(outboxes.many, batch * (rounds + warmUp), 0);
  await posted(outboxes.fresh, rounds + warmUp, 0);
  await posted(outboxes.old, rounds + warmUp, consumed);
  const page = new PlainFile(scratch('page'));
  const figures: Figures = { page: [], many: [], fresh: [], old: [] };
  const flushes = await flushesOf(troupe, async () => {
    for (let i = -warmUp; i < rounds; i++) await round(i, page, outboxes, figures);
  });
  assert.equal(flushes, 2 * 3 * (rounds + warmUp), 'a drain with its ack is two flushes');
  for (const outbox of Object.values(outboxes)) {
    assert.deepEqual(await outbox.pending(), { ready: 0, leased: 0, dead: 0 });
    assert.equal((await outbox.verify()).ok, true);
  }
  page.close();
  await troupe.close();
  return reportOf(figures, told);
}

async function round(
  i: number,
  page: PlainFile,
  { many, fresh, old }: Readonly<Record<'many' | 'fresh' | 'old', Outbox>>,
  figures: Figures,
): Promise<void> {
  const timed = async (outbox: Outbox, max: number): Promise<number> =>
    duration(async () => assert.equal(await drained(outbox, max), max));
  const took = {
    page: await duration(() => page.appendPage()),
    many: await timed(many, batch),
    fresh: await timed(fresh, 1),
    old: await timed(old, 1),
  };
  if (i < 0) return;
  for (const name of ['page', 'many', 'fresh', 'old'] as const) figures[name].push(took[name]);
}

/** Each burst to an outbox of its own, which has one record already. */
async function bursting(troupe: Troupe): Promise<readonly Burst[]> {
  const told: Burst[] = [];
  for (let i = 0; i < bursts; i++) {
    const outbox = troupe.outbox(`burst${i}`);
    await posted(outbox, 1, 0);
    let ms = 0;
    const flushes = await flushesOf(troupe, async () => {
      ms = await duration(async () => posted(outbox, burst, 1));
    });
    assert.deepEqual(await outbox.pending(), { ready: burst + 1, leased: 0, dead: 0 });
    told.push({ ms, flushes });
  }
  return told;
}

async function posted(outbox: Outbox, count: number, from: number): Promise<void> {
  const summary = 'The tests pass again; two files changed.';
  const all = Array.from({ length: count }, async (_, i) =>
    outbox.post({
      child: `run/${i % 50}`,
      childSeq: from + i,
      kind: 'finished',
      outcome: 'completed',
      summary,
    }),
  );
  await Promise.all(all);
}

/** How many records were drained and acknowledged. */
async function drained(outbox: Outbox, max: number): Promise<number> {
  const lease = await outbox.drain({ max });
  await outbox.ack(lease);
  return lease.records.length;
}

async function flushesOf(troupe: Troupe, work: () => Promise<void>): Promise<number> {
  const before = (await troupe.stats()).journal.flushes;
  await work();
  return (await troupe.stats()).journal.flushes - before;
}

function reportOf(figures: Figures, told: readonly Burst[]): Report {
  const page = percentile(figures.page, 50);
  const row = (title: string, of: readonly number[]): string[] => [
    title,
    times(percentile(of, 50) / page),
    ...[50, 99].map((p) => `${percentile(of, p).toFixed(2)} ms`),
  ];
  const ratio = percentile(figures.many, 50) / page;
  const flat = percentile(figures.old, 50) / percentile(figures.many, 50);
  const flushes = Math.max(...told.map((one) => one.flushes));
  const burstMs = median(told.map(({ ms }) => ms));
  return {
    name: 'outbox',
    question: 'What does it cost to be told what children did?',
    settings: [
      `One worker; ${rounds} rounds, in each of which the rows of the first table take turns.`,
      'A drain counts with its ack: two flushes, one after the other.',
      'The faster the disk, the more of it is no flush: within the hour, a drain of 25 was 10.4 ×, 7.9 × ' +
        'and 3.3 × where the fdatasync took 0.08, 0.10 and 1.93 ms. A fast disk may miss the goal.',
      `${short(burst)} posts at once, all of them to one parent; ${bursts} parents, one after the other.`,
    ],
    tables: [
      {
        columns: ['', 'beside fdatasync', 'p50', 'p99'],
        rows: [
          row(`drain of ${batch} and its ack`, figures.many),
          row('drain of 1 and its ack', figures.fresh),
          row(`the same after ${short(consumed)} consumed`, figures.old),
          row('write and fdatasync of 4 KiB', figures.page),
        ],
      },
      {
        columns: [`${short(burst)} posts at once`, 'time', 'flushes'],
        rows: [['to one outbox, all receipts', `${burstMs.toFixed(1)} ms`, String(flushes)]],
      },
    ],
    goals: [
      goal(
        `V9: drain of ${batch} with its ack ≤ ${wanted.fdatasync} × fdatasync`,
        times(ratio, wanted.fdatasync),
        ratio <= wanted.fdatasync,
        spreadOf(middleOf(figures.many, page)),
      ),
      goal(`V9: ${burst} posts ≤ ${wanted.flushes} flushes`, String(flushes), flushes <= wanted.flushes),
      goal(
        `V9: drain of 1 after ${short(consumed)} consumed ≤ ${wanted.flat} × the drain of ${batch}`,
        times(flat, wanted.flat),
        flat <= wanted.flat,
        spreadOf(middleOf(figures.old, percentile(figures.many, 50))),
      ),
    ],
    ratios: [
      ratioOf('clock', 'a drain beside fdatasync', 1 / ratio),
      ratioOf('clock', 'a drain after many beside one before them', 1 / flat),
    ],
  };
}
