/** An outbox under whoever is careless, late or at odds with another (O3–O5, O7, O9). */
import { describe, expect, test } from 'vitest';
import { refusalOf } from '../host/kit.ts';
import { openDesk, post, posted, seqsOf } from './desk.ts';
import { packWhole } from '../../../storage/values.ts';

describe('an acknowledgement', () => {
  test('that names a record twice counts it once', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 3);
    const { leaseId } = await outbox.drain();
    const event = { type: 'outbox.ack' as const, leaseId: leaseId!, positions: [1, 1, 2] };
    expect((await outbox.send(event)).reply).toEqual({ ready: 0, leased: 1, dead: 0 });
    expect((await outbox.digest()).digest).toMatchObject({ acked: 2 });
  });

  test('of what another lease holds changes nothing', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 2);
    const [one, two] = [await outbox.drain({ max: 1 }), await outbox.drain({ max: 1 })];
    expect(await refusalOf(outbox.ack(one, [2]))).toMatchObject({ code: 'LEASE_EXPIRED' });
    expect(await refusalOf(outbox.ack(one, [1, 2]))).toMatchObject({ code: 'LEASE_EXPIRED' });
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 2, dead: 0 });
    await outbox.ack(two);
    await outbox.ack(one);
    expect(await refusalOf(outbox.ack(one))).toMatchObject({ code: 'LEASE_EXPIRED' });
  });

  test('in part, then the release of the rest: only the rest comes again', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 3);
    const lease = await outbox.drain();
    await outbox.ack(lease, [2]);
    await outbox.release(lease);
    expect(seqsOf(await outbox.drain())).toEqual([1, 3]);
  });

  test('within the pause of a release is taken: nobody else has them yet', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 1);
    const lease = await outbox.drain();
    await outbox.release(lease, { retryMs: 100 });
    await outbox.ack(lease);
    stage.clock.advance(100_000);
    await stage.idle();
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 0, dead: 0 });
    expect((await outbox.digest()).digest).toMatchObject({ acked: 1, released: 1, expired: 0 });
  });

  test('that comes together with the expiry: either all is gone, or all comes again', async () => {
    for (const isAckFirst of [true, false]) {
      const stage = await openDesk();
      const outbox = stage.troupe.outbox('c');
      await posted(outbox, 2);
      const lease = await outbox.drain({ leaseMs: 50 });
      const ack = async () =>
        outbox.ack(lease).then(
          () => 'gone',
          () => 'again',
        );
      const early = isAckFirst ? ack() : undefined;
      stage.clock.advance(50);
      const said = await (early ?? ack());
      await stage.idle();
      const { records } = await outbox.drain();
      expect(records.map(({ attempts }) => attempts)).toEqual(said === 'gone' ? [] : [1, 1]);
    }
  });

  test('of drained records whose release waits is no expiry in the digest', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 1);
    await outbox.release(await outbox.drain(), { retryMs: 10 });
    stage.clock.advance(10);
    await stage.idle();
    expect((await outbox.digest()).digest).toMatchObject({ released: 1, expired: 0 });
    await outbox.drain({ leaseMs: 10 });
    stage.clock.advance(10);
    await stage.idle();
    expect((await outbox.digest()).digest).toMatchObject({ released: 1, expired: 1 });
  });
});

describe('a drain', () => {
  test('that is asked again with its id gives its lease again, with what it still holds', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 3);
    const lease = await outbox.drain({ id: 'mine', max: 2 });
    await stage.reopen();
    const again = stage.troupe.outbox('c');
    expect(await again.drain({ id: 'mine', max: 2 })).toEqual(lease);
    await again.ack(lease, [1]);
    expect(seqsOf(await again.drain({ id: 'mine', max: 2 }))).toEqual([2]);
    await again.ack(lease, [2]);
    expect(await again.drain({ id: 'mine', max: 2 })).toEqual({ leaseId: lease.leaseId, records: [] });
    expect(await again.pending()).toEqual({ ready: 1, leased: 0, dead: 0 });
  });

  test('with a budget of nothing is refused, not without a budget', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 1);
    expect(await refusalOf(outbox.drain({ maxConsecutive: 0 }))).toMatchObject({ code: 'INVALID_EVENT' });
  });

  test('counts against the budget that it names: another one, later, counts the same drains', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 9);
    const drained = async (maxConsecutive?: number) =>
      seqsOf(await outbox.drain({ max: 1, ...(maxConsecutive && { maxConsecutive }) }));
    expect([await drained(5), await drained(5), await drained(2)]).toEqual([[1], [2], []]);
    expect([await drained(), await drained(3), await drained(3)]).toEqual([[3], [4], []]);
    await outbox.turn();
    expect(await drained(1)).toEqual([5]);
  });

  test('passes over what cannot be read, also where that is more than one lease', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 3);
    await outbox.erase({ bodies: true });
    await posted(outbox, 1, 4);
    expect(seqsOf(await outbox.drain({ max: 1 }))).toEqual([4]);
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 1, dead: 3 });
    stage.clock.advance(100_000);
    await stage.idle();
    expect((await outbox.digest()).digest).toMatchObject({ expired: 1 });
  });

  test('leaves a thousand leases open side by side, each of which ends for itself', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 1000);
    const leases = await Promise.all(
      Array.from({ length: 1000 }, async (_, i) => outbox.drain({ max: 1, leaseMs: 1000 + i })),
    );
    expect(new Set(leases.flatMap(seqsOf)).size).toBe(1000);
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 1000, dead: 0 });
    await Promise.all(leases.filter((_, i) => i % 2 === 0).map(async (lease) => outbox.ack(lease)));
    stage.clock.advance(3000);
    await stage.idle();
    expect(await outbox.pending()).toEqual({ ready: 500, leased: 0, dead: 0 });
    const odd = leases.filter((_, i) => i % 2 === 1).flatMap(seqsOf);
    expect(seqsOf(await outbox.drain({ max: 1000 }))).toEqual(odd.toSorted((a, b) => a - b));
  });
});

