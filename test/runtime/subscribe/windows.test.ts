/** Subscriptions on virtual time: windows, structure, joins, the seal (N1–N5, N7, N9, N12, N13). */
import { describe, expect, test } from 'vitest';
import { heard, refusalOf } from '../host/kit.ts';
import { assertContiguous, delta, openHall, Reader, textOf } from './feed.ts';
import type { Hall } from './feed.ts';

const speakerOf = (hall: Hall) => hall.troupe.actor('speaker', 'a');

/** A speaker that was born, and a reader from there on. */
async function watched(windowMs?: number) {
  const hall = await openHall();
  const ref = speakerOf(hall);
  await ref.send({ type: 'line', text: 'hello ' });
  const reader = new Reader(ref.subscribe(windowMs === undefined ? {} : { windowMs }));
  await hall.idle();
  await heard();
  return { hall, ref, reader };
}

async function pass(hall: Hall, ms: number): Promise<void> {
  hall.clock.advance(ms);
  await hall.idle();
  await heard();
}

describe('a subscription without `after`', () => {
  test('begins with one reset, that says where the actor stands', async () => {
    const { reader } = await watched();
    expect(reader.news).toHaveLength(1);
    const [first] = reader.news;
    expect(first).toMatchObject({ address: 'speaker/a', from: 1, to: 2, facts: [], sealed: false });
    expect(first?.reset).toMatchObject({ seq: 2, state: ['talking'], tags: [], digest: { seq: 2 } });
  });
});

describe('N1: five deltas in a window', () => {
  test('are told when it ends, as one, with the range they stand for', async () => {
    const { hall, ref, reader } = await watched();
    for (const text of ['a', 'b', 'c', 'd', 'e']) await ref.send(delta(text));
    await pass(hall, 32);
    expect(reader.news).toHaveLength(1);
    await pass(hall, 1);
    expect(reader.news).toHaveLength(2);
    expect(reader.news[1]).toMatchObject({
      from: 3,
      to: 7,
      facts: [{ seq: 3, to: 7, event: delta('abcde') }],
    });
  });
});

describe('N2: deltas that never stop', () => {
  test('are told once a window; later ones do not move its end', async () => {
    const { hall, ref, reader } = await watched(30);
    for (let i = 0; i < 30; i++) {
      await ref.send(delta('.'));
      await pass(hall, 10);
    }
    expect(reader.news.length).toBeGreaterThanOrEqual(10);
    await pass(hall, 30);
    expect(reader.text).toBe('.'.repeat(30));
    assertContiguous(reader.news);
  });

  test('within one window of silence everything was told', async () => {
    const { hall, ref, reader } = await watched();
    await ref.send(delta('last'));
    await pass(hall, 33);
    expect(reader.text).toBe('last');
  });
});

describe('N3: whatever has structure', () => {
  test('is told at once, behind the text before it', async () => {
    const { hall, ref, reader } = await watched();
    await ref.send(delta('a'));
    await ref.send(delta('b'));
    await ref.send({ type: 'line', text: '|' });
    await hall.idle();
    await heard();
    expect(reader.news.slice(1)).toMatchObject([
      {
        from: 3,
        to: 5,
        facts: [
          { seq: 3, to: 4, event: delta('ab') },
          { seq: 5, event: { type: 'line' } },
        ],
      },
    ]);
  });

  test('says the state it led to', async () => {
    const { hall, ref, reader } = await watched();
    await ref.send({ type: 'rest' });
    await hall.idle();
    await heard();
    expect(reader.news.at(-1)).toMatchObject({ state: ['resting'], tags: ['quiet'] });
  });

  test('a window of no length tells every commit', async () => {
    const { hall, ref, reader } = await watched(0);
    for (const text of ['a', 'b', 'c']) {
      await ref.send(delta(text));
      await hall.idle();
      await heard();
    }
    expect(reader.news.slice(1).map(({ from, to }) => [from, to])).toEqual([
      [3, 3],
      [4, 4],
      [5, 5],
    ]);
  });
});

describe('N4: two subscribers', () => {
  test('with other windows get the same text, in other pieces', async () => {
    const { hall, ref, reader } = await watched(10);
    const slow = new Reader(ref.subscribe({ windowMs: 500 }));
    await hall.idle();
    for (let i = 0; i < 50; i++) {
      await ref.send(delta(`${i} `));
      await pass(hall, 7);
    }
    await pass(hall, 500);
    expect(reader.text).toBe(slow.text);
    expect(reader.news.length).toBeGreaterThan(slow.news.length);
    assertContiguous(reader.news);
    assertContiguous(slow.news);
  });

  test('of one window share what crosses; one that joins is told where it stands at once', async () => {
    const { hall, ref, reader } = await watched();
    await ref.send(delta('a'));
    const second = new Reader(ref.subscribe());
    await hall.idle();
    await heard();
    expect(second.news).toMatchObject([{ from: 1, to: 3, reset: { seq: 3 } }]);
    await ref.send(delta('b'));
    await pass(hall, 33);
    expect([reader.text, second.text]).toEqual(['ab', 'b']);
    assertContiguous(reader.news);
    assertContiguous(second.news);
  });
});

