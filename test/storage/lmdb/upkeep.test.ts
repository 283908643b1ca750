/**
 * Upkeep beside writers: what is erased leaves every file, chains hold, and nobody waits for long.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { bulky, ended, noted, start } from '../../../storage/conformance/drafts.ts';
import { Model } from '../../../storage/conformance/model.ts';
import type { Parts } from '../../../storage/conformance/model.ts';
import { openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import type { LmdbJournal, LmdbShare } from '../../../storage/lmdb/journal.ts';
import { pack } from '../../../storage/values.ts';
import { verify } from '../../../storage/verify.ts';
import { roomOf } from '../../crash/roomOf.ts';
import { Scratch } from './scratch.ts';

const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** A thread that appends to slot 1 until it is told to stop, and counts its appends where all can see. */
const appends = `
  import { parentPort, workerData } from 'node:worker_threads';
  import { noted } from ${url('../../../storage/conformance/drafts.ts')};
  import { Model } from ${url('../../../storage/conformance/model.ts')};
  import { joinLmdbJournal } from ${url('../../../storage/lmdb/journal.ts')};
  const journal = joinLmdbJournal(workerData.share);
  const writer = await journal.writer(1);
  const model = new Model();
  let isOver = false;
  parentPort.on('message', () => { isOver = true; });
  while (!isOver) {
    await model.append(writer, [noted('run/beside'), noted('pty/beside')]);
    Atomics.add(workerData.flushes, 0, 1);
    Atomics.notify(workerData.flushes, 0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await journal.close();
  parentPort.close();`;

/** Another thread that writes all the while. */
class Beside {
  readonly flushes = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;
  readonly #exit: Promise<unknown>;

  constructor(share: LmdbShare) {
    const script = new URL(`data:text/javascript,${encodeURIComponent(appends)}`);
    this.#worker = new Worker(script, { workerData: { share, flushes: this.flushes } });
    this.#exit = once(this.#worker, 'exit');
  }

  get count(): number {
    return Atomics.load(this.flushes, 0);
  }

  /** Resolves when it has flushed once more. */
  async next(): Promise<void> {
    await Atomics.waitAsync(this.flushes, 0, this.count).value;
  }

  async stop(): Promise<void> {
    this.#worker.postMessage('stop');
    await this.#exit;
  }
}

const secret = 'The-Secret-That-Nobody-Finds';

function telling(address: string): Parts {
  const event = pack({ type: 'said', text: `${secret} of ${address}` }).bytes;
  return noted(address, { facts: [{ at: start, event }], intents: [`${secret} as an intent`] });
}

/** Occurrences of the secret in a data file. */
function secretsIn(directory: string): number {
  return readFileSync(join(directory, 'data.mdb'), 'latin1').split(secret).length - 1;
}

/** Many actors that tell secrets, in groups of many and of few; some with bodies, some ended. */
async function tell(journal: LmdbJournal, model: Model): Promise<string[]> {
  const writer = await journal.writer(0);
  const addresses = Array.from({ length: 20 }, (_, i) => `run/${i}`);
  for (let i = 0; i < 60; i++) {
    await model.append(writer, addresses.map(telling));
    if (i % 10 === 0) await model.append(writer, [bulky('run/1', 'x').parts, telling('run/2')]);
  }
  const body = pack(`${secret} ${'in a body '.repeat(10_000)}`);
  const withBody = { facts: [{ at: start, event: body.bytes }], bodies: body.bodies };
  await model.append(writer, [noted('run/3', withBody), ended('run/4'), ended('run/5')]);
  await writer.close();
  return addresses;
}

test('what is erased beside a writer is in no backup and, compacted and reopened, in no file', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  const journal = await openLmdbJournal({ directory });
  const model = new Model();
  const addresses = await tell(journal, model);
  const beside = new Beside(journal.share());
  await beside.next();
  expect(secretsIn(directory)).toBeGreaterThan(100);
  await journal.backup(scratch.journal('before'));
  expect(secretsIn(scratch.journal('before'))).toBeGreaterThan(100);

  // Half before anything was moved into pages, half after.
  for (const address of addresses.slice(0, 10)) await journal.erase(address, 'bodies');
  await journal.compact();
  for (const address of addresses.slice(10)) await journal.erase(address, 'history');
  await journal.backup(scratch.journal('after'));
  expect(secretsIn(scratch.journal('after'))).toBe(0);
  await journal.compact();
  await beside.stop();
  await journal.close();
  await (await openLmdbJournal({ directory })).close();
  expect(secretsIn(directory)).toBe(0);

  for (const name of ['journal', 'after']) {
    const again = await openLmdbJournal({ directory: scratch.journal(name) });
    for (const address of [...addresses, 'run/beside']) {
      expect(await verify(again, address), address).toMatchObject({ ok: true });
    }
    await again.close();
  }
}, 60_000);

test('a compaction gives space back at the next open, and another thread flushes all the while', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  const journal = await openLmdbJournal({ directory });
  const model = new Model();
  const writer = await journal.writer(0);
  const event = new Uint8Array(1000);
  for (let i = 0; i < 150; i++) {
    const parts = Array.from({ length: 100 }, (_, j) => noted(`run/${j}`, { facts: [{ at: start, event }] }));
    await model.append(writer, parts);
  }
  await writer.close();
  const beside = new Beside(journal.share());
  await beside.next();

  const before = beside.count;
  const { groups } = await journal.compact();
  const during = beside.count - before;
  console.log(`flushes of another thread during a compaction of ${groups} groups: ${during}`);
  expect(groups).toBeGreaterThan(100);
  expect(during).toBeGreaterThan(0);

  for (let j = 0; j < 50; j++) await journal.erase(`run/${j}`, 'history');
  await journal.compact();
  await beside.stop();
  await journal.close();
  const full = roomOf(join(directory, 'data.mdb'));
  const again = await openLmdbJournal({ directory });
  const shrunk = roomOf(join(directory, 'data.mdb'));
  expect(shrunk).toBeLessThan(0.6 * full);
  expect((await again.last('run/99'))?.seq).toBe(150);
  expect(await verify(again, 'run/99')).toEqual({ ok: true, seq: 150 });
  await again.close();
}, 60_000);

test('a walk through the tail from the beginning after retention ends; an older one is told', async () => {
  using scratch = new Scratch();
  const journal = await openLmdbJournal({ directory: scratch.journal() });
  const model = new Model();
  const writer = await journal.writer(0);
  for (let i = 0; i < 50; i++) await model.append(writer, [noted('run/a'), noted('run/b')]);
  await model.append(writer, [ended('run/a')]);
  const { cursor: older } = await journal.tail(undefined, 10);
  await journal.expire({ historyBefore: start + 1 });
  let given = 0;
  for (let cursor: string | undefined, end = false; !end;) {
    const page = await journal.tail(cursor, 10);
    given += page.commits.length;
    ({ cursor, end } = page);
  }
  expect(given).toBe(50);
  await expect(journal.tail(older)).rejects.toMatchObject({ code: 'CURSOR_GONE' });
  await journal.close();
});
