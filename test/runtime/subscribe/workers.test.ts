/** Subscriptions over threads: a lost worker is invisible to readers but for the delay (P8, P10). */
import { describe, expect, test, vi } from 'vitest';
import { openSample } from '../open.ts';
import { assertContiguous, Reader } from './feed.ts';

// Threads start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

describe('a subscription', () => {
  test('goes on over crashes of the worker, without a gap and without a duplicate', async () => {
    const troupe = await openSample({ workers: 1 });
    const ref = troupe.actor('counter', '1');
    await ref.send({ type: 'add' });
    const readers = [0, 1, 33].map((windowMs) => new Reader(ref.subscribe({ after: 0, windowMs })));
    const fresh = new Reader(ref.subscribe());
    for (let crash = 0; crash < 3; crash++) {
      const sends = Array.from({ length: 40 }, async () => ref.send({ type: 'add' }));
      sends.push(troupe.actor('counter', `crash${crash}`).send({ type: 'exit', code: 3 }));
      await Promise.all(sends);
    }
    const { seq } = await ref.send({ type: 'add' });
    await ref.flush();
    for (const reader of [...readers, fresh]) {
      await vi.waitFor(() => expect(reader.news.at(-1)?.to).toBe(seq), { timeout: 50_000 });
      assertContiguous(reader.news);
      expect(reader.error).toBeUndefined();
    }
    for (const { news } of readers) expect(news.flatMap(({ facts }) => facts)).toHaveLength(seq);
  });

  test('has the fact whose notice was lost with the worker, once', async () => {
    const troupe = await openSample({ workers: 1 });
    const ref = troupe.actor('counter', '1');
    await ref.send({ type: 'add' });
    const readers = [0, 33].map((windowMs) => new Reader(ref.subscribe({ after: 2, windowMs })));
    await ref.flush();
    // Durable, and then the thread ends before anything of it is posted.
    await ref.send({ type: 'exit', code: 3 });
    await ref.send({ type: 'add' });
    for (const { news } of readers) {
      await vi.waitFor(() => expect(news.at(-1)?.to).toBe(4), { timeout: 50_000 });
      assertContiguous(news, 3);
      expect(news.flatMap(({ facts }) => facts.map(({ event }) => event.type))).toEqual(['exit', 'add']);
    }
    expect((await troupe.stats()).workers).toMatchObject([{ restarts: 1 }]);
  });

  test('crosses threads once a window, however many facts and readers there are', async () => {
    const troupe = await openSample({ workers: 1 });
    const ref = troupe.actor('counter', '1');
    await ref.send({ type: 'add' });
    const readers = Array.from({ length: 50 }, () => new Reader(ref.subscribe()));
    await ref.flush();
    const { notifications } = (await troupe.stats()).subscriptions;
    await Promise.all(Array.from({ length: 60 }, async () => ref.send({ type: 'add' })));
    await ref.flush();
    const after = (await troupe.stats()).subscriptions;
    expect(after).toMatchObject({ subscribers: 50, channels: 1 });
    // 60 facts of one turn are one commit, and so one notification each.
    expect(after.notifications - notifications).toBe(50);
    for (const reader of readers) expect(reader.news.at(-1)?.to).toBe(62);
  });
});
