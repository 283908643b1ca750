/** Leases of an outbox (O3, O4): drained, acknowledged, released, expired. */
import { describe, expect, test } from 'vitest';
import { refusalOf } from '../host/kit.ts';
import { openDesk, posted, seqsOf } from './desk.ts';

describe('O3: a drain', () => {
  test('leases the oldest that nobody has, in the order of positions', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    await posted(outbox, 5);
    const first = await outbox.drain({ max: 2 });
    const second = await outbox.drain({ max: 10 });
    expect([seqsOf(first), seqsOf(second)]).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 5, dead: 0 });
  });

  test.each([1, 25, 1000])(
    'of %i records costs two flushes with its ack; one ack a record costs more',
    async (n) => {
      const stage = await openDesk();
      const outbox = stage.troupe.outbox('conductor');
      await posted(outbox, 2 * n);
      const flushes = async (work: () => Promise<void>): Promise<number> => {
        const before = stage.opened.journal.stats().flushes;
        await work();
        return stage.opened.journal.stats().flushes - before;
      };
      expect(await flushes(async () => outbox.ack(await outbox.drain({ max: n })))).toBe(2);
      const slow = await flushes(async () => {
        const lease = await outbox.drain({ max: n });
        for (const { position } of lease.records) await outbox.ack(lease, [position]);
      });
      expect(slow).toBe(1 + n);
    },
  );

  test('of nothing writes nothing, also of an outbox that nobody ever posted to', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    expect(await outbox.drain()).toEqual({ leaseId: undefined, records: [] });
    await posted(outbox, 1);
    await outbox.ack(await outbox.drain());
    const before = stage.opened.journal.stats().flushes;
    expect((await outbox.drain()).records).toEqual([]);
    expect(stage.opened.journal.stats().flushes).toBe(before);
  });

  test('may be acknowledged in part: the rest comes again', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    await posted(outbox, 3);
    const lease = await outbox.drain({ leaseMs: 1000 });
    await outbox.ack(lease, [2]);
    stage.clock.advance(1000);
    await stage.idle();
    expect((await outbox.drain()).records).toMatchObject([
      { childSeq: 1, attempts: 1, redelivered: true },
      { childSeq: 3, attempts: 1, redelivered: true },
    ]);
  });
});

describe('O4: a lease that nobody ends', () => {
  test('expires; its records come back first, and an ack changes nothing', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    await posted(outbox, 2);
    const lease = await outbox.drain({ max: 1, leaseMs: 1000 });
    stage.clock.advance(999);
    await stage.idle();
    expect(seqsOf(await outbox.drain({ max: 5, leaseMs: 10 }))).toEqual([2]);
    stage.clock.advance(10);
    await stage.idle();
    expect(await refusalOf(outbox.ack(lease))).toMatchObject({ code: 'LEASE_EXPIRED' });
    expect(seqsOf(await outbox.drain())).toEqual([1, 2]);
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 2, dead: 0 });
  });

  test('expires over a restart too, when its time has come', async () => {
    const stage = await openDesk();
    await posted(stage.troupe.outbox('conductor'), 1);
    await stage.troupe.outbox('conductor').drain({ leaseMs: 1000 });
    await stage.reopen();
    await stage.idle();
    expect((await stage.troupe.outbox('conductor').drain()).records).toEqual([]);
    stage.clock.advance(1000);
    await stage.idle();
    expect((await stage.troupe.outbox('conductor').drain()).records).toMatchObject([{ redelivered: true }]);
  });

  test('can be given back at once, or after a pause', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    await posted(outbox, 1);
    await outbox.release(await outbox.drain());
    const second = await outbox.drain();
    expect(second.records).toMatchObject([{ attempts: 1 }]);
    await outbox.release(second, { retryMs: 500 });
    expect((await outbox.drain()).records).toEqual([]);
    stage.clock.advance(500);
    await stage.idle();
    expect((await outbox.drain()).records).toMatchObject([{ attempts: 2 }]);
    expect(await refusalOf(outbox.release(second))).toMatchObject({ code: 'LEASE_EXPIRED' });
  });
});
