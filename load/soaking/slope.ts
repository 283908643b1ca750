/**
 * Whether a series grows: a straight line through its second half, by least squares. The first half is
 * what a process needs to warm up. A series fails when the line rises by more than it may over that half,
 * and the rise is no accident of its scatter.
 */
import assert from 'node:assert/strict';

export type Point = readonly [seconds: number, value: number];

/** How much a series may rise over its second half: a share of its mean, and so much at least. */
export interface Tolerance {
  readonly share: number;
  readonly least: number;
}

export interface Verdict {
  readonly ok: boolean;
  /** What the line rises by over the second half. */
  readonly rise: number;
  readonly allowed: number;
  readonly mean: number;
}

/** Fewer say nothing. */
export const pointsMin = 8;
/** Of its own standard error: a rise that is smaller may be chance. */
const certainty = 3;

export function judged(series: readonly Point[], { share, least }: Tolerance): Verdict {
  const half = series.slice(Math.floor(series.length / 2));
  assert(half.length >= pointsMin, `${half.length} samples in the second half, at least ${pointsMin}`);
  const { slope, error, mean } = lineThrough(half);
  const seconds = (half.at(-1)?.[0] ?? 0) - (half[0]?.[0] ?? 0);
  const rise = slope * seconds;
  const allowed = Math.max(least, share * Math.abs(mean));
  return { ok: rise <= allowed || slope < certainty * error, rise, allowed, mean };
}

/** Least squares: the line's slope, the standard error of that, and the mean. */
export function lineThrough(points: readonly Point[]): {
  readonly slope: number;
  readonly error: number;
  readonly mean: number;
} {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const mean = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  assert(spread > 0, 'samples are taken at different times');
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - mean), 0) / spread;
  const scatter = points.reduce((sum, [x, y]) => sum + (y - mean - slope * (x - meanX)) ** 2, 0);
  return { slope, error: Math.sqrt(scatter / (count - 2) / spread), mean };
}

/**
 * The least of each so many values in a row: what is left when a collector has run. A heap goes up and down
 * like a saw, and a line through that says where the saw was cut off.
 */
export function floorOf(series: readonly Point[], width: number): Point[] {
  const floors: Point[] = [];
  for (let at = 0; at + width <= series.length; at += width) {
    const part = series.slice(at, at + width);
    floors.push(part.reduce((least, one) => (one[1] < least[1] ? one : least)));
  }
  return floors;
}
