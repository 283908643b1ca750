/**
 * The sixteen batching and broker cases of an agent that batches its message updates, told again for
 * subscriptions: its write cadence and its notify cadence were one knob, ours are two, so that everything
 * here is durable before it is told, and a case is about what subscribers see.
 * Those that mean something else here:
 *   8.  Nothing is pending that is not durable: what is left of it is that erasing revives nothing.
 *   9.  There are no dropped notifications to count: what waits is merged, then becomes a reset.
 *   10. There is no timeout to honour: a publisher never waits for a subscriber.
 */
import { describe, expect, test } from 'vitest';
import { heard, newPromise } from '../host/kit.ts';
import { assertContiguous, delta, openHall, pulled, Reader } from './feed.ts';
import type { Hall, Said } from './feed.ts';

const hour = 60_000;

async function watched(windowMs: number, maxBytes?: number) {
  const hall = await openHall();
  const ref = hall.troupe.actor('speaker', 'a');
  await ref.send({ type: 'line', text: '' });
  const subscription = ref.subscribe({ windowMs, ...(maxBytes !== undefined && { maxBytes }) });
  const reader = new Reader(subscription);
  await passed(hall);
  return { hall, ref, reader, subscription };
}

async function passed(hall: Hall, ms = 0): Promise<void> {
  hall.clock.advance(ms);
  await hall.idle();
  await heard();
}

async function told(hall: Hall, id = 'a'): Promise<string> {
  let text = '';
  for await (const { event } of hall.troupe.actor('speaker', id).history())
    text += 'text' in event ? (event.text ?? '') : '';
  return text;
}

describe('batching', () => {
  test('1: deltas of one window are one notification with all of their text', async () => {
    const { hall, ref, reader } = await watched(50);
    for (let i = 0; i < 5; i++) await ref.send(delta('a'));
    await passed(hall, 10);
    expect(reader.news).toHaveLength(1);
    await passed(hall, 40);
    expect(reader.news.slice(1)).toMatchObject([{ facts: [{ event: delta('aaaaa') }] }]);
    expect(await told(hall)).toBe('aaaaa');
  });

  test('2: the end is told at once, with the text before it, as one', async () => {
    const { ref, reader } = await watched(hour);
    await ref.send(delta('text'));
    await ref.send({ type: 'end' });
    await reader.ended;
    expect(reader.news.slice(1)).toMatchObject([
      { sealed: true, facts: [{ event: delta('text') }, { event: { type: 'end' } }] },
    ]);
  });

  test('3: structure is told at once, each time', async () => {
    const { hall, ref, reader } = await watched(hour);
    for (const event of [{ type: 'line', text: 'call' }, { type: 'rest' }] as Said[]) {
      await ref.send(event);
      await passed(hall);
      expect(reader.news.at(-1)).toMatchObject({ facts: [{ event }] });
    }
  });

  test('4: a delta waits; what ends it brings it along', async () => {
    const { hall, ref, reader } = await watched(hour);
    await ref.send(delta('thought'));
    await passed(hall);
    expect(reader.text).toBe('');
    await ref.send({ type: 'rest' });
    await passed(hall);
    expect(reader.text).toBe('thought');
  });

  test('5: flush tells what waits; a second one tells nothing', async () => {
    const { ref, reader } = await watched(hour);
    await ref.send(delta('a'));
    expect(reader.text).toBe('');
    await ref.flush();
    expect(reader.text).toBe('a');
    await ref.flush();
    expect(reader.news).toHaveLength(2);
  });

  test('6: flush of the runtime tells what waits of every actor', async () => {
    const hall = await openHall();
    const readers: Reader[] = [];
    for (const id of 'abcde') {
      const ref = hall.troupe.actor('speaker', id);
      readers.push(new Reader(ref.subscribe({ wait: true, windowMs: hour })));
      await ref.send(delta(id));
      ref.push(delta(id));
    }
    await hall.troupe.flush();
    expect(readers.map(({ text }) => text)).toEqual(['aa', 'bb', 'cc', 'dd', 'ee']);
  });

  test('7: with a window and without one, subscribers end with the same', async () => {
    const { hall, ref, reader } = await watched(20);
    const every = new Reader(ref.subscribe({ windowMs: 0 }));
    await passed(hall);
    for (const event of [delta('a'), delta('b'), { type: 'rest' }, { type: 'line', text: 'c' }] as Said[])
      await ref.send(event);
    for (const event of [delta('d'), delta('e'), { type: 'end' }] as Said[]) await ref.send(event);
    await Promise.all([reader.ended, every.ended]);
    expect([reader.text, every.text]).toEqual(['abcde', 'abcde']);
    expect(reader.news.at(-1)?.to).toBe(every.news.at(-1)?.to);
  });

  test('8: what was erased is not revived by what was gathered of it', async () => {
    const { hall, ref } = await watched(hour);
    await ref.send(delta('secret'));
    await ref.erase({ history: true });
    await ref.flush();
    expect(await told(hall)).toBe('');
    expect(await ref.send(delta('next'))).toMatchObject({ seq: 4 });
    expect(await told(hall)).toBe('next');
  });

  test('13: without a window each commit is told, and is in the history by then', async () => {
    const { hall, ref, reader } = await watched(0);
    for (const text of ['a', 'ab', 'abc']) {
      await ref.send(delta(text.at(-1)!));
      expect(await told(hall)).toBe(text);
      await passed(hall);
      expect(reader.text).toBe(text);
    }
  });
});

