/** What a soak takes for growth, on series made by hand. */
import { expect, test } from 'vitest';
import { mulberry } from '../../load/measure.ts';
import { floorOf, judged, lineThrough } from '../../load/soaking/slope.ts';
import type { Point } from '../../load/soaking/slope.ts';

const tolerance = { least: 15, perHour: 0 };

function seriesOf(valueAt: (i: number) => number, count = 120): Point[] {
  return Array.from({ length: count }, (_, i): Point => [i, valueAt(i)]);
}

test('the line through three points is the one of the textbook', () => {
  // Means 2 and 4; slope 6 / 2; residuals 0.
  expect(
    lineThrough([
      [1, 1],
      [2, 4],
      [3, 7],
    ]),
  ).toEqual({ slope: 3, error: 0, mean: 4 });
  // Slope 1 / 2; residuals 1/6, -1/3, 1/6: their squares sum to 1/6, over 1 and a spread of 2.
  const { slope, error } = lineThrough([
    [0, 0],
    [1, 0],
    [2, 1],
  ]);
  expect(slope).toBe(0.5);
  expect(error).toBeCloseTo(Math.sqrt(1 / 12), 12);
});

test('a leak is told: it rises by 119 within 119 s, where 5 and 36 an hour are allowed', () => {
  const series = seriesOf((i) => 100 + i);
  const verdict = judged(series, { least: 5, perHour: 36 });
  expect(verdict).toMatchObject({ ok: false, count: 120, median: 160, max: 219 });
  expect(verdict.rise).toBeCloseTo(119, 9);
  expect(verdict.allowed).toBeCloseTo(5 + 1.19, 9);
});

test('the same leak an hour fails a long series, and may be noise in a short one', () => {
  // 40 an hour: 10 in a quarter of it, and 40 in all of it.
  const leaking = (minutes: number): Point[] =>
    Array.from({ length: 100 }, (_, i): Point => {
      const seconds = (i / 99) * minutes * 60;
      return [seconds, 300 + (40 * seconds) / 3600];
    });
  expect(judged(leaking(15), { least: 8, perHour: 16 }).ok).toBe(true);
  expect(judged(leaking(60), { least: 8, perHour: 16 }).ok).toBe(false);
});

test('a leak is told under noise as large as itself', () => {
  const random = mulberry(7);
  expect(
    judged(
      seriesOf((i) => 100 + i + 60 * random()),
      tolerance,
    ).ok,
  ).toBe(false);
});

test('a leak that begins late is told', () => {
  expect(
    judged(
      seriesOf((i) => 100 + 2 * Math.max(0, i - 80)),
      tolerance,
    ).ok,
  ).toBe(false);
});

test('what is flat, noisy or falling passes', () => {
  const random = mulberry(8);
  expect(
    judged(
      seriesOf(() => 100),
      tolerance,
    ).ok,
  ).toBe(true);
  expect(
    judged(
      seriesOf(() => 100 + 50 * random()),
      tolerance,
    ).ok,
  ).toBe(true);
  expect(
    judged(
      seriesOf((i) => 300 - i),
      tolerance,
    ).ok,
  ).toBe(true);
});

test('a rise within what is allowed passes, and the same rise fails where less is', () => {
  const series = seriesOf((i) => 1000 + i / 10);
  expect(judged(series, { least: 12, perHour: 0 }).ok).toBe(true);
  expect(judged(series, { least: 11, perHour: 0 }).ok).toBe(false);
});

test('too few samples are refused, not judged', () => {
  expect(() =>
    judged(
      seriesOf(() => 1, 7),
      tolerance,
    ),
  ).toThrow('7 samples are judged, at least 8 say something');
});

test('the floor of a saw is flat, and that of a saw that climbs is not', () => {
  const saw = (i: number): number => 50 + (i % 10) * 20;
  expect(
    floorOf(
      [
        [0, 3],
        [1, 1],
        [2, 2],
        [3, 9],
        [4, 8],
        [5, 7],
        [6, 0],
      ],
      3,
    ),
  ).toEqual([
    [1, 1],
    [5, 7],
  ]);
  expect(judged(floorOf(seriesOf(saw, 400), 10), tolerance).ok).toBe(true);
  expect(
    judged(
      floorOf(
        seriesOf((i) => saw(i) + i, 400),
        10,
      ),
      tolerance,
    ).ok,
  ).toBe(false);
});
