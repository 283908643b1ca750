/** The outbox on virtual time (O1, O2, O6–O9, O12): posts, dead letters, budgets, moves, the seal. */
import { describe, expect, test } from 'vitest';
import { noDisk } from '../host/post.ts';
import { heard, refusalOf } from '../host/kit.ts';
import { openDesk, post, posted, seqsOf } from './desk.ts';

describe('O1: a post', () => {
  test('is durable before its receipt, one fact and one commit', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    expect(await outbox.post(post(7))).toEqual({ ready: 1, leased: 0, dead: 0 });
    await stage.reopen();
    const { records } = await stage.troupe.outbox('conductor').drain();
    expect(records).toMatchObject([
      { position: 1, child: 'run/a', childSeq: 7, kind: 'finished', summary: 'news 7', attempts: 0 },
    ]);
  });

  test('shares flushes with a thousand others', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    await outbox.post(post(0));
    const before = stage.opened.journal.stats();
    await posted(outbox, 1000);
    expect(stage.opened.journal.stats().flushes - before.flushes).toBeLessThanOrEqual(10);
    expect(await outbox.pending()).toEqual({ ready: 1001, leased: 0, dead: 0 });
  });
});

describe('O2: identity', () => {
  test('is the fact of the child: replayed it is one record, said twice it is two', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    await outbox.post(post(1, { summary: 'same' }));
    await outbox.post(post(1, { summary: 'same' }));
    await outbox.post(post(2, { summary: 'same' }));
    expect(seqsOf(await outbox.drain())).toEqual([1, 2]);
  });

  test('is the id that a caller gives', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    for (let i = 0; i < 3; i++) await outbox.post(post(1), { id: 'mine' });
    expect(await refusalOf(outbox.post(post(2), { id: 'mine' }))).toMatchObject({ code: 'CONFLICT' });
    expect((await outbox.drain()).records).toHaveLength(1);
  });
});

describe('O7: news that follow news', () => {
  test('of one child and kind become one record, that counts them; what is final never does', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    for (const n of [1, 2, 3]) await outbox.post(post(n, { kind: 'waiting' }));
    await outbox.post(post(4, { kind: 'attention' }));
    await outbox.post(post(5, { kind: 'waiting', child: 'run/b' }));
    for (const n of [6, 7]) await outbox.post(post(n, { kind: 'finished' }));
    expect((await outbox.drain()).records).toMatchObject([
      { childSeq: 3, kind: 'waiting', count: 3, firstChildSeq: 1, summary: 'news 3' },
      { childSeq: 4, kind: 'attention' },
      { childSeq: 5, child: 'run/b' },
      { childSeq: 6, kind: 'finished' },
      { childSeq: 7, kind: 'finished' },
    ]);
  });

  test('that were delivered stay what they were', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    await outbox.post(post(1, { kind: 'waiting' }));
    await outbox.release(await outbox.drain());
    await outbox.post(post(2, { kind: 'waiting' }));
    expect(seqsOf(await outbox.drain())).toEqual([1, 2]);
  });
});

describe('O8: a record that nobody can deal with', () => {
  test('is a dead letter after ten deliveries: listed, tried again, purged', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    await posted(outbox, 2);
    for (let i = 0; i < 10; i++) await outbox.release(await outbox.drain({ max: 1 }));
    expect(await outbox.pending()).toEqual({ ready: 1, leased: 0, dead: 1 });
    const [letter] = await outbox.deadLetters();
    expect(letter).toMatchObject({ childSeq: 1, attempts: 10, summary: 'news 1' });
    expect(letter?.reason).toContain('10 times');
    await outbox.retry();
    expect((await outbox.drain({ max: 1 })).records).toMatchObject([{ childSeq: 1, attempts: 0 }]);
    for (let i = 0; i < 10; i++) await outbox.release(await outbox.drain({ max: 1 }));
    await outbox.purge({ before: stage.clock.now() });
    expect(await outbox.pending()).toMatchObject({ dead: 1 });
    stage.clock.advance(1);
    await outbox.purge({ before: stage.clock.now() });
    expect(await outbox.pending()).toMatchObject({ dead: 0 });
  });

  test('is one after as many deliveries as its drain allows, over a restart too', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    await posted(outbox, 2);
    await outbox.release(await outbox.drain({ max: 1, maxAttempts: 2 }));
    expect(await outbox.pending()).toMatchObject({ ready: 2, dead: 0 });
    await outbox.drain({ max: 1, maxAttempts: 2, leaseMs: 1000 });
    await stage.reopen();
    stage.clock.advance(1000);
    await stage.idle();
    const again = stage.troupe.outbox('conductor');
    expect(await again.pending()).toEqual({ ready: 1, leased: 0, dead: 1 });
    expect((await again.deadLetters())[0]?.reason).toBe('delivered 2 times, acknowledged never');
    // The bound is the drain's: without one it is ten again.
    for (let i = 0; i < 2; i++) await again.release(await again.drain({ max: 1 }));
    expect(await again.pending()).toEqual({ ready: 1, leased: 0, dead: 1 });
    // Nothing of it is kept once the leases are over.
    expect((await again.book()).maxAttempts).toEqual({});
    await expect(again.drain({ maxAttempts: 0 })).rejects.toMatchObject({ code: 'INVALID_EVENT' });
  });

  test('given back untouched under a smaller bound, it stays what it was', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    await posted(outbox, 1);
    for (let i = 0; i < 3; i++) await outbox.release(await outbox.drain());
    await outbox.release(await outbox.drain({ maxAttempts: 2 }), { untouched: true });
    expect((await outbox.drain()).records).toMatchObject([{ childSeq: 1, attempts: 3 }]);
  });

  test('keeps nobody else back, here or in another outbox', async () => {
    const stage = await openDesk();
    const [one, other] = [stage.troupe.outbox('one'), stage.troupe.outbox('other')];
    await posted(one, 1);
    await posted(other, 1);
    for (let i = 0; i < 10; i++) await one.release(await one.drain());
    await posted(one, 1, 2);
    expect([seqsOf(await one.drain()), seqsOf(await other.drain())]).toEqual([[2], [1]]);
    expect(await other.pending()).toMatchObject({ dead: 0 });
  });
});

