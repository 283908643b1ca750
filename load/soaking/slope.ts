/**
 * Whether a series grows: a straight line through it, by least squares. It fails when the line rises by more
 * than it may over that time, and the rise is no accident of its scatter.
 */
import assert from 'node:assert/strict';
import { percentile } from '../measure.ts';

export type Point = readonly [seconds: number, value: number];

/** How much a series may rise: so much however short it is, and so much an hour. */
export interface Tolerance {
  readonly least: number;
  readonly perHour: number;
}

export interface Verdict {
  readonly ok: boolean;
  /** Points that were judged. */
  readonly count: number;
  /** What the line rises by. */
  readonly rise: number;
  readonly allowed: number;
  readonly median: number;
  readonly max: number;
}

/** Fewer say nothing. */
export const pointsMin = 8;
/** Of its own standard error: a rise that is smaller may be chance. */
const certainty = 3;

export function judged(series: readonly Point[], { least, perHour }: Tolerance): Verdict {
  const count = series.length;
  assert(count >= pointsMin, `${count} samples are judged, at least ${pointsMin} say something`);
  const { slope, error } = lineThrough(series);
  const seconds = (series.at(-1)?.[0] ?? 0) - (series[0]?.[0] ?? 0);
  const rise = slope * seconds;
  const allowed = least + (perHour * seconds) / 3600;
  const values = series.map(([, value]) => value);
  const [median, max] = [percentile(values, 50), percentile(values, 100)];
  return { ok: rise <= allowed || slope < certainty * error, count, rise, allowed, median, max };
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
