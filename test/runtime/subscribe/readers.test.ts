/** Slow, vanishing and failing readers, and lost hosts (contracts N6, N8, N10; P8). */
import { describe, expect, test } from 'vitest';
import { TroupeError } from '../../../actors/troupeError.ts';
import { heard, refusalOf } from '../host/kit.ts';
import { assertContiguous, openHall, pulled, Reader, textOf } from './feed.ts';
import type { Hall } from './feed.ts';
import type { Notification } from '../../../runtime/notification.ts';

const speakerOf = (hall: Hall, id = 'a') => hall.troupe.actor('speaker', id);

async function born(): Promise<{ hall: Hall; ref: ReturnType<typeof speakerOf> }> {
  const hall = await openHall();
  const ref = speakerOf(hall);
  await ref.send({ type: 'line', text: '' });
  return { hall, ref };
}

async function said(hall: Hall, count: number, text: string): Promise<void> {
  for (let i = 0; i < count; i++) await speakerOf(hall).send({ type: 'line', text });
  await hall.idle();
  await heard();
}

describe('N6: a reader that stops reading', () => {
  test('gets what piled up as one notification', async () => {
    const { hall, ref } = await born();
    const subscription = ref.subscribe({ windowMs: 0 });
    const first = await pulled(subscription);
    const waiting = subscription.next();
    await said(hall, 20, 'x');
    const one = (await waiting).value as Notification;
    const rest = await pulled(subscription);
    assertContiguous([first, one, rest]);
    expect(rest.facts.length).toBeGreaterThan(10);
    expect(rest.to).toBe(22);
    expect(subscription.lag).toMatchObject({ facts: 0, bytes: 0, notifications: 3, resets: 1 });
  });

  test('past its bound gets one small reset, and goes on from there; others notice nothing', async () => {
    const { hall, ref } = await born();
    const slow = ref.subscribe({ windowMs: 0, maxBytes: 4096 });
    const fast = new Reader(ref.subscribe({ windowMs: 0 }));
    const first = await pulled(slow);
    const waiting = slow.next();
    await said(hall, 1, 'seen');
    const second = (await waiting).value as Notification;
    const live = slow.next();
    await said(hall, 1, 'live');
    const third = (await live).value as Notification;
    await said(hall, 100, 'x'.repeat(100));
    expect(slow.lag.bytes).toBeLessThanOrEqual(4096);
    const reset = await pulled(slow);
    expect(reset).toMatchObject({ facts: [], to: 104, reset: { seq: 104, state: ['talking'] } });
    await said(hall, 1, 'after');
    const last = await pulled(slow);
    assertContiguous([first, second, third, reset, last]);
    expect(textOf([last])).toBe('after');
    expect(slow.lag).toMatchObject({ resets: 2, facts: 0 });
    expect(fast.news.filter((one) => one.reset !== undefined)).toHaveLength(1);
    expect(fast.text).toBe(`seenlive${'x'.repeat(10_000)}after`);
  });

  test('while it catches up loses nothing, however much comes meanwhile', async () => {
    const { hall, ref } = await born();
    await said(hall, 50, 'old');
    const slow = ref.subscribe({ after: 0, windowMs: 0, maxBytes: 2048 });
    const news = [await pulled(slow)];
    await said(hall, 200, 'new');
    while (news.at(-1)!.to < 252) news.push(await pulled(slow));
    assertContiguous(news);
    expect(textOf(news)).toBe('old'.repeat(50) + 'new'.repeat(200));
    expect(slow.lag.resets).toBe(0);
  });

  test('is told of the seal all the same', async () => {
    const { hall, ref } = await born();
    const slow = ref.subscribe({ windowMs: 0, maxBytes: 512 });
    const news = [await pulled(slow)];
    const live = slow.next();
    await said(hall, 1, 'live');
    news.push((await live).value as Notification);
    void slow.lag;
    await said(hall, 50, 'x'.repeat(100));
    await ref.send({ type: 'end' });
    for await (const one of slow) news.push(one);
    assertContiguous(news);
    expect(news.at(-1)).toMatchObject({ sealed: true, to: 54 });
  });
});

describe('N8: a reader that leaves', () => {
  test('by break, return, its signal or a failing body frees its channel', async () => {
    const { hall, ref } = await born();
    for await (const _ of ref.subscribe()) break;
    const returned = ref.subscribe();
    await returned.next();
    await returned.return();
    const controller = new AbortController();
    const aborted = ref.subscribe({ signal: controller.signal });
    await aborted.next();
    const waiting = aborted.next();
    controller.abort();
    expect(await refusalOf(waiting)).toMatchObject({ code: 'ABORTED' });
    await expect(
      (async () => {
        for await (const _ of ref.subscribe()) throw new Error('the body failed');
      })(),
    ).rejects.toThrow('the body failed');
    expect(hall.opened.channels.stats()).toMatchObject({ subscribers: 0, channels: 0 });
    await hall.idle();
    expect(await hall.stats()).toMatchObject({ projections: 0 });
  });

  test('is over after that: next gives the end', async () => {
    const { ref } = await born();
    const subscription = ref.subscribe();
    await subscription.return();
    expect(await subscription.next()).toEqual({ done: true, value: undefined });
  });

  test('ten thousand times leaves nothing behind', async () => {
    const { hall, ref } = await born();
    for (let i = 0; i < 10_000; i++) {
      const subscription = ref.subscribe({ windowMs: i % 7 });
      if (i % 100 === 0) await subscription.next();
      await subscription.return();
    }
    await hall.idle();
    expect(hall.opened.channels.stats()).toMatchObject({ subscribers: 0, channels: 0 });
    expect(await hall.stats()).toMatchObject({ projections: 0 });
  });

  test('that was never read is forgotten with the seal', async () => {
    const { hall, ref } = await born();
    void ref.subscribe();
    await ref.send({ type: 'end' });
    await hall.idle();
    expect(await hall.stats()).toMatchObject({ projections: 0 });
  });

  test('by closing the runtime is told CLOSED', async () => {
    const { hall, ref } = await born();
    const subscription = ref.subscribe();
    await subscription.next();
    const waiting = refusalOf(subscription.next());
    await hall.close();
    expect(await waiting).toMatchObject({ code: 'CLOSED' });
  });
});

describe('P1: what is told is durable', () => {
  test('a commit that fails is told to nobody; its retry is', async () => {
    const { hall, ref } = await born();
    const reader = new Reader(ref.subscribe({ windowMs: 0 }));
    await hall.idle();
    await heard();
    let failing = 1;
    hall.failure = () =>
      failing-- > 0 ? new TroupeError('JOURNAL_FULL', 'the disk is full', {}) : undefined;
    expect(await refusalOf(ref.send({ type: 'line', text: 'lost' }))).toMatchObject({ code: 'JOURNAL_FULL' });
    await ref.send({ type: 'line', text: 'kept' });
    await hall.idle();
    await heard();
    expect(reader.text).toBe('kept');
    assertContiguous(reader.news);
  });
});

describe('large leaves', () => {
  test('reach subscribers, live and from the journal', async () => {
    const { hall, ref } = await born();
    const text = 'large '.repeat(50_000);
    const live = new Reader(ref.subscribe({ windowMs: 0 }));
    await ref.flush();
    await ref.send({ type: 'line', text });
    await hall.idle();
    await ref.flush();
    const late = ref.subscribe({ after: 2 });
    expect(textOf([await pulled(late)])).toBe(text);
    await heard();
    expect(live.text).toBe(text);
  });
});
