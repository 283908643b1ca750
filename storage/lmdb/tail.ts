/**
 * The tail of one slot's log: what its last groups say and no row says yet. A writer keeps it while it
 * appends; any other thread builds its own by reading the log from the checkpoint on. Its size is bounded by
 * the bytes that riders let pass (limits.ts), and so is the time to rebuild it.
 *   T1. Everything up to the checkpoint is in rows; everything after it, up to `n`, is here.
 */
import type { Address } from '../../actors/address.ts';
import type { UsageEntry } from '../commit.ts';
import type { Position } from './group.ts';
import type { Head, HeadStep } from './head.ts';

/** Sums of one usage row over all groups up to `n`. */
export interface UsageTotal {
  readonly hour: number;
  readonly key: string;
  n: number;
  counts: readonly number[];
  /** The first group that the stored row does not hold; 0: it holds all. */
  sinceGroup: number;
  since: number;
}

/** Gives the stored sums of a usage row. */
export type LoadUsage = (hour: number, key: string) => { n: number; counts: readonly number[] } | undefined;

export class Tail {
  readonly slot: number;
  /** The last group seen. */
  n = 0;
  /** Bytes of log since this tail was made: the clock of riders. */
  bytes = 0;
  readonly heads = new Map<Address, Head>();
  /** Heads whose rows are behind, longest first. */
  readonly dirty = new Set<Head>();
  readonly usage = new Map<string, UsageTotal>();

  constructor(slot: number) {
    this.slot = slot;
  }

  /** The head moves on with a commit at `position`. */
  advance(head: Head, step: HeadStep, position: Position): void {
    head.advance(step, position);
    if (this.dirty.has(head)) return;
    head.since = this.bytes;
    head.sinceGroup = position.n;
    this.dirty.add(head);
    this.heads.set(head.address, head);
  }

  /** Adds the usage of a commit in group `n`, unless the stored row already holds that group. */
  count(entries: readonly UsageEntry[], n: number, load: LoadUsage): void {
    for (const { hour, key, counts } of entries) {
      const text = JSON.stringify(key);
      const name = usageName(hour, text);
      let total = this.usage.get(name);
      if (total === undefined) {
        total = { hour, key: text, n: 0, counts: [], ...load(hour, text), sinceGroup: 0, since: 0 };
        this.usage.set(name, total);
      }
      if (total.sinceGroup === 0) {
        if (n <= total.n) continue;
        total.sinceGroup = n;
        total.since = this.bytes;
      }
      total.counts = summed(total.counts, counts);
      total.n = n;
    }
  }

  /** The group before the first that rows do not hold (T1). */
  get checkpoint(): number {
    let before = this.n;
    for (const head of this.dirty) {
      before = head.sinceGroup - 1;
      break;
    }
    for (const { sinceGroup } of this.usage.values()) {
      if (sinceGroup > 0) before = Math.min(before, sinceGroup - 1);
    }
    return before;
  }

  /** Clean heads are a cache; the oldest go when there are more than `max`. */
  evict(max: number): void {
    const clean = this.heads.size - this.dirty.size;
    if (clean <= max) return;
    let extra = clean - max / 2;
    for (const [address, head] of this.heads) {
      if (extra <= 0) return;
      if (this.dirty.has(head)) continue;
      this.heads.delete(address);
      extra--;
    }
  }

  /** For a tail that somebody else writes: rows now hold the log up to `checkpoint`. */
  forget(checkpoint: number): void {
    for (const [address, head] of this.heads) {
      if (head.position.n > checkpoint) continue;
      this.heads.delete(address);
      this.dirty.delete(head);
    }
    for (const [name, total] of this.usage) {
      if (total.n <= checkpoint) this.usage.delete(name);
    }
    this.n = Math.max(this.n, checkpoint);
  }
}

export function usageName(hour: number, key: string): string {
  return `${hour} ${key}`;
}

export function summed(a: readonly number[], b: readonly number[]): number[] {
  const sum = [...a];
  for (let i = 0; i < b.length; i++) sum[i] = (sum[i] ?? 0) + (b[i] ?? 0);
  return sum;
}
