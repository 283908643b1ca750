/** Rows that are watched, and the feed of all facts (contracts N11, N14). */
import { describe, expect, test } from 'vitest';
import type { FeedItem, FeedPage } from '../../../runtime/feed.ts';
import type { RowChanges } from '../../../runtime/watch.ts';
import { heard, refusalOf } from '../host/kit.ts';
import { openHall } from './feed.ts';
import type { Hall } from './feed.ts';

const speakerOf = (hall: Hall, id: string) => hall.troupe.actor('speaker', id);

async function bear(hall: Hall, ...ids: string[]): Promise<void> {
  await Promise.all(ids.map(async (id) => speakerOf(hall, id).send({ type: 'line', text: id })));
}

/** One item after the other, while the clock goes on until it comes. */
function reading<T>(hall: Hall, iterable: AsyncIterable<T>): () => Promise<T> {
  const iterator = iterable[Symbol.asyncIterator]();
  return async () => {
    const state = { isOver: false };
    const next = iterator.next().finally(() => {
      state.isOver = true;
    });
    while (!state.isOver) {
      hall.clock.advance(5);
      await heard();
    }
    return (await next).value as T;
  };
}

const told = ({ changed, removed }: RowChanges) => [changed.map(({ id }) => id).toSorted(), removed];

describe('watching rows', () => {
  test('begins with those there are, and goes on with what changes', async () => {
    const hall = await openHall();
    await bear(hall, 'a', 'b');
    const next = reading(hall, hall.troupe.watch({ kind: 'speaker' }));
    expect(told(await next())).toEqual([['a', 'b'], []]);
    await bear(hall, 'c');
    await speakerOf(hall, 'a').send({ type: 'rest' });
    const changes = await next();
    expect(told(changes)).toEqual([['a', 'c'], []]);
    expect(changes.changed.find(({ id }) => id === 'a')).toMatchObject({
      state: ['resting'],
      tags: ['quiet'],
    });
  });

  test('N11: tells an actor at most once a window, with its newest row', async () => {
    const hall = await openHall();
    await bear(hall, 'a');
    const next = reading(hall, hall.troupe.watch({}, { windowMs: 1000 }));
    await next();
    await bear(hall, 'b');
    await next();
    const since = hall.clock.now();
    for (let i = 0; i < 20; i++) await speakerOf(hall, 'a').send({ type: 'line', text: 'x' });
    const changes = await next();
    expect(changes.changed).toHaveLength(1);
    expect(changes.changed[0]).toMatchObject({ id: 'a', seq: 22 });
    expect(hall.clock.now() - since).toBeGreaterThanOrEqual(900);
  });

  test('tells what the filter selects no more as removed, once', async () => {
    const hall = await openHall();
    await bear(hall, 'a', 'b');
    await speakerOf(hall, 'a').send({ type: 'rest' });
    const next = reading(hall, hall.troupe.watch({ tags: ['quiet'] }));
    expect(told(await next())).toEqual([['a'], []]);
    await speakerOf(hall, 'a').send({ type: 'line', text: '' });
    await speakerOf(hall, 'b').send({ type: 'rest' });
    expect(told(await next())).toEqual([['b'], ['speaker/a']]);
    await speakerOf(hall, 'a').send({ type: 'line', text: '' });
    await speakerOf(hall, 'b').send({ type: 'end' });
    expect(told(await next())).toEqual([[], ['speaker/b']]);
  });

  test('ends with its signal, by break, and with the runtime; hosts tell nothing then', async () => {
    const hall = await openHall();
    await bear(hall, 'a');
    for await (const _ of hall.troupe.watch()) break;
    const controller = new AbortController();
    const watched = hall.troupe.watch({}, { signal: controller.signal })[Symbol.asyncIterator]();
    await watched.next();
    const waiting = refusalOf(watched.next());
    await heard();
    controller.abort();
    expect(await waiting).toMatchObject({ code: 'ABORTED' });
    expect(hall.opened.news.size).toBe(0);
    const until = hall.troupe.watch()[Symbol.asyncIterator]();
    await until.next();
    const closed = refusalOf(until.next());
    await heard();
    await hall.close();
    expect(await closed).toMatchObject({ code: 'CLOSED' });
  });
});

describe('the feed', () => {
  const key = ({ address, seq }: FeedItem): string => `${address}@${seq}`;

  async function upTo(
    next: () => Promise<FeedPage>,
    count: number,
  ): Promise<{ keys: string[]; cursor: string }> {
    const keys: string[] = [];
    let cursor = '';
    while (keys.length < count) {
      const page = await next();
      keys.push(...page.items.map(key));
      ({ cursor } = page);
    }
    return { keys, cursor };
  }

  test('gives every fact of every actor in order, and then what comes', async () => {
    const hall = await openHall();
    await bear(hall, 'a', 'b');
    const next = reading(hall, hall.troupe.feed());
    const first = await upTo(next, 4);
    expect(first.keys.filter((one) => one.startsWith('speaker/a'))).toEqual(['speaker/a@1', 'speaker/a@2']);
    const sent = speakerOf(hall, 'a').send({ type: 'line', text: 'x' });
    expect((await upTo(next, 1)).keys).toEqual(['speaker/a@3']);
    await sent;
  });

  test('goes on behind a cursor, over a restart', async () => {
    const hall = await openHall();
    await bear(hall, 'a', 'b');
    const { cursor } = await upTo(reading(hall, hall.troupe.feed()), 4);
    await hall.close();
    await hall.reopen();
    await bear(hall, 'c');
    const next = reading(hall, hall.troupe.feed({ after: cursor }));
    expect((await upTo(next, 2)).keys).toEqual(['speaker/c@1', 'speaker/c@2']);
  });

  test('selects kinds, types and labels; the cursor moves on over what was left out', async () => {
    const hall = await openHall();
    await bear(hall, 'a');
    await speakerOf(hall, 'b').send({ type: 'line', text: 'x' }, { labels: { team: 'blue' } });
    const lines = await reading(hall, hall.troupe.feed({ types: ['line'] }))();
    expect(lines.items.map(({ event }) => event.type)).toEqual(['line', 'line']);
    const blue = await reading(hall, hall.troupe.feed({ labels: { team: 'blue' } }))();
    expect(blue.items.map(key)).toEqual(['speaker/b@1', 'speaker/b@2']);
    const none = await reading(hall, hall.troupe.feed({ kind: 'other' }))();
    expect(none).toMatchObject({ items: [], cursor: blue.cursor });
  });

  test('that stops reading frees what it held', async () => {
    const hall = await openHall();
    await bear(hall, 'a');
    for await (const _ of hall.troupe.feed()) break;
    expect(hall.opened.news.size).toBe(0);
  });
});
