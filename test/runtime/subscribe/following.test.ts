/** The feed over what befalls a directory: compaction, erasing, retention, other owners (contract N14). */
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { FeedPage } from '../../../runtime/feed.ts';
import { refusalOf } from '../host/kit.ts';
import { newDirectory, openSample } from '../open.ts';

// Threads start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const actors = 1500;

type Hosted = Awaited<ReturnType<typeof openSample>>;

async function add(troupe: Hosted, sends: number, among = 5): Promise<void> {
  await Promise.all(
    Array.from({ length: sends }, async (_, i) =>
      troupe.actor('counter', `${i % among}`).send({ type: 'add' }),
    ),
  );
}

/** Reads until so many facts were given. */
async function read(
  troupe: Hosted,
  facts: number,
  after?: string,
): Promise<{ readonly keys: readonly string[]; readonly cursor: string }> {
  const keys: string[] = [];
  let cursor = after ?? '';
  for await (const page of troupe.feed(after === undefined ? {} : { after })) {
    keys.push(...page.items.map(({ address, seq }) => `${address}@${seq}`));
    ({ cursor } = page);
    if (keys.length >= facts) break;
  }
  return { keys, cursor };
}

/** Every fact of these actors from 1 to so many, once, in order per actor. */
function assertAll(keys: readonly string[], each: number): void {
  for (let i = 0; i < actors; i++) {
    const own = keys.filter((key) => key.startsWith(`counter/${i}@`));
    expect(own).toEqual(Array.from({ length: each }, (_, n) => `counter/${i}@${n + 1}`));
  }
}

describe('the feed', () => {
  test('has no hole where its place was compacted, or where the slots are others', async () => {
    const directory = newDirectory();
    const keys: string[] = [];
    let cursor: string | undefined;
    let left = actors; // Their births.
    for (const workers of [2, 1, 3]) {
      const troupe = await openSample({ directory, workers });
      await add(troupe, 2 * actors, actors);
      left += 2 * actors;
      // One page, then what is left of it after all of it has been moved.
      const first = await read(troupe, 1, cursor);
      left -= first.keys.length;
      expect(left).toBeGreaterThan(0);
      await troupe.compact();
      const rest = await read(troupe, left, first.cursor);
      left -= rest.keys.length;
      keys.push(...first.keys, ...rest.keys);
      ({ cursor } = rest);
      await troupe.close();
    }
    expect(left).toBe(0);
    assertAll(keys, 7);
  });

  test('gives nothing of what was erased, and goes on behind it', async () => {
    const troupe = await openSample({ workers: 0 });
    await add(troupe, 10);
    const { cursor } = await read(troupe, 3);
    await troupe.actor('counter', '0').erase({ history: true });
    await add(troupe, 5);
    const fresh = await read(troupe, 17);
    expect(fresh.keys.filter((key) => key.startsWith('counter/0@'))).toEqual(['counter/0@4']);
    const rest = await read(troupe, 1, cursor);
    expect(rest.keys).not.toContain('counter/0@3');
    await troupe.compact();
    expect((await read(troupe, 17)).keys.toSorted()).toEqual(fresh.keys.toSorted());
  });

  test('refuses a cursor that retention has passed, and says from where it goes on', async () => {
    const troupe = await openSample({ workers: 0 });
    await add(troupe, 5);
    const { cursor } = await read(troupe, 1);
    const order = troupe.actor('order', 'old');
    await order.send({ type: 'order.pay', cents: 1 });
    await order.send({ type: 'order.ship' });
    await add(troupe, 5);
    await order.opened.journal.expire({ historyBefore: Date.now() + 1000 });
    const pages = troupe.feed({ after: cursor })[Symbol.asyncIterator]();
    const gone = await refusalOf(pages.next());
    expect(gone).toMatchObject({ code: 'CURSOR_GONE' });
    const { oldest } = gone.details as { readonly oldest: string };
    await add(troupe, 5);
    const { keys } = await read(troupe, 5, oldest);
    expect(keys.filter((key) => key.startsWith('order/'))).toEqual([]);
    expect(keys).toContain('counter/0@4');
    expect(await refusalOf(troupe.feed({ after: 'no cursor' })[Symbol.asyncIterator]().next())).toMatchObject(
      {
        code: 'INVALID_OPTION',
        details: { option: 'cursor', cursor: 'no cursor' },
      },
    );
  });

  test('that nobody reads on keeps no pages: the file is as large as without it', async () => {
    const sizes: number[] = [];
    for (const isStalled of [false, true]) {
      const directory = newDirectory();
      const troupe = await openSample({ directory, workers: 1 });
      await add(troupe, 50);
      const stalled: AsyncIterator<FeedPage>[] = [];
      if (isStalled) {
        const feed = troupe.feed()[Symbol.asyncIterator]();
        await feed.next();
        const subscription = troupe.actor('counter', '0').subscribe({ after: 0 });
        await subscription.next();
        stalled.push(feed);
      }
      // Rows are written over and over: pages that nobody reads are used again.
      for (let i = 0; i < 60; i++) await add(troupe, 50, 50);
      for (const feed of stalled) await feed.return?.();
      await troupe.close();
      const files = globSync('**/*', { cwd: directory }).map((name) => statSync(join(directory, name)));
      sizes.push(files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0));
    }
    const [without = 0, stalled = 0] = sizes;
    expect(stalled).toBeLessThan(without * 1.25);
  });
});
