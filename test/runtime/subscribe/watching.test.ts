/** Watching rows at scale, over lost workers, and when time is set (contract N11). */
import { describe, expect, test, vi } from 'vitest';
import type { RowChanges } from '../../../runtime/watch.ts';
import { child, parent } from '../host/family.ts';
import { heard, openStage, refusalOf } from '../host/kit.ts';
import { openSample } from '../open.ts';
import { openHall } from './feed.ts';

// Threads start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const live = 10_000;

describe(`${live} live actors`, () => {
  test('are one entry each and window, for one read each; who did nothing costs nothing', async () => {
    const hall = await openHall();
    const refs = Array.from({ length: live }, (_, i) => hall.troupe.actor('speaker', `${i}`));
    await Promise.all(refs.map(async (ref) => ref.send({ type: 'line', text: '' })));
    const watched = hall.troupe.watch({ kind: 'speaker' }, { windowMs: 250 })[Symbol.asyncIterator]();
    const all = (await watched.next()).value as RowChanges;
    expect(all.changed).toHaveLength(live);
    const windowOf = async (
      send: () => Promise<unknown>,
    ): Promise<{ changes: RowChanges; reads: number }> => {
      const next = watched.next();
      await send();
      await hall.idle();
      const { reads } = hall.opened.journal.stats();
      hall.clock.advance(250);
      await heard();
      hall.clock.advance(250);
      const changes = (await next).value as RowChanges;
      return { changes, reads: hall.opened.journal.stats().reads - reads };
    };
    const busy = await windowOf(async () =>
      Promise.all(
        [1, 2, 3].flatMap((n) => refs.map(async (ref) => ref.send({ type: 'line', text: `${n}` }))),
      ),
    );
    expect(busy.changes.changed).toHaveLength(live);
    expect(new Set(busy.changes.changed.map(({ address }) => address)).size).toBe(live);
    expect(busy.changes.changed.every(({ seq }) => seq === 5)).toBe(true);
    expect(busy.reads).toBe(live);
    const calm = await windowOf(async () => refs[7]!.send({ type: 'rest' }));
    expect(calm.changes.changed).toMatchObject([{ id: '7', seq: 6, tags: ['quiet'] }]);
    expect(calm.reads).toBe(1);
    await watched.return?.();
  });
});

/** What a reader of changes knows in the end. */
class Known {
  readonly rows = new Map<string, { readonly seq: number; readonly tags: readonly string[] }>();
  entries = 0;

  constructor(changes: AsyncIterable<RowChanges>) {
    void this.#read(changes);
  }

  async #read(changes: AsyncIterable<RowChanges>): Promise<void> {
    try {
      for await (const { changed, removed } of changes) {
        for (const { address, seq, tags } of changed) this.rows.set(address, { seq, tags });
        for (const address of removed) this.rows.delete(address);
        this.entries += changed.length;
      }
    } catch {
      // Closed with the runtime.
    }
  }
}

describe('a watch over restarts of a worker', () => {
  test('misses nothing, by labels and by tags', async () => {
    const troupe = await openSample({ workers: 1 });
    const orders = Array.from({ length: 20 }, (_, i) => troupe.actor('order', `${i}`));
    await troupe.actor('order', 'still').send({ type: 'order.note', text: '' });
    const byTag = new Known(troupe.watch({ tags: ['waiting'] }, { windowMs: 5 }));
    const byLabel = new Known(troupe.watch({ labels: { team: 'blue' } }, { windowMs: 5 }));
    for (let crash = 0; crash < 3; crash++) {
      const crew = orders.filter((_, i) => i % 3 === crash);
      const sends = crew.map(async (order, i) =>
        order.send({ type: 'order.note', text: '' }, { labels: { team: i % 2 === 0 ? 'blue' : 'red' } }),
      );
      const exit = troupe.actor('counter', `${crash}`).send({ type: 'exit', code: 3 });
      await Promise.all([...sends, exit]);
      await Promise.all(crew.slice(2).map(async (order) => order.send({ type: 'order.pay', cents: 1 })));
    }
    const rowsOf = async (filter: object): Promise<object> => {
      const rows: [string, object][] = [];
      for await (const { address, seq, tags } of troupe.list(filter)) rows.push([address, { seq, tags }]);
      return Object.fromEntries(rows);
    };
    const [tagged, labelled] = [
      await rowsOf({ tags: ['waiting'] }),
      await rowsOf({ labels: { team: 'blue' } }),
    ];
    expect(Object.keys(tagged)).toHaveLength(7);
    await vi.waitFor(() => expect(Object.fromEntries(byTag.rows)).toEqual(tagged), { timeout: 50_000 });
    await vi.waitFor(() => expect(Object.fromEntries(byLabel.rows)).toEqual(labelled), { timeout: 50_000 });
  });
});

describe('a watch of the children of one parent', () => {
  test('tells its children, and no others', async () => {
    const stage = await openStage([parent, child]);
    const known = new Known(stage.troupe.watch({ parent: 'parent/a' }, { windowMs: 0 }));
    for (const id of ['a', 'b']) await stage.troupe.actor('parent', id).send({ type: 'start', name: id });
    await stage.settled();
    await heard();
    expect([...known.rows.keys()]).toHaveLength(1);
    expect([...known.rows.keys()][0]).toContain('parent/a');
  });
});

describe('the window of a watch', () => {
  test('ends with the runtime, however long it is', async () => {
    const hall = await openHall();
    const ref = hall.troupe.actor('speaker', 'a');
    await ref.send({ type: 'line', text: '' });
    const watched = hall.troupe.watch({}, { windowMs: 60_000 })[Symbol.asyncIterator]();
    await watched.next();
    const first = watched.next();
    await ref.send({ type: 'line', text: '' });
    await hall.idle();
    hall.clock.advance(60_000);
    await heard();
    expect((await first).value).toMatchObject({ changed: [{ seq: 3 }] });
    hall.opened.news.heard([ref.address]);
    const closed = refusalOf(watched.next());
    await heard();
    await hall.close();
    expect(await closed).toMatchObject({ code: 'CLOSED' });
  });

  test('of no sense is refused, and so is a signal that was aborted before', async () => {
    const hall = await openHall();
    for (const windowMs of [Number.NaN, -1, Infinity, 2 ** 31])
      expect(
        await refusalOf(hall.troupe.watch({}, { windowMs })[Symbol.asyncIterator]().next()),
      ).toMatchObject({
        code: 'INVALID_OPTION',
      });
    const signal = AbortSignal.abort();
    for (const one of [
      hall.troupe.watch({}, { signal }),
      hall.troupe.feed({ signal }),
    ] as AsyncIterable<unknown>[])
      expect(await refusalOf(one[Symbol.asyncIterator]().next())).toMatchObject({ code: 'ABORTED' });
    expect(hall.opened.news.size).toBe(0);
  });
});
