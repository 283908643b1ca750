/**
 * The holes A to P that were found in an agent's message updates: what went wrong there must not go wrong
 * here. Those that do not apply:
 *   M. A killed server leaves its client reading for ever: that is HTTP's, and there is none here.
 *   N. Finishing one part of a message loses fields of another: events are kept as they were sent.
 */
import { describe, expect, test } from 'vitest';
import { TroupeError } from '../../../actors/troupeError.ts';
import { heard, newPromise, refusalOf } from '../host/kit.ts';
import { assertContiguous, delta, openHall, pulled, Reader } from './feed.ts';
import type { Hall } from './feed.ts';

async function watched(windowMs = 33) {
  const hall = await openHall();
  const ref = hall.troupe.actor('speaker', 'a');
  await ref.send({ type: 'line', text: '' });
  const reader = new Reader(ref.subscribe({ windowMs }));
  await passed(hall);
  return { hall, ref, reader };
}

async function passed(hall: Hall, ms = 0): Promise<void> {
  hall.clock.advance(ms);
  await hall.idle();
  await heard();
}

const full = (): TroupeError => new TroupeError('JOURNAL_FULL', 'the disk is full', {});

describe('writes', () => {
  test('A: a delta that comes while a write is under way is told, though nothing follows', async () => {
    const { hall, ref, reader } = await watched();
    const held = newPromise();
    hall.holdAppends(held.promise);
    const sends = [ref.send(delta('1'))];
    await heard();
    sends.push(ref.send(delta('2')));
    await heard();
    held.resolve();
    await Promise.all(sends);
    await passed(hall, 33);
    expect(reader.text).toBe('12');
  });

  test('B: a write that fails is told to its sender alone; sent again it is told once', async () => {
    const { hall, ref, reader } = await watched();
    let failing = 1;
    hall.failure = () => (failing-- > 0 ? full() : undefined);
    expect(await refusalOf(ref.send(delta('x'), { id: 'one' }))).toMatchObject({ code: 'JOURNAL_FULL' });
    await passed(hall, 33);
    expect(reader.text).toBe('');
    await ref.send(delta('x'), { id: 'one' });
    await ref.send(delta('x'), { id: 'one' });
    await passed(hall, 33);
    expect(reader.text).toBe('x');
  });

  test('I: an end whose sender went away is recorded and told all the same', async () => {
    const { hall, ref, reader } = await watched();
    const held = newPromise();
    hall.holdAppends(held.promise);
    const controller = new AbortController();
    const sent = refusalOf(ref.send({ type: 'end' }, { signal: controller.signal }));
    await heard();
    controller.abort();
    expect(await sent).toMatchObject({ code: 'ABORTED', details: { outcome: 'unknown' } });
    held.resolve();
    await reader.ended;
    expect(reader.news.at(-1)).toMatchObject({ sealed: true });
  });
});

describe('after the end', () => {
  test('C: nothing is told of an actor, whatever is sent to it', async () => {
    const { hall, ref, reader } = await watched(0);
    const sends = [delta('last'), { type: 'end' } as const, delta('ghost')].map(async (event) =>
      ref.send(event),
    );
    const [, , ghost] = await Promise.allSettled(sends);
    expect(ghost).toMatchObject({ status: 'rejected', reason: { code: 'SEALED' } });
    await reader.ended;
    await passed(hall);
    expect(reader.text).toBe('last');
    expect(reader.news.at(-1)).toMatchObject({ sealed: true });
  });

  test('C2: nothing is told of an actor that was erased then', async () => {
    const { hall, ref } = await watched();
    await ref.send(delta('secret'));
    await ref.send({ type: 'end' });
    await ref.erase({ history: true });
    const late = new Reader(ref.subscribe({ after: 0 }));
    await late.ended;
    expect(late.text).toBe('');
    expect(late.error).toBeUndefined();
    expect(late.news.at(-1)).toMatchObject({ to: 4, sealed: true, state: ['over'] });
    await passed(hall, 33);
  });

  test('D: a thousand actors that ended leave nothing in memory', async () => {
    const hall = await openHall();
    const readers = Array.from({ length: 1000 }, (_, i) => {
      const ref = hall.troupe.actor('speaker', `${i}`);
      const reader = new Reader(ref.subscribe({ wait: true }));
      ref.push(delta('x'));
      ref.push({ type: 'end' });
      return reader;
    });
    await Promise.all(readers.map(async ({ ended }) => ended));
    expect(readers.every(({ text, error }) => text === 'x' && error === undefined)).toBe(true);
    expect(await hall.stats()).toMatchObject({ projections: 0 });
    expect(hall.opened.channels.stats()).toMatchObject({ channels: 0, subscribers: 0 });
  });
});

