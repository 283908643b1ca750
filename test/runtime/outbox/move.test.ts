/** What waits of a child moves to another outbox, whatever else happens to both of them (O5, O7). */
import { describe, expect, test } from 'vitest';
import type { Outbox } from '../../../runtime/outbox.ts';
import { refusalOf } from '../host/kit.ts';
import type { Stage } from '../host/kit.ts';
import { openDesk, post, posted, seqsOf } from './desk.ts';

interface Desks {
  readonly stage: Stage<never>;
  readonly from: Outbox;
  readonly to: Outbox;
}

async function openDesks(): Promise<Desks> {
  const stage = await openDesk();
  return { stage, from: stage.troupe.outbox('from'), to: stage.troupe.outbox('to') };
}

const all = { max: 1000 };

describe('what waits of a child', () => {
  test('keeps, merged, its counts and its time in the other outbox', async () => {
    const { stage, from, to } = await openDesks();
    for (const n of [1, 2, 3]) await from.post(post(n, { kind: 'waiting' }));
    const at = stage.clock.now();
    stage.clock.advance(1000);
    expect(await from.move('run/a', to)).toBe(1);
    await stage.idle();
    await to.post(post(4, { kind: 'waiting' }));
    await to.post(post(5, { kind: 'attention' }));
    const lease = await to.drain();
    expect(lease.records).toMatchObject([
      { childSeq: 4, count: 4, firstChildSeq: 1, summary: 'news 4' },
      { childSeq: 5 },
    ]);
    await from.post(post(6));
    await from.move('run/a', to);
    await stage.idle();
    expect((await to.drain()).records).toMatchObject([{ childSeq: 6, at: at + 1000 }]);
    await from.post(post(7));
    stage.clock.advance(1000);
    await from.move('run/a', to);
    await stage.idle();
    const { records } = await to.drain();
    expect(records).toMatchObject([{ childSeq: 7, at: at + 1000 }]);
    expect(records[0]).not.toHaveProperty('was');
  });

  test('is there once for a child that posts it again where it was moved to', async () => {
    const { stage, from, to } = await openDesks();
    const last = stage.troupe.outbox('last');
    await from.post(post(1));
    await from.post(post(2), { id: 'its own' });
    expect(await from.move('run/a', to)).toBe(2);
    await stage.idle();
    await stage.reopen();
    // Its answers were lost: it posts the same again to whom it works for now.
    const next = stage.troupe.outbox('to');
    await next.post(post(1));
    await next.post(post(2), { id: 'its own' });
    // And once more, where it was moved on to.
    expect(await next.move('run/a', last)).toBe(2);
    await stage.idle();
    const end = stage.troupe.outbox('last');
    await end.post(post(1));
    await end.post(post(2), { id: 'its own' });
    await end.post(post(2), { id: 'another' });
    expect(seqsOf(await end.drain())).toEqual([1, 2, 2]);
    expect((await next.pending()).ready).toBe(0);
  });

  // What was drained, or merged into a newer one, is not moved; and whoever comes first does not wait.
  test('is there twice where it was posted anew before it came', async () => {
    const { stage, from, to } = await openDesks();
    await from.post(post(1));
    await to.post(post(1));
    await from.move('run/a', to);
    await stage.idle();
    expect(seqsOf(await to.drain())).toEqual([1, 1]);
  });

  test('moves not into the outbox where it is', async () => {
    const { from } = await openDesks();
    await posted(from, 2);
    expect(await from.move('run/a', from)).toBe(0);
    expect((await from.drain()).records.map(({ position }) => position)).toEqual([1, 2]);
  });

  test('is nothing where nobody ever posted', async () => {
    const { from, to } = await openDesks();
    expect(await from.move('run/a', to)).toBe(0);
  });

  test('comes back from an outbox that is sealed, and is delivered where it was', async () => {
    const { stage, from, to } = await openDesks();
    await posted(to, 1);
    await to.seal();
    for (const n of [1, 2]) await from.post(post(n, { kind: 'waiting' }));
    await from.post(post(3));
    await from.move('run/a', to);
    await stage.idle();
    await stage.reopen();
    const again = stage.troupe.outbox('from');
    expect((await again.drain()).records).toMatchObject([
      { childSeq: 2, count: 2, firstChildSeq: 1, summary: 'news 2' },
      { childSeq: 3, summary: 'news 3' },
    ]);
    expect((await again.digest()).digest).toMatchObject({ posted: 3, moved: 2, movedBack: 2 });
  });

  test('comes back from an address that is no outbox', async () => {
    const { stage, from } = await openDesks();
    await posted(from, 1);
    const { records } = await from.drain();
    const move = {
      type: 'outbox.move' as const,
      child: 'run/a',
      to: 'nobody/knows',
      positions: [1],
      records: records.map(({ post: told }) => told),
    };
    expect(await refusalOf(from.send(move))).toMatchObject({ code: 'NOT_ACCEPTED' });
    stage.clock.advance(60_000);
    await stage.idle();
    await from.send(move);
    await stage.idle();
    expect(seqsOf(await from.drain())).toEqual([1]);
  });

  test('moves without what is leased; that comes again where it was leased', async () => {
    const { stage, from, to } = await openDesks();
    await posted(from, 3);
    const lease = await from.drain({ max: 1 });
    expect(await from.move('run/a', to)).toBe(2);
    await from.release(lease);
    await stage.idle();
    expect(seqsOf(await from.drain())).toEqual([1]);
    expect(seqsOf(await to.drain())).toEqual([2, 3]);
  });

  test('is moved or drained, not both, while the child posts and two drain', async () => {
    const { stage, from, to } = await openDesks();
    await posted(from, 100);
    const given: number[] = [];
    const drained = async (): Promise<void> => {
      for (let i = 0; i < 10; i++) given.push(...seqsOf(await from.drain({ max: 3 })));
    };
    const moves = [from.move('run/a', to), from.move('run/a', to)];
    await Promise.all([drained(), drained(), posted(from, 50, 101), ...moves]);
    await from.move('run/a', to);
    await stage.idle();
    const got = [...given, ...seqsOf(await to.drain(all)), ...seqsOf(await from.drain(all))];
    expect(got.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
  });

  test('moves also where its records are too large for one event', async () => {
    const { stage, from, to } = await openDesks();
    const result = 'x'.repeat(900 * 1024);
    for (let n = 1; n <= 12; n++) await from.post(post(n, { result }));
    expect(await from.move('run/a', to)).toBe(12);
    await stage.idle();
    const lease = await to.drain(all);
    expect(seqsOf(lease)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(lease.records.every((record) => record.result === result)).toBe(true);
  });

  test('moves without what cannot be read, which is put out of the way', async () => {
    const { stage, from, to } = await openDesks();
    await posted(from, 2);
    await from.erase({ bodies: true });
    await posted(from, 1, 3);
    expect(await from.move('run/a', to)).toBe(1);
    await stage.idle();
    expect(await from.pending()).toEqual({ ready: 0, leased: 0, dead: 2 });
    expect(seqsOf(await to.drain())).toEqual([3]);
  });

  test('is named once in an event: one that repeats a position is refused', async () => {
    const { from } = await openDesks();
    await posted(from, 1);
    const { post: told } = (await from.readable((await from.book()).ready.flat()))[0]!;
    const twice = { type: 'outbox.move' as const, child: 'run/a', to: 'outbox/to', positions: [1, 1] };
    expect(await refusalOf(from.send({ ...twice, records: [told, told] }))).toMatchObject({
      code: 'NOT_ACCEPTED',
    });
  });
});
