/** What an outbox costs, counted (O1, O3, O10, V9): flushes, reads and bytes, each with what would fail. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import type { Outbox } from '../../../runtime/outbox.ts';
import type { JournalStats } from '../../../storage/journal.ts';
import { node } from '../../crash/puppeteer.ts';
import type { Stage } from '../host/kit.ts';
import { newDirectory } from '../open.ts';
import { openDesk, post, posted } from './desk.ts';

/** What the journal counts while `work` is done. */
async function counted(stats: () => Promise<JournalStats>, work: () => Promise<unknown>) {
  const before = await stats();
  await work();
  const after = await stats();
  return {
    flushes: after.flushes - before.flushes,
    reads: after.reads - before.reads,
    bytes: after.bytes - before.bytes,
  };
}

async function openWorkers(workers: number) {
  const troupe = await openTroupe({ directory: newDirectory(), workers });
  const stats = async (): Promise<JournalStats> => (await troupe.stats()).journal;
  return { outbox: troupe.outbox('parent'), stats, [Symbol.asyncDispose]: async () => troupe.close() };
}

describe('flushes, on LMDB with a worker', () => {
  test.each([1, 25, 1000])('are two for a drain of %i records with its ack, none for nothing', async (n) => {
    await using desk = await openWorkers(1);
    const { outbox, stats } = desk;
    await posted(outbox, 3 * n);
    for (let i = 0; i < 3; i++) {
      const costs = await counted(stats, async () => outbox.ack(await outbox.drain({ max: n })));
      expect(costs.flushes).toBe(2);
    }
    expect((await counted(stats, async () => outbox.drain())).flushes).toBe(0);
  });

  test('are more where each record is acknowledged by itself', async () => {
    await using desk = await openWorkers(1);
    const { outbox, stats } = desk;
    await posted(outbox, 25);
    const costs = await counted(stats, async () => {
      const lease = await outbox.drain();
      for (const { position } of lease.records) await outbox.ack(lease, [position]);
    });
    expect(costs.flushes).toBe(26);
  });

  test('are ten at most for a thousand posts at once; one after the other they are one each', async () => {
    await using desk = await openWorkers(2);
    const { outbox, stats } = desk;
    await outbox.post(post(0));
    const costs = await counted(stats, async () => posted(outbox, 1000));
    expect(costs.flushes).toBeLessThanOrEqual(10);
    const slow = await counted(stats, async () => {
      for (let n = 2001; n <= 2050; n++) await outbox.post(post(n));
    });
    expect(slow.flushes).toBe(50);
  });

  const hasStrace = spawnSync('strace', ['-V']).status === 0;
  test.skipIf(!hasStrace).each([1, 25])('are two of the system too, for %i records', (n) => {
    const directory = newDirectory();
    mkdirSync(directory, { recursive: true });
    const log = join(directory, 'strace');
    const program = [node, join(import.meta.dirname, 'syncs.ts'), directory, String(n), '20'];
    const trace = ['-f', '-qq', '-o', log, '-e', 'trace=fdatasync,fsync,msync,sync_file_range,mkdir,mkdirat'];
    expect(spawnSync('strace', [...trace, ...program], { stdio: 'ignore' }).status).toBe(0);
    const text = readFileSync(log, 'utf8');
    const span = text.slice(text.indexOf('begin"'), text.indexOf('end"'));
    // A call that another thread interrupts in the log has a second line, which says `resumed`.
    const syncs = span.match(/^\d+ +(fdatasync|fsync|msync|sync_file_range)\(/gm);
    expect(syncs).toHaveLength(40);
  });
});

async function factsIn(outbox: Outbox): Promise<readonly number[]> {
  const seqs: number[] = [];
  for await (const { seq } of outbox.history()) seqs.push(seq);
  return seqs;
}

/** Of one record after another, the least that one costs: a snapshot rides along with some. */
async function leastOf(stage: Stage<never>, outbox: Outbox, work: () => Promise<unknown>) {
  const stats = async (): Promise<JournalStats> => stage.opened.journal.stats();
  const all = [];
  for (let i = 0; i < 5; i++) all.push(await counted(stats, work));
  expect((await outbox.pending()).leased).toBe(0);
  return {
    reads: Math.min(...all.map(({ reads }) => reads)),
    bytes: Math.min(...all.map(({ bytes }) => bytes)),
  };
}

describe('a post that is repeated', () => {
  test('costs four reads at most, wherever it stands, and is told what waits now', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    const stats = async (): Promise<JournalStats> => stage.opened.journal.stats();
    for (let n = 1; n <= 300; n++) {
      await outbox.post(post(n));
      if (n < 300) await outbox.ack(await outbox.drain());
    }
    const repeated = async (n: number): Promise<void> => {
      expect(await outbox.post(post(n))).toEqual({ ready: 1, leased: 0, dead: 0 });
    };
    for (const n of [1, 84, 85, 86, 170, 299, 300]) {
      expect((await counted(stats, async () => repeated(n))).reads).toBeLessThanOrEqual(4);
    }
    const { length } = await factsIn(outbox);
    await expect(outbox.post(post(84, { summary: 'other' }))).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await factsIn(outbox)).toHaveLength(length);
  });

  test('is one as well where it comes together with the first', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    const all = await Promise.all([outbox.post(post(1)), outbox.post(post(1)), outbox.post(post(2))]);
    expect(all).toEqual([1, 1, 2].map((ready) => ({ ready, leased: 0, dead: 0 })));
  });
});

describe('what is there already', () => {
  test('50 000 consumed or 10 000 pending, adds nothing to a drain of one, nor to a post', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    let n = 0;
    const drained = async (max: number) => outbox.ack(await outbox.drain({ max }));
    const one = async (): Promise<void> => drained(1);
    const another = async (): Promise<unknown> => outbox.post(post(++n));
    await posted(outbox, 10);
    n = 10;
    const [drain, told] = [await leastOf(stage, outbox, one), await leastOf(stage, outbox, another)];
    await drained(1000);
    for (; n < 50_010; n += 1000) {
      await posted(outbox, 1000, n + 1);
      await drained(1000);
    }
    const asBefore = (cost: { reads: number; bytes: number }, reference: typeof cost): void => {
      expect(cost.reads).toBe(reference.reads);
      // Larger numbers have more digits.
      expect(cost.bytes).toBeLessThanOrEqual(reference.bytes + 32);
    };
    asBefore(await leastOf(stage, outbox, another), told);
    asBefore(await leastOf(stage, outbox, one), drain);
    for (let i = 0; i < 10; i++, n += 1000) await posted(outbox, 1000, n + 1);
    asBefore(await leastOf(stage, outbox, another), told);
    asBefore(await leastOf(stage, outbox, one), drain);
    // What would be noticed: more records, and records that stand far apart.
    expect((await leastOf(stage, outbox, async () => drained(25))).bytes).toBeGreaterThan(drain.bytes + 32);
    const kept = await outbox.drain({ max: 1 });
    await drained(1000);
    await outbox.release(kept);
    const apart = await leastOf(stage, outbox, async () => {
      const lease = await outbox.drain({ max: 2 });
      await outbox.ack(lease, lease.records.map(({ position }) => position).slice(-1));
      await outbox.release(lease, { untouched: true });
    });
    expect(apart.reads).toBeGreaterThan(drain.reads);
  }, 60_000);
});