describe('O9: a record that cannot be', () => {
  test('is refused at the door when it is too large', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    const large = outbox.post(post(1, { result: 'x'.repeat(1024 * 1024) }));
    expect(await refusalOf(large)).toMatchObject({ code: 'TOO_LARGE' });
    expect(await refusalOf(outbox.post(post(-1)))).toMatchObject({ code: 'INVALID_EVENT' });
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 0, dead: 0 });
  });

  test('is put out of the way when its bytes are gone, and the rest drains', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    await posted(outbox, 2);
    await outbox.erase({ bodies: true });
    await posted(outbox, 1, 3);
    expect(seqsOf(await outbox.drain())).toEqual([3]);
    const letters = await outbox.deadLetters();
    expect(letters.map(({ position, reason }) => [position, reason])).toEqual([
      [1, 'its bytes were erased'],
      [2, 'its bytes were erased'],
    ]);
  });
});

describe('O12: a loop budget', () => {
  test('gives no lease once it is spent, until the parent had a turn of its own', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    const drain = async () => outbox.drain({ max: 1, maxConsecutive: 3 });
    await posted(outbox, 6);
    for (const n of [1, 2, 3]) {
      const lease = await drain();
      expect(seqsOf(lease)).toEqual([n]);
      await outbox.ack(lease);
    }
    expect((await drain()).records).toEqual([]);
    await stage.reopen();
    const again = stage.troupe.outbox('conductor');
    expect((await again.drain({ maxConsecutive: 3 })).records).toEqual([]);
    await again.turn();
    expect(seqsOf(await again.drain({ maxConsecutive: 3 }))).toEqual([4, 5, 6]);
  });
});

describe('a child that gets another parent', () => {
  test('takes what waits of it along, once, in one commit each', async () => {
    const stage = await openDesk();
    const [from, to] = [stage.troupe.outbox('from'), stage.troupe.outbox('to')];
    await posted(from, 3);
    await from.post(post(9, { child: 'run/b' }));
    expect(await from.move('run/a', to)).toBe(3);
    await stage.reopen();
    await stage.idle();
    expect(seqsOf(await stage.troupe.outbox('from').drain())).toEqual([9]);
    expect((await stage.troupe.outbox('to').drain()).records).toMatchObject([
      { childSeq: 1, summary: 'news 1' },
      { childSeq: 2 },
      { childSeq: 3 },
    ]);
    expect((await stage.troupe.outbox('to').digest()).digest).toMatchObject({ received: 3, posted: 3 });
  });
});

describe('the seal of an outbox', () => {
  test('says what came of all of them, and what still waits', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('conductor');
    await posted(outbox, 3);
    await outbox.ack(await outbox.drain({ max: 1 }));
    await outbox.seal();
    const { digest, seal } = await outbox.digest();
    const waiting = { ready: 2, leased: 0, dead: 0, records: [{ position: 2 }, { position: 3 }] };
    expect(digest).toMatchObject({ posted: 3, acked: 1, drains: 1, waiting });
    expect(seal?.digest).toEqual(digest);
    expect(await refusalOf(outbox.post(post(4)))).toMatchObject({ code: 'SEALED' });
    await stage.reopen();
    expect((await stage.troupe.outbox('conductor').digest()).digest).toEqual(digest);
    expect(await stage.troupe.outbox('conductor').verify()).toMatchObject({ ok: true });
  });
});

describe('over a crash', () => {
  test('a lease whose drainer never heard of it comes back; what was acknowledged does not', async () => {
    const stage = await openDesk();
    await posted(stage.troupe.outbox('c'), 3);
    await stage.troupe.outbox('c').ack(await stage.troupe.outbox('c').drain({ max: 1 }));
    void stage.troupe.outbox('c').drain({ max: 1, leaseMs: 100 });
    await stage.idle();
    await stage.reopen();
    stage.clock.advance(100);
    await stage.idle();
    expect(seqsOf(await stage.troupe.outbox('c').drain())).toEqual([2, 3]);
  });

  test('a post without an answer is asked again and counts once', async () => {
    const stage = await openDesk();
    let appends = 0;
    stage.failure = () => (++appends === 1 ? noDisk() : undefined);
    expect(await refusalOf(stage.troupe.outbox('c').post(post(1)))).toMatchObject({ code: 'JOURNAL_FULL' });
    await stage.troupe.outbox('c').post(post(1));
    await stage.reopen();
    await stage.troupe.outbox('c').post(post(1));
    expect(seqsOf(await stage.troupe.outbox('c').drain())).toEqual([1]);
    await heard();
  });
});
