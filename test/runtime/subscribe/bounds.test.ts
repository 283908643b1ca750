/** What a frame may hold, and what waits for a slow reader (contracts N5, N6). */
import { describe, expect, test } from 'vitest';
import { assign, setup } from 'xstate';
import { defineActor } from '../../../runtime/index.ts';
import { heard, openStage } from '../host/kit.ts';
import { assertContiguous, delta, openHall, pulled, Reader, textOf } from './feed.ts';
import type { Hall } from './feed.ts';
import type { Notification } from '../../../runtime/notification.ts';
import type { Subscription } from '../../../runtime/subscription.ts';

const speakerOf = (hall: Hall, id = 'a') => hall.troupe.actor('speaker', id);

async function born() {
  const hall = await openHall();
  const ref = speakerOf(hall);
  await ref.send({ type: 'line', text: '' });
  return { hall, ref };
}

/** Says it and waits until subscribers were told. */
async function said(hall: Hall, text: string): Promise<void> {
  await speakerOf(hall).send({ type: 'line', text });
  await hall.idle();
  await heard();
}

/** A reader that is live: it has had everything, and reads no further. */
async function live(hall: Hall, subscription: Subscription): Promise<Notification[]> {
  const news = [await pulled(subscription)];
  const next = pulled(subscription);
  await said(hall, 'live');
  news.push(await next);
  const last = pulled(subscription);
  await heard();
  await said(hall, 'last');
  news.push(await last);
  return news;
}

describe('the bound of a slow reader', () => {
  /** What one `said` of eight letters weighs. */
  async function weight(): Promise<number> {
    const { hall, ref } = await born();
    const subscription = ref.subscribe({ windowMs: 0 });
    await live(hall, subscription);
    await said(hall, 'x'.repeat(8));
    return subscription.lag.bytes;
  }

  test('holds what is exactly as much; a byte less gives one reset', async () => {
    const one = await weight();
    for (const [maxBytes, isReset] of [
      [3 * one, false],
      [3 * one - 1, true],
    ] as const) {
      const { hall, ref } = await born();
      const subscription = ref.subscribe({ windowMs: 0, maxBytes });
      const news = await live(hall, subscription);
      for (let i = 0; i < 3; i++) await said(hall, 'x'.repeat(8));
      news.push(await pulled(subscription));
      expect(news.at(-1)!.reset !== undefined).toBe(isReset);
      assertContiguous(news);
    }
  });
});

describe('a reader that began otherwise than with a reset', () => {
  for (const [how, options] of [
    ['behind a fact', { after: 0 }],
    ['before the birth', { wait: true }],
  ] as const) {
    test(`${how} is reset to where the actor stands by then`, async () => {
      const hall = await openHall();
      if ('after' in options) await said(hall, 'first');
      const subscription = speakerOf(hall).subscribe({ ...options, windowMs: 0, maxBytes: 1000 });
      const first = pulled(subscription);
      if ('wait' in options) await said(hall, 'first');
      const news = [await first];
      const next = pulled(subscription);
      await heard();
      await said(hall, 'live');
      news.push(await next);
      for (let i = 0; i < 20; i++) await said(hall, 'x'.repeat(100));
      news.push(await pulled(subscription));
      expect(news.at(-1)).toMatchObject({ from: 4, to: 23, reset: { seq: 23 } });
      assertContiguous(news);
    });
  }
});

describe('a fact that is larger than the bound', () => {
  for (const [what, length] of [
    ['in its commit', 10_000],
    ['beside its commit, as a body', 300_000],
  ] as const) {
    test(`${what} becomes a reset for a live reader`, async () => {
      const { hall, ref } = await born();
      const reader = new Reader(ref.subscribe({ windowMs: 0, maxBytes: 4096 }));
      await hall.idle();
      await heard();
      await said(hall, 'small');
      await said(hall, 'x'.repeat(length));
      await said(hall, 'after');
      expect(reader.text).toBe('smallafter');
      expect(reader.news.map(({ reset }) => reset !== undefined)).toEqual([true, false, true, false]);
      assertContiguous(reader.news);
    });

    test(`${what} is told alone to one that catches up`, async () => {
      const { hall, ref } = await born();
      const texts = ['a', 'b', 'x'.repeat(length), 'y'.repeat(length), 'c'];
      for (const text of texts) await said(hall, text);
      const reader = new Reader(ref.subscribe({ after: 2, maxBytes: 4096 }));
      await heard();
      await hall.idle();
      await ref.flush();
      assertContiguous(reader.news, 3);
      expect(reader.text).toBe(texts.join(''));
      const large = reader.news.filter((one) => textOf([one]).length > 4096);
      expect(large.map(({ from, to }) => [from, to])).toEqual([
        [5, 5],
        [6, 6],
      ]);
    });
  }
});

describe('a window in which very much is said', () => {
  test('is told in pieces, so that a reader that reads is not reset', async () => {
    const { hall, ref } = await born();
    const reader = new Reader(ref.subscribe({ windowMs: 10_000 }));
    await hall.idle();
    for (let i = 0; i < 40; i++) {
      await ref.send(delta('x'.repeat(50_000)));
      await heard();
    }
    hall.clock.advance(10_000);
    await hall.idle();
    await heard();
    expect(reader.text).toHaveLength(2_000_000);
    expect(reader.news.filter(({ reset }) => reset !== undefined)).toHaveLength(1);
    assertContiguous(reader.news);
  });
});

describe('a reset', () => {
  /** Its states and tags alone are 8 KiB, its digest is as long as what it was told. */
  const region = (i: number) => ({ initial: 'on', states: { on: { tags: [`${i}-${'t'.repeat(100)}`] } } });
  const broad = defineActor({
    kind: 'broad',
    version: 1,
    machine: setup({
      types: { context: {} as { n: number }, events: {} as { type: 'tell'; text: string } },
      actions: { count: assign({ n: ({ context }) => context.n + 1 }) },
    }).createMachine({
      type: 'parallel',
      context: { n: 0 },
      states: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`${'r'.repeat(20)}${i}`, region(i)])),
      on: { tell: { actions: 'count' } },
    }),
    digest: {
      schema: 1,
      start: () => ({ text: '' }),
      fold: (digest, { event }) => ('text' in event ? { text: String(event.text) } : digest),
    },
  });

  test('has 16 KiB at most, whatever states, tags and digest there are', async () => {
    const stage = await openStage([broad]);
    const ref = stage.troupe.actor('broad', 'a');
    for (const length of [10, 8_000, 14_000, 15_300, 20_000]) {
      await ref.send({ type: 'tell', text: 'x'.repeat(length) });
      const subscription = ref.subscribe();
      const { reset } = await pulled(subscription);
      await subscription.return();
      expect(JSON.stringify(reset).length).toBeLessThanOrEqual(16 * 1024);
      if (length === 10) expect(reset).toHaveProperty('digest');
    }
  });

  test('is no larger than the bound of its reader, but for where the actor stands', async () => {
    const stage = await openStage([broad]);
    const ref = stage.troupe.actor('broad', 'a');
    await ref.send({ type: 'tell', text: 'x'.repeat(4000) });
    const { reset } = await pulled(ref.subscribe({ maxBytes: 2048 }));
    expect(reset).toMatchObject({ seq: 2 });
    expect(reset).not.toHaveProperty('digest');
  });
});