describe('N5: a subscription with `after`', () => {
  test('is told everything behind that fact, then goes on', async () => {
    const { hall, ref } = await watched();
    for (let i = 0; i < 600; i++) ref.push(delta(`${i} `));
    await ref.flush();
    const reader = new Reader(ref.subscribe({ after: 0 }));
    ref.push({ type: 'line', text: 'live' });
    await ref.flush();
    await pass(hall, 33);
    const history: string[] = [];
    for await (const { event } of ref.history()) history.push('text' in event ? (event.text ?? '') : '');
    expect(reader.text).toBe(history.join(''));
    assertContiguous(reader.news);
    expect(reader.news.every(({ reset }) => reset === undefined)).toBe(true);
  });

  test('sees whatever is sent after the call returned', async () => {
    const { hall, ref } = await watched();
    const reader = new Reader(ref.subscribe({ after: 2 }));
    const sent = ref.send({ type: 'line', text: 'x' });
    await sent;
    await hall.idle();
    await heard();
    expect(reader.text).toBe('x');
  });

  test('knows the state also where no commit in reach tells it', async () => {
    const { hall, ref } = await watched();
    for (let i = 0; i < 20; i++) await ref.send(delta('.'));
    const reader = new Reader(ref.subscribe({ after: 10 }));
    await hall.idle();
    await heard();
    expect(reader.news[0]).toMatchObject({ from: 11, state: ['talking'] });
  });

  test('beyond the end is refused', async () => {
    const { ref } = await watched();
    expect(await refusalOf(ref.subscribe({ after: 3 }).next())).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('an actor without a history', () => {
  test('is NOT_FOUND, and is not made by it', async () => {
    const hall = await openHall();
    expect(await refusalOf(speakerOf(hall).subscribe().next())).toMatchObject({ code: 'NOT_FOUND' });
    expect(await speakerOf(hall).exists()).toBe(false);
  });

  test('is waited for with `wait`: its first fact is the first that is told', async () => {
    const hall = await openHall();
    const reader = new Reader(speakerOf(hall).subscribe({ wait: true }));
    await hall.idle();
    await speakerOf(hall).send({ type: 'line', text: 'born' });
    await hall.idle();
    await heard();
    expect(reader.news).toMatchObject([{ from: 1, to: 2, facts: [{ event: { type: 'actor.born' } }, {}] }]);
  });
});

describe('N7: the seal', () => {
  test('is the last notification, with the text before it; then the iteration ends', async () => {
    const { ref, reader } = await watched();
    await ref.send(delta('a'));
    await ref.send({ type: 'end' });
    await reader.ended;
    expect(reader.error).toBeUndefined();
    expect(reader.news.at(-1)).toMatchObject({ from: 3, to: 4, sealed: true, state: ['over'] });
    // N9: what is announced is what is read.
    expect((await ref.snapshot()).status).toBe('sealed');
  });

  test('is told to whoever comes afterwards, with and without `after`', async () => {
    const { ref } = await watched();
    await ref.send({ type: 'end' });
    const late = new Reader(ref.subscribe());
    const all = new Reader(ref.subscribe({ after: 0 }));
    const none = new Reader(ref.subscribe({ after: 3 }));
    await Promise.all([late.ended, all.ended, none.ended]);
    expect(late.news).toMatchObject([{ from: 1, to: 3, sealed: true, reset: { seq: 3, state: ['over'] } }]);
    expect(all.news.at(-1)).toMatchObject({ to: 3, sealed: true });
    expect(textOf(all.news)).toBe('hello ');
    expect(none.news).toMatchObject([{ from: 4, to: 3, facts: [], sealed: true }]);
  });
});

describe('N12: flush', () => {
  test('resolves when what was pushed has reached whoever reads, before the window ends', async () => {
    const { ref, reader } = await watched(10_000);
    for (const text of 'abc') ref.push(delta(text));
    await ref.flush();
    expect(reader.text).toBe('abc');
  });
});

describe('N13: a delta that comes while a flush is under way', () => {
  test('is told without waiting for a later event', async () => {
    const { hall, ref, reader } = await watched();
    let resume: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (resume = resolve));
    hall.holdAppends(held);
    const first = ref.send({ type: 'line', text: '1' });
    await heard();
    const second = ref.send(delta('2'));
    await heard();
    resume();
    await Promise.all([first, second]);
    await pass(hall, 33);
    expect(reader.text).toBe('12');
  });
});
