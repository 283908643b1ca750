/**
 * Readers beside writers: another process sees a history that only grows, and no reader costs the writers
 * anything between two pages.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { noted } from '../../../storage/conformance/drafts.ts';
import { Model } from '../../../storage/conformance/model.ts';
import { openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import type { Journal, Range, Writer } from '../../../storage/journal.ts';
import { Puppeteer } from '../../crash/puppeteer.ts';
import { roomOf } from '../../crash/roomOf.ts';
import { Scratch } from './scratch.ts';

const journalUrl = new URL('../../../storage/lmdb/journal.ts', import.meta.url).href;

const slots = 2;
const addresses = [0, 1].flatMap((slot) => [0, 1, 2, 3, 4].map((i) => `run/${slot}-${i}`));

/** Each commit of the history, in order; it is read while it grows. */
async function assertContiguous(journal: Journal, address: string): Promise<number> {
  let next = 1;
  for (let range: Range | undefined = { limit: 40 }; range !== undefined;) {
    const page = await journal.read(address, range);
    for (const { seq, to } of page.commits) {
      expect(seq).toBe(next);
      next = to + 1;
    }
    range = page.next;
  }
  return next - 1;
}

test('a read-only process sees every history grow without a hole, in pages, rows and tail', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  await using owner = await Puppeteer.start();
  await owner.call('open', { directory });
  await owner.call('loop', slots);
  const reader = await openLmdbJournal({ directory, readOnly: true });
  const seen = new Map<string, number>();
  const told = new Map<string, number>();
  let cursor: string | undefined;
  while (Math.min(...addresses.map((address) => seen.get(address) ?? 0)) < 60) {
    for (const address of addresses) {
      const before = (await reader.last(address))?.seq ?? 0;
      expect(before).toBeGreaterThanOrEqual(seen.get(address) ?? 0);
      const end = await assertContiguous(reader, address);
      expect(end).toBeGreaterThanOrEqual(before);
      seen.set(address, end);
    }
    const page = await reader.tail(cursor, 100);
    for (const { address, seq, to } of page.commits) {
      expect(seq).toBe((told.get(address) ?? 0) + 1);
      told.set(address, to);
    }
    ({ cursor } = page);
    for (const row of (await reader.rows({ limit: 100 })).rows) {
      expect(row.seq).toBeGreaterThanOrEqual(seen.get(row.address) ?? 0);
    }
  }
  await owner.call('stop');
  expect(await owner.call('stats')).toMatchObject({ unhandled: 0 });
  await reader.close();
}, 60_000);

test('10 000 reads from several threads leave no reader behind', async () => {
  using scratch = new Scratch();
  const journal = await openLmdbJournal({ directory: scratch.journal() });
  const model = new Model();
  await model.append(await journal.writer(0), [noted('run/a'), noted('run/b')]);
  const reads = `
    import { parentPort, workerData } from 'node:worker_threads';
    import { joinLmdbJournal } from ${JSON.stringify(journalUrl)};
    const journal = joinLmdbJournal(workerData);
    for (let i = 0; i < 2500; i++) {
      if ((await journal.read('run/a')).commits.length !== 1) throw new Error('not read');
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    parentPort.postMessage('done');
    await journal.close();`;
  const script = new URL(`data:text/javascript,${encodeURIComponent(reads)}`);
  // More threads over time than there are reader slots in a round: each gives back what it took.
  for (let round = 0; round < 2; round++) {
    const workers = [0, 1].map(() => new Worker(script, { workerData: journal.share() }));
    await Promise.all(
      workers.map(async (worker) => {
        const exit = once(worker, 'exit');
        expect(await once(worker, 'message')).toEqual(['done']);
        await exit;
      }),
    );
  }
  expect((await journal.last('run/b'))?.seq).toBe(1);
  await journal.close();
}, 60_000);

/** Overwrites an actor's only snapshot, half a megabyte each time; gives how far the file has grown. */
class Overwrites {
  readonly #path: string;
  readonly #writer: Writer;
  readonly #model: Model;

  constructor(directory: string, writer: Writer, model: Model) {
    this.#path = join(directory, 'data.mdb');
    this.#writer = writer;
    this.#model = model;
  }

  async growth(times: number): Promise<number> {
    const before = roomOf(this.#path);
    for (let i = 0; i < times; i++) {
      await this.#writer.append([], [this.#model.snapshotOf('run/a', Buffer.alloc(512 * 1024, i))]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return roomOf(this.#path) - before;
  }
}

const megabyte = 1024 * 1024;

test('the file grows while a reader is inside a page, not between two, not after its death', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  const journal = await openLmdbJournal({ directory });
  const model = new Model();
  const writer = await journal.writer(0);
  await model.append(
    writer,
    Array.from({ length: 600 }, () => noted('run/a')),
  );
  const overwrites = new Overwrites(directory, writer, model);
  await using reader = await Puppeteer.start();
  await reader.call('open', { directory, readOnly: true });

  await reader.call('find', 'run/a');
  await journal.read('run/a', { limit: 10 });
  await journal.tail(undefined, 10);
  const between = await overwrites.growth(100);

  // The control: stopped in the midst of the turn in which it reads.
  await reader.held('run/a');
  const inside = await overwrites.growth(100);
  await reader.kill();
  await overwrites.growth(256);
  const dead = await overwrites.growth(100);
  const sizes = `${between} beside a reader between two pages, ${inside} inside one, ${dead} after its death`;
  console.log(`growth by 50 MB of overwrites: ${sizes}`);
  expect(between).toBeLessThan(4 * megabyte);
  expect(inside).toBeGreaterThan(40 * megabyte);
  expect(dead).toBeLessThan(4 * megabyte);
  await journal.close();
}, 60_000);