describe('flushing', () => {
  test('E: many flushes at once tell everything once, in its order', async () => {
    const { ref, reader } = await watched(60_000);
    const flushes: Promise<void>[] = [];
    for (let i = 0; i < 50; i++) {
      ref.push(delta(`${i},`));
      flushes.push(ref.flush());
      if (i % 7 === 0) await heard();
    }
    await Promise.all(flushes);
    expect(reader.text).toBe(Array.from({ length: 50 }, (_, i) => `${i},`).join(''));
    assertContiguous(reader.news);
  });

  test('F: a flush ends with its signal, however long the write takes', async () => {
    const { hall, ref } = await watched();
    const held = newPromise();
    hall.holdAppends(held.promise);
    ref.push(delta('x'));
    await heard();
    const controller = new AbortController();
    const flushed = refusalOf(ref.flush({ signal: controller.signal }));
    controller.abort();
    expect(await flushed).toMatchObject({ code: 'ABORTED' });
    held.resolve();
  });
});

describe('readers', () => {
  test('G: twenty that are stuck delay neither a send nor a new subscriber', async () => {
    const { hall, ref } = await watched(0);
    for (let i = 0; i < 20; i++) await pulled(ref.subscribe({ windowMs: 0, maxBytes: 100 }));
    const before = hall.clock.now();
    await ref.send({ type: 'line', text: 'x'.repeat(1000) });
    expect(await pulled(ref.subscribe())).toMatchObject({ reset: { seq: 3 } });
    expect(hall.clock.now()).toBe(before);
  });

  test('H: one that is slow has the end, and the same final state', async () => {
    const { hall, ref } = await watched();
    const slow = ref.subscribe({ windowMs: 0, maxBytes: 500 });
    await pulled(slow);
    for (let i = 0; i < 10; i++) await ref.send({ type: 'line', text: 'x'.repeat(100) });
    await ref.send({ type: 'end' });
    await passed(hall);
    const rest = new Reader(slow);
    await rest.ended;
    expect(rest.news.at(-1)).toMatchObject({ sealed: true, state: ['over'], to: 13 });
  });

  test('J: whatever is no text is told at once, also when it takes something back', async () => {
    const { hall, ref, reader } = await watched(60_000);
    await ref.send(delta('draft'));
    await ref.send({ type: 'line' });
    await passed(hall);
    expect(reader.news.at(-1)!.facts.map(({ event }) => event.type)).toEqual(['delta', 'line']);
  });

  test('K: text never shrinks: facts are added, and none is told twice', async () => {
    const { hall, ref, reader } = await watched(0);
    let before = '';
    for (const event of [delta('abc'), { type: 'rest' }, { type: 'line', text: 'd' }, delta('e')] as const) {
      await ref.send(event);
      await passed(hall);
      expect(reader.text.startsWith(before)).toBe(true);
      before = reader.text;
    }
    assertContiguous(reader.news);
  });

  test('L: an iteration ends in silence only behind the seal; anything else is an error', async () => {
    const { hall, ref, reader } = await watched();
    const sealed = new Reader(hall.troupe.actor('speaker', 'b').subscribe({ wait: true }));
    await hall.troupe.actor('speaker', 'b').send({ type: 'end' });
    await sealed.ended;
    await ref.send(delta('partial'));
    await hall.close();
    await reader.ended;
    expect([sealed.error, sealed.news.at(-1)?.sealed]).toEqual([undefined, true]);
    expect(reader.error).toMatchObject({ code: 'CLOSED' });
  });

  test('O: text and structure stay in the order they came in', async () => {
    const { hall, ref, reader } = await watched();
    for (const event of [delta('a'), { type: 'line', text: 'b' }, delta('c'), { type: 'rest' }] as const)
      await ref.send(event);
    await passed(hall, 33);
    const events = reader.news.flatMap(({ facts }) => facts.map(({ event }) => event.type));
    expect(events).toEqual(['delta', 'line', 'delta', 'rest']);
  });

  test('P: what happens in one instant has an order', async () => {
    const { hall, ref, reader } = await watched();
    for (let i = 0; i < 20; i++) ref.push({ type: 'line', text: `${i},` });
    await ref.flush();
    await passed(hall);
    const facts = reader.news.flatMap((one) => one.facts);
    expect(new Set(facts.map(({ at }) => at)).size).toBe(1);
    expect(reader.text).toBe(Array.from({ length: 20 }, (_, i) => `${i},`).join(''));
  });
});