describe('what is leased', () => {
  test('is not what later news are merged into', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    for (const n of [1, 2]) await outbox.post(post(n, { kind: 'waiting' }));
    const lease = await outbox.drain();
    expect(lease.records).toMatchObject([{ childSeq: 2, count: 2, firstChildSeq: 1 }]);
    for (const n of [3, 4]) await outbox.post(post(n, { kind: 'waiting' }));
    await outbox.release(lease);
    expect((await outbox.drain()).records).toMatchObject([
      { childSeq: 2, count: 2, attempts: 1 },
      { childSeq: 4, count: 2, firstChildSeq: 3, attempts: 0 },
    ]);
  });

  test('is merged by none of the drains and posts that come at once: every count adds up', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    const [given, counts]: [number[], number[]] = [[], []];
    const works = Array.from({ length: 100 }, async (_, n) => {
      await outbox.post(post(n, { kind: 'waiting' }));
      if (n % 7 !== 0) return;
      for (const { childSeq, count = 1 } of (await outbox.drain()).records) {
        given.push(childSeq);
        counts.push(count);
      }
    });
    await Promise.all(works);
    for (const { count = 1 } of (await outbox.drain()).records) counts.push(count);
    expect(new Set(given).size).toBe(given.length);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
  });

  test('can be quarantined: its lease holds the others, and is over when it holds none', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 2);
    const lease = await outbox.drain({ leaseMs: 100 });
    await outbox.send({ type: 'outbox.quarantine', position: 1, reason: 'a test says so' });
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 1, dead: 1 });
    await outbox.send({ type: 'outbox.quarantine', position: 2, reason: 'a test says so' });
    expect(await refusalOf(outbox.ack(lease))).toMatchObject({ code: 'LEASE_EXPIRED' });
    stage.clock.advance(100);
    await stage.idle();
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 0, dead: 2 });
    expect((await outbox.digest()).digest).toMatchObject({ expired: 0, quarantined: 2 });
  });
});

describe('a dead letter', () => {
  test('that is tried twice at once is tried once, and one that nobody knows is refused', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    expect(await outbox.deadLetters()).toEqual([]);
    await posted(outbox, 1);
    await outbox.send({ type: 'outbox.quarantine', position: 1, reason: 'a test says so' });
    const said = await Promise.allSettled([outbox.retry([1]), outbox.retry([1])]);
    expect(said.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await outbox.pending()).toEqual({ ready: 1, leased: 0, dead: 0 });
    expect(await refusalOf(outbox.purge({ positions: [7] }))).toMatchObject({ code: 'NOT_ACCEPTED' });
    await outbox.purge({ before: Infinity });
    expect(await outbox.pending()).toEqual({ ready: 1, leased: 0, dead: 0 });
  });
});

describe('the end of a lease', () => {
  test('is a word of the outbox alone', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 1);
    const { leaseId } = await outbox.drain();
    const forged = outbox.send({ type: 'outbox.expired', leaseId } as never);
    expect(await refusalOf(forged)).toMatchObject({ code: 'INVALID_EVENT' });
    const refused = { type: 'send.refused', to: 'outbox/x', code: 'SEALED', event: { records: [] } };
    expect(await refusalOf(outbox.send(refused as never))).toMatchObject({ code: 'INVALID_EVENT' });
  });
});

describe('children of all names', () => {
  const names = ['__proto__', 'constructor', 'a#1', '#', 'ünï cödé ☃', '1', 'x'.repeat(500)];
  test.each(names.map((child) => ({ child, name: child.slice(0, 20) })))(
    '$name posts, merges and is delivered like any other',
    async ({ child }) => {
      const stage = await openDesk();
      const outbox = stage.troupe.outbox('c');
      for (const n of [1, 2, 2]) await outbox.post(post(n, { child, kind: 'waiting' }));
      await outbox.post({ ...post(3, { child }), type: 'outbox.seal' } as never);
      expect((await outbox.drain()).records).toMatchObject([
        { child, count: 2 },
        { child, childSeq: 3 },
      ]);
      await stage.reopen();
      expect(await stage.troupe.outbox('c').verify()).toMatchObject({ ok: true });
    },
  );

  test('post nothing under a key that names a prototype', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    const odd = outbox.post(post(1, JSON.parse('{"__proto__": 1}') as object));
    expect(await refusalOf(odd)).toMatchObject({ code: 'NOT_STORABLE' });
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 0, dead: 0 });
  });
});

describe('an outbox as it was', () => {
  test('is what it said of itself at each seq, leases included', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    const seen: [number, unknown][] = [];
    const look = async (): Promise<void> => {
      const { seq, context } = await outbox.snapshot();
      seen.push([seq, context]);
    };
    await posted(outbox, 3);
    await look();
    const lease = await outbox.drain({ max: 2, leaseMs: 100 });
    await look();
    await outbox.ack(lease, [1]);
    await look();
    stage.clock.advance(100);
    await stage.idle();
    await look();
    await stage.reopen();
    for (const [seq, context] of seen) {
      expect((await stage.troupe.outbox('c').at(seq)).context).toEqual(context);
    }
  });

  test('has a snapshot of at most 70 bytes a record, ten thousand of them', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    for (let i = 0; i < 10; i++) await posted(outbox, 1000, 1 + i * 1000);
    const { context } = await outbox.snapshot();
    expect(packWhole(context).byteLength).toBeLessThan(70 * 10_000);
  });
});
