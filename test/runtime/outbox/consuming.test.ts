/** Readers that wait for news (contract O11). */
import { describe, expect, test } from 'vitest';
import type { OutboxNews } from '../../../runtime/outbox.ts';
import { heard } from '../host/kit.ts';
import type { Stage } from '../host/kit.ts';
import { openDesk, post, posted } from './desk.ts';

/** While the clock goes on, until it holds. */
async function passing(stage: Stage<never>, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 20_000 && !holds(); i++) {
    await heard();
    stage.clock.advance(10);
  }
  expect(holds()).toBe(true);
}

describe('a consumer', () => {
  test('gets what waits and what comes, each once, and leaves nothing', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 30);
    const got: number[] = [];
    const controller = new AbortController();
    const over = outbox.consume(({ childSeq }) => got.push(childSeq), { signal: controller.signal });
    await passing(stage, () => got.length === 30);
    await posted(outbox, 5, 31);
    await passing(stage, () => got.length === 35);
    controller.abort();
    await over;
    expect(got).toEqual(Array.from({ length: 35 }, (_, i) => i + 1));
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 0, dead: 0 });
  });

  test('that throws gets the record again later, and the others at once', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 3);
    const got: string[] = [];
    const controller = new AbortController();
    const over = outbox.consume(
      ({ childSeq, attempts }) => {
        if (childSeq === 2 && attempts < 2) throw new Error('not now');
        got.push(`${childSeq}/${attempts}`);
      },
      {
        signal: controller.signal,
        retryMs: 50,
        failed: ({ childSeq }) => void got.push(`failed ${childSeq}`),
      },
    );
    await passing(stage, () => got.length === 5);
    controller.abort();
    await over;
    expect(got).toEqual(['1/0', 'failed 2', '3/0', 'failed 2', '2/2']);
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 0, dead: 0 });
  });

  test('waits before the first record of all, and ends with the seal', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    const got: number[] = [];
    const over = outbox.consume(({ childSeq }) => got.push(childSeq));
    await heard();
    await posted(outbox, 1);
    await passing(stage, () => got.length === 1);
    await outbox.seal();
    await over;
    expect(got).toEqual([1]);
  });
});

describe('watching an outbox', () => {
  test('wakes once for news, with the newest, and stays silent without, also after a restart', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 1);
    const news: OutboxNews[] = [];
    const controller = new AbortController();
    const reading = (async () => {
      for await (const one of outbox.watch({ signal: controller.signal })) news.push(one);
    })().catch(() => undefined);
    await stage.idle();
    await outbox.ack(await outbox.drain());
    await Promise.all([outbox.post(post(2)), outbox.post(post(3, { kind: 'failed' }))]);
    await passing(stage, () => news.length > 0);
    expect(news).toEqual([{ seq: 6, child: 'run/a', kind: 'failed', summary: 'news 3' }]);
    controller.abort();
    await reading;
    await stage.reopen();
    const later = stage.troupe.outbox('c').watch()[Symbol.asyncIterator]();
    let woken = false;
    void later.next().then(() => (woken = true));
    await stage.idle();
    await stage.troupe.outbox('c').turn();
    await stage.idle();
    expect(woken).toBe(false);
    await posted(stage.troupe.outbox('c'), 1, 9);
    await passing(stage, () => woken);
  });
});

describe('a consumer that is not alone, or not in time', () => {
  test('shares with another one: each record comes to one of them', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    const got: number[] = [];
    const controller = new AbortController();
    const take = async (): Promise<void> =>
      outbox.consume(({ childSeq }) => got.push(childSeq), { signal: controller.signal, max: 3 });
    const over = [take(), take()];
    await posted(outbox, 50);
    await passing(stage, () => got.length === 50);
    controller.abort();
    await Promise.all(over);
    expect(got.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  test('acknowledges while it goes on: only the rest of a lease that ends comes again', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 3);
    const got: string[] = [];
    const controller = new AbortController();
    const over = outbox.consume(
      async ({ childSeq, attempts }) => {
        got.push(`${childSeq}/${attempts}`);
        if (childSeq !== 2 || attempts > 0) return;
        while ((await outbox.pending()).leased > 2) await heard();
        stage.clock.advance(1000);
        await stage.idle();
      },
      { signal: controller.signal, leaseMs: 1000 },
    );
    await passing(stage, () => got.length === 5);
    controller.abort();
    await over;
    // The third was in hand already when the lease was found to be over; nobody else had it.
    expect(got).toEqual(['1/0', '2/0', '3/0', '2/1', '3/1']);
    expect(await outbox.pending()).toEqual({ ready: 0, leased: 0, dead: 0 });
  });

  test('that is ended gives back what it did not look at, which counts as no delivery', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 3);
    const controller = new AbortController();
    await outbox.consume(() => controller.abort(), { signal: controller.signal });
    expect((await outbox.drain()).records).toMatchObject([
      { childSeq: 2, attempts: 0 },
      { childSeq: 3, attempts: 0 },
    ]);
  });

  test('of a sealed outbox ends at once', async () => {
    const stage = await openDesk();
    const outbox = stage.troupe.outbox('c');
    await posted(outbox, 1);
    await outbox.seal();
    await outbox.consume(() => expect.fail('nothing is delivered after the seal'));
  });
});