describe('flush while a write is under way', () => {
  for (const [which, all] of [
    ['14: of one actor', false],
    ['15: of the runtime', true],
  ] as const) {
    test(`${which} returns when that write has landed`, async () => {
      const { hall, ref, reader } = await watched(hour);
      const held = newPromise();
      hall.holdAppends(held.promise);
      const state = { isOver: false };
      ref.push(delta('held'));
      await heard();
      const flushed = (all ? hall.troupe.flush() : ref.flush()).then(() => (state.isOver = true));
      for (let i = 0; i < 20; i++) await heard();
      expect(state.isOver).toBe(false);
      held.resolve();
      await flushed;
      expect(reader.text).toBe('held');
      expect(await told(hall)).toBe('held');
    });
  }
});

describe('a subscriber that does not keep up', () => {
  test('9: holds nobody back; what waits for it is counted, and bounded', async () => {
    const { hall, ref } = await watched(0);
    const stuck = ref.subscribe({ windowMs: 0, maxBytes: 1000 });
    await pulled(stuck);
    for (let i = 0; i < 100; i++) await ref.send({ type: 'line', text: `${i}` });
    await passed(hall);
    expect(stuck.lag.facts).toBe(100);
    expect(stuck.lag.merges).toBeGreaterThan(0);
    expect(stuck.lag.bytes).toBeLessThanOrEqual(1000);
  });

  test('10: costs a publisher no time: nothing waits for a clock that stands still', async () => {
    const { ref } = await watched(hour);
    const stuck = Array.from({ length: 20 }, () => ref.subscribe({ windowMs: 0 }));
    for (const one of stuck) await pulled(one);
    for (let i = 0; i < 10; i++) await ref.send({ type: 'line', text: 'x' });
    expect(stuck.map(({ lag }) => lag.resets)).toEqual(stuck.map(() => 1));
  });

  for (const [what, event] of [
    ['a call', { type: 'line', text: 'call' }],
    ['its end', { type: 'rest' }],
    ['the end', { type: 'end' }],
  ] as const) {
    test(`16: is told of ${what} all the same, by a reset if it must be`, async () => {
      const hall = await openHall();
      const ref = hall.troupe.actor('speaker', 'a');
      await ref.send({ type: 'line', text: '' });
      const stuck = ref.subscribe({ windowMs: 0, maxBytes: 400 });
      const news = [await pulled(stuck)];
      const live = pulled(stuck);
      await ref.send({ type: 'line', text: 'live' });
      news.push(await live);
      for (let i = 0; i < 10; i++) await ref.send({ type: 'line', text: 'x'.repeat(100) });
      const { seq, state } = await ref.send(event);
      await passed(hall);
      while (news.at(-1)!.to < seq) news.push(await pulled(stuck));
      assertContiguous(news);
      expect(news.at(-1)).toMatchObject({ to: seq, state, sealed: event.type === 'end' });
    });
  }
});

describe('a subscriber that reads', () => {
  test('11: gets ten of ten, and one reset in the beginning', async () => {
    const { hall, ref, reader, subscription } = await watched(0);
    for (let i = 0; i < 10; i++) {
      await ref.send({ type: 'line', text: `${i}` });
      await passed(hall);
    }
    expect(reader.text).toBe('0123456789');
    expect(subscription.lag).toEqual({ facts: 0, bytes: 0, notifications: 11, merges: 0, resets: 1 });
  });

  test('12: sees the end', async () => {
    const { ref, reader } = await watched(hour);
    await ref.send({ type: 'end' });
    await reader.ended;
    expect(reader.news.at(-1)).toMatchObject({ sealed: true, state: ['over'] });
  });
});
