/** What a reference can do, the same with a host in this thread and in a worker. */
import { EventEmitter, once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import type { EffectRun, Fact } from '../../runtime/index.ts';
import { newDirectory, newLog, openSample } from './open.ts';

// Threads start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const types = (facts: readonly Fact[]): readonly string[] => facts.map(({ event }) => event.type);

describe.each([0, 1])('with %i workers', (workers) => {
  test('a send is answered with where it led, and its reply', async () => {
    const troupe = await openSample({ workers });
    const ref = troupe.actor('order', '1');
    const first = await ref.send({ type: 'order.note', text: 'x' }, { input: { customer: 'ann' } });
    expect(first).toEqual({
      seq: 2,
      state: ['open'],
      tags: ['waiting'],
      final: false,
      duplicate: false,
      reply: { type: 'order.note', paid: 0 },
    });
    await ref.send({ type: 'order.pay', cents: 5 }, { ifSeq: 2 });
    await expect(ref.send({ type: 'order.ship' }, { ifSeq: 2 })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await ref.send({ type: 'order.ship' })).toMatchObject({ seq: 4, final: true });
    await expect(ref.send({ type: 'order.ship' })).rejects.toMatchObject({ code: 'SEALED' });
    expect((await ref.snapshot()).context).toEqual({ paid: 5, customer: 'ann' });
  });

  test('a send that is repeated with its id gets its receipt again', async () => {
    const troupe = await openSample({ workers });
    const ref = troupe.actor('order', '1');
    const send = async () => ref.send({ type: 'order.pay', cents: 5 }, { id: 'pay-1' });
    const [first, attached] = await Promise.all([send(), send()]);
    await ref.send({ type: 'order.note', text: '' });
    const again = await send();
    expect(first.duplicate).toBe(false);
    expect({ ...attached, duplicate: false }).toEqual(first);
    expect(again).toEqual({ ...first, duplicate: true });
  });

  test('reading makes no actor', async () => {
    const troupe = await openSample({ workers });
    const ref = troupe.actor('order', 'nobody');
    const reads = [ref.snapshot(), ref.digest(), ref.at(1), ref.until('open'), ref.verify(), ref.describe()];
    reads.push(
      all(ref.history()) as never,
      ref.label({ a: 'b' }) as never,
      ref.erase({ bodies: true }) as never,
    );
    for (const outcome of await Promise.allSettled(reads)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'NOT_FOUND' } });
    }
    expect(await ref.exists()).toBe(false);
    expect(await all(troupe.list())).toEqual([]);
  });

  test('a history is read forwards, backwards, in part and by type', async () => {
    const troupe = await openSample({ workers });
    const ref = troupe.actor('order', '1');
    for (const text of ['a', 'b', 'c']) await ref.send({ type: 'order.note', text }, { by: 'ann', id: text });
    await ref.send({ type: 'order.pay', cents: 1 });
    const facts = await all(ref.history());
    expect(types(facts)).toEqual(['actor.born', 'order.note', 'order.note', 'order.note', 'order.pay']);
    expect(facts[2]).toMatchObject({ seq: 3, to: 3, event: { text: 'b' }, by: 'ann', id: 'b' });
    expect((await all(ref.history({ reverse: true, limit: 2 }))).map(({ seq }) => seq)).toEqual([5, 4]);
    expect((await all(ref.history({ after: 2, before: 5 }))).map(({ seq }) => seq)).toEqual([3, 4]);
    const notes = await all(ref.history({ types: ['order.note'], limit: 2 }));
    expect(notes.map(({ event }) => event.text)).toEqual(['a', 'b']);
  });

  test('a history of several pages, of commits with many facts, has no hole either way', async () => {
    const troupe = await openSample({ workers });
    const ref = troupe.actor('counter', '1');
    await Promise.all(Array.from({ length: 700 }, async () => ref.send({ type: 'add' })));
    const forwards = (await all(ref.history())).map(({ seq }) => seq);
    expect(forwards).toEqual(Array.from({ length: 701 }, (_, i) => i + 1));
    const backwards = (await all(ref.history({ reverse: true, after: 3 }))).map(({ seq }) => seq);
    expect(backwards).toEqual(forwards.slice(3).toReversed());
    expect((await ref.at(300)).context.count).toBe(299);
    expect(await ref.verify()).toEqual({ ok: true, seq: 701 });
  });

  test('waiting for a state sees one that was left within the same turn', async () => {
    const troupe = await openSample({ workers });
    const ref = troupe.actor('order', '1');
    await ref.send({ type: 'order.note', text: '' });
    const packing = ref.until(({ value }) => typeof value === 'object' && value.paid === 'packing');
    await Promise.all([ref.send({ type: 'order.pay', cents: 1 }), ref.send({ type: 'order.ship' })]);
    expect((await packing).seq).toBe(3);
    expect((await ref.until('done')).seq).toBe(4);
  });

  test('waiting ends with SEALED when the actor ends first, and with its signal', async () => {
    const troupe = await openSample({ workers });
    const ref = troupe.actor('order', '1');
    await ref.send({ type: 'order.note', text: '' });
    const controller = new AbortController();
    const waits = [
      ref.until(({ context }) => context.paid > 100),
      ref.until('open', {}).then(async () => ref.until('paid.shipped')),
      ref.until('done', { signal: controller.signal }),
      ref.until(() => false, { signal: AbortSignal.abort() }),
    ];
    const settled = Promise.allSettled(waits);
    controller.abort();
    await ref.send({ type: 'order.pay', cents: 1 });
    await ref.send({ type: 'order.ship' });
    expect(await settled).toMatchObject(
      ['SEALED', 'SEALED', 'ABORTED', 'ABORTED'].map((code) => ({ status: 'rejected', reason: { code } })),
    );
  });

  test('pushing takes no promise, and flush tells the first failure once', async () => {
    const log = newLog();
    const troupe = await openSample({ workers, logger: log.logger });
    const ref = troupe.actor('counter', '1');
    for (let i = 0; i < 500; i++) expect(ref.push({ type: 'add' })).toBe(true);
    await ref.flush();
    expect((await ref.snapshot()).context.count).toBe(500);
    ref.push({ type: 'nope' } as never);
    ref.push({ type: 'add' });
    await expect(ref.flush()).rejects.toMatchObject({ code: 'NOT_ACCEPTED' });
    await ref.flush();
    expect((await ref.snapshot()).context.count).toBe(501);
    expect(log.lines.filter((line) => line.includes('pushed'))).toHaveLength(1);
  });

  test('a flush waits for what was pushed before it, whoever goes on pushing', async () => {
    const troupe = await openSample({ workers });
    const ref = troupe.actor('counter', '1');
    ref.push({ type: 'add' });
    const flush = { isOver: false };
    const flushed = ref.flush().finally(() => {
      flush.isOver = true;
    });
    // Slower than answers come, and never without one that is under way.
    for (let turns = 0; turns < 20_000 && !flush.isOver; turns++) {
      ref.push({ type: 'add' });
      await new Promise(setImmediate);
    }
    expect(flush.isOver).toBe(true);
    await flushed;
    // Whoever does not wait may be refused in the end.
    await ref.flush().catch(() => undefined);
  });

  test('pushing says when to wait', async () => {
    const troupe = await openSample({ workers, limits: { mailboxEvents: 256, turnEvents: 64 } });
    const ref = troupe.actor('counter', '1');
    let waits = 0;
    for (let i = 0; i < 1000; i++) {
      if (ref.push({ type: 'add' })) continue;
      waits++;
      await ref.flush();
    }
    await ref.flush();
    expect((await ref.snapshot()).context.count).toBe(1000);
    expect(waits).toBe(1000 / 64 - (1000 % 64) / 64);
  });

  test('what cannot be sent is refused before it leaves', async () => {
    const troupe = await openSample({ workers, limits: { eventBytes: 1000, resultBytes: 1000 } });
    const ref = troupe.actor('order', '1');
    const refused = async (event: unknown): Promise<unknown> => ref.send(event as never);
    await expect(refused({ kind: 'x' })).rejects.toMatchObject({ code: 'INVALID_EVENT' });
    await expect(refused(undefined)).rejects.toMatchObject({ code: 'INVALID_EVENT' });
    await expect(refused({ type: 'order.note', text: () => '' })).rejects.toMatchObject({
      code: 'NOT_STORABLE',
      details: { path: 'text' },
    });
    await expect(refused({ type: 'order.note', text: 'x'.repeat(2000) })).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
    expect(() => ref.push({ type: '' } as never)).toThrow(expect.objectContaining({ code: 'INVALID_EVENT' }));
    expect((await troupe.stats()).sends.sent).toBe(0);
  });

  test('a task that the machine does not implement runs in this thread', async () => {
    const seen: unknown[] = [];
    const effects = {
      fetch: ({ input, attempt, address, effectId }: EffectRun) => {
        seen.push([input, attempt, address, typeof effectId]);
        return { text: 'body' };
      },
    };
    const troupe = await openSample({ workers, effects });
    const ref = troupe.actor('fetcher', '1');
    await ref.send({ type: 'fetch', url: 'http://x' });
    const done = await ref.until(({ context }) => context.got !== undefined);
    expect(done.context.got).toEqual({ text: 'body' });
    expect(seen).toEqual([[{ url: 'http://x' }, 1, 'fetcher/1', 'string']]);
  });

  test.each([
    ['UNSUPPORTED', {}],
    ['NOT_STORABLE', { fetch: () => () => undefined }],
    ['TOO_LARGE', { fetch: () => 'x'.repeat(2_000_000) }],
  ])('a task that fails as %s is told to its machine', async (code, effects) => {
    const troupe = await openSample({ workers, effects });
    const ref = troupe.actor('fetcher', '1');
    await ref.send({ type: 'fetch', url: '' });
    const failed = await ref.until(({ context }) => context.failure !== undefined);
    expect(failed.context.failure).toMatchObject({ code });
  });

  test('leaving the state aborts its task', async () => {
    const runs = new EventEmitter<{ started: []; aborted: [] }>();
    const [started, aborted] = [once(runs, 'started'), once(runs, 'aborted')];
    const fetch = async ({ signal }: EffectRun): Promise<void> => {
      signal.addEventListener('abort', () => runs.emit('aborted'));
      runs.emit('started');
      return new Promise(() => undefined);
    };
    const troupe = await openSample({ workers, effects: { fetch } });
    const ref = troupe.actor('fetcher', '1');
    await ref.send({ type: 'fetch', url: '' });
    await started;
    await ref.send({ type: 'cancel' });
    await aborted;
    expect((await troupe.stats()).effects).toBe(0);
  });

  test('rows are listed by what they say, labels included', async () => {
    const troupe = await openSample({ workers });
    for (const id of ['1', '2', '3']) {
      await troupe.actor('counter', id).send({ type: 'add' }, { labels: { tenant: `t${id}` } });
    }
    await troupe.actor('order', '1').send({ type: 'order.note', text: '' });
    await troupe.actor('counter', '2').label({ tenant: null, team: 'x' });
    const ids = async (filter: object) => (await all(troupe.list(filter))).map(({ address }) => address);
    expect(await ids({ kind: 'counter', order: 'oldest' })).toEqual(['counter/1', 'counter/2', 'counter/3']);
    expect(await ids({ labels: { tenant: 't3' } })).toEqual(['counter/3']);
    expect(await ids({ labels: { team: 'x' } })).toEqual(['counter/2']);
    expect(await ids({ tags: ['waiting'] })).toEqual(['order/1']);
    expect(await ids({ limit: 2 })).toHaveLength(2);
    expect(await ids({ since: new Date(Date.now() + 60_000) })).toEqual([]);
  });

  test('what was erased is gone from every read, and the actor goes on', async () => {
    const troupe = await openSample({ workers });
    const ref = troupe.actor('order', '1');
    await ref.send({ type: 'order.note', text: 'secret' });
    await ref.erase({ bodies: true });
    expect(await all(ref.history())).toEqual([]);
    await ref.send({ type: 'order.pay', cents: 2 });
    expect(types(await all(ref.history()))).toEqual(['order.pay']);
    expect(await ref.verify()).toMatchObject({ ok: true, seq: 3, erased: [[1, 2]] });
    expect(await ref.describe()).not.toContain('secret');
  });

  test('an actor is described for people', async () => {
    const troupe = await openSample({ workers });
    const ref = troupe.actor('order', '1');
    await ref.send({ type: 'order.pay', cents: 7 }, { by: 'ann', labels: { tenant: 'acme' } });
    const text = await ref.describe();
    for (const part of ['order/1', 'live at seq 2, in paid.packing', 'tenant=acme', 'accepts: order.ship']) {
      expect(text).toContain(part);
    }
    expect(text).toContain('order.pay {"cents":7} (by ann)');
  });

  test('everything is there after it was opened again', async () => {
    const directory = newDirectory();
    const first = await openSample({ directory, workers });
    await first.actor('order', '1').send({ type: 'order.pay', cents: 7 }, { id: 'a' });
    const before = await first.actor('order', '1').snapshot();
    await first.close();
    const second = await openSample({ directory, workers: 1 - workers });
    const ref = second.actor('order', '1');
    expect(JSON.stringify(await ref.snapshot())).toEqual(JSON.stringify(before));
    expect(await ref.send({ type: 'order.pay', cents: 7 }, { id: 'a' })).toMatchObject({ duplicate: true });
    expect(await second.verify()).toEqual({ ok: true, actors: 1, bad: [] });
  });
});
