/** The queue of an outbox (O10): what one more record costs does not depend on how many there are. */
import { describe, expect, test } from 'vitest';
import { empty, pushed, returned, taken, without } from '../../../actors/outbox/queue.ts';
import type { Entry, Queue } from '../../../actors/outbox/queue.ts';

const entry = (position: number): Entry => ({
  position,
  seq: position,
  child: 'run/a',
  kind: 'custom',
  attempts: 0,
});

function queueOf(count: number): Queue {
  let queue = empty;
  for (let position = 1; position <= count; position++) queue = pushed(queue, entry(position));
  return queue;
}

const positionsIn = (queue: Queue): number[] => queue.flat().map(({ position }) => position);
const upTo = (count: number, from = 1): number[] =>
  Array.from({ length: count - from + 1 }, (_, i) => from + i);

/** Records that stand in chunks which the other does not share: what was copied. */
const copied = (after: Queue, before: Queue): number =>
  after.filter((chunk) => !before.includes(chunk)).flat().length;

describe('O10: the cost of one more record', () => {
  test.each([0, 1, 999, 10_000, 50_000])('behind %i others is one chunk at most', (count) => {
    const before = queueOf(count);
    const after = pushed(before, entry(count + 1));
    expect(positionsIn(after)).toEqual(upTo(count + 1));
    expect(copied(after, before)).toBeLessThanOrEqual(64);
  });

  test('a queue of one list would copy them all', () => {
    const list = [queueOf(1000).flat()];
    expect(copied([[...(list[0] ?? []), entry(1001)]], list)).toBe(1001);
  });

  test('taking one from the front of 10 000 copies one chunk', () => {
    const before = queueOf(10_000);
    const { front, rest } = taken(before, 1);
    expect(front).toEqual([entry(1)]);
    expect(copied(rest, before)).toBe(63);
  });
});

describe('a queue', () => {
  test.each([0, 1, 63, 64, 65, 200])('gives %i records in order, and keeps the rest', (max) => {
    const { front, rest } = taken(queueOf(130), max);
    expect(front.map(({ position }) => position)).toEqual(upTo(Math.min(max, 130)));
    expect(positionsIn(rest)).toEqual(upTo(130, Math.min(max, 130) + 1));
  });

  test('takes back what was taken where it belongs, and touches no chunk behind it', () => {
    const before = queueOf(1000);
    const { front, rest } = taken(before, 100);
    const back = returned(rest, [front[99]!, front[0]!]);
    expect(positionsIn(back)).toEqual([1, 100, ...upTo(1000, 101)]);
    expect(back.at(-1)).toBe(rest.at(-1));
    expect(positionsIn(returned(empty, front.slice(0, 3)))).toEqual([1, 2, 3]);
  });

  test('gives up single records', () => {
    const { rest, gone } = without(queueOf(200), new Set([1, 100, 200, 999]));
    expect(gone.map(({ position }) => position)).toEqual([1, 100, 200]);
    expect(positionsIn(rest)).toEqual([...upTo(99, 2), ...upTo(199, 101)]);
  });
});
