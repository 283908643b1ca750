/**
 * Ids that were used, remembered for the life of a run (P4): each as nine characters of its hash, in buckets
 * that are single texts. Looking one up and adding one cost the same among ten ids and among ten thousand, a
 * snapshot walks a text a bucket, and ten thousand ids are 90 KB. A value: what was held stays as it was.
 */
import { idsMax } from './limits.ts';
import { hashOf } from './text.ts';

export interface Ids {
  readonly count: number;
  /** A power of two of them; the mark of an id says in which it is. */
  readonly buckets: readonly string[];
}

export const noIds: Ids = { count: 0, buckets: [''] };

const markLength = 9;
/** Marks of a bucket on average, before there are twice as many buckets. */
const bucketMarks = 32;

export function hasId({ buckets }: Ids, id: string): boolean {
  const mark = shortMarkOf(id);
  const bucket = buckets[bucketOf(mark, buckets.length)] ?? '';
  let at = bucket.indexOf(mark);
  // Across two marks the same characters mean nothing.
  while (at % markLength > 0) at = bucket.indexOf(mark, at + 1);
  return at >= 0;
}

export function withId(ids: Ids, id: string): Ids {
  if (hasId(ids, id)) return ids;
  const { count, buckets } = ids;
  const grown = count < buckets.length * bucketMarks ? [...buckets] : split(buckets);
  const mark = shortMarkOf(id);
  grown[bucketOf(mark, grown.length)] += mark;
  return { count: count + 1, buckets: grown };
}

/** Whether one more can be remembered; a run never forgets one to make room. */
export function haveRoom({ count }: Ids): boolean {
  return count < idsMax;
}

/** Twice as many buckets: each goes on in itself and in one as far behind as there were. */
function split(buckets: readonly string[]): string[] {
  const grown = Array.from({ length: buckets.length * 2 }, () => '');
  for (const bucket of buckets) {
    for (let at = 0; at < bucket.length; at += markLength) {
      const mark = bucket.slice(at, at + markLength);
      grown[bucketOf(mark, grown.length)] += mark;
    }
  }
  return grown;
}

/** 53 bits in characters of 6 bits, the lowest last. */
function shortMarkOf(id: string): string {
  const [high, low] = hashOf(id);
  let mark = '';
  for (const [bits, characters] of [
    [high, 3],
    [low, 6],
  ] as const) {
    for (let i = characters - 1; i >= 0; i--) mark += String.fromCharCode(48 + ((bits >>> (6 * i)) & 63));
  }
  return mark;
}

function bucketOf(mark: string, buckets: number): number {
  const low = (mark.charCodeAt(markLength - 2) - 48) * 64 + mark.charCodeAt(markLength - 1) - 48;
  return low & (buckets - 1);
}
