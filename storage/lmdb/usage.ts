/**
 * Usage by hour and key, summed over slots: stored rows, and over them the sums that tails hold.
 */
import type { UsageEntry } from '../commit.ts';
import { slotsMax, usageHourMax } from '../limits.ts';
import { unpack } from '../values.ts';
import type { Environment } from './environment.ts';
import { usageKey } from './keys.ts';
import { summed, usageName } from './tail.ts';
import type { Tail } from './tail.ts';

/** The hours [since, until). */
export function listUsage(
  environment: Environment,
  tails: Iterable<Tail>,
  since: number,
  until: number,
): UsageEntry[] {
  const bySlot = new Map<number, Tail>();
  for (const tail of tails) bySlot.set(tail.slot, tail);
  const sums = new Map<string, Sum>();
  const keys = new Map<string, Key>();
  const add = (hour: number, text: string, counts: readonly number[]) => {
    const name = usageName(hour, text);
    const sum = sums.get(name);
    if (sum === undefined) sums.set(name, { hour, of: keyOf(keys, text), counts });
    else sum.counts = summed(sum.counts, counts);
  };
  const start = usageKey(bound(since), 0, '');
  const end = usageKey(bound(until), 0, '');
  for (const { key, value } of environment.tables.usage.range({ start, end })) {
    const hour = key.readUInt32BE(0);
    const text = key.toString('utf8', 5);
    const { n, counts } = unpack(value) as { n: number; counts: number[] };
    const fresh = bySlot.get(key[4] ?? slotsMax)?.usage.get(usageName(hour, text));
    if (fresh === undefined || fresh.n <= n) add(hour, text, counts);
  }
  for (const tail of bySlot.values()) {
    for (const { hour, key, counts, n } of tail.usage.values()) {
      if (hour >= since && hour < until && n > storedGroup(environment, tail.slot, hour, key))
        add(hour, key, counts);
    }
  }
  return [...sums.values()]
    .toSorted((a, b) => a.hour - b.hour || (a.of.order < b.of.order ? -1 : 1))
    .map(({ hour, of, counts }) => ({ hour, key: of.key, counts }));
}

interface Sum {
  readonly hour: number;
  readonly of: Key;
  counts: readonly number[];
}

interface Key {
  readonly key: readonly string[];
  /** What it is sorted by. */
  readonly order: string;
}

/** There are as many keys as models and engines, and a row for each of them and every hour. */
function keyOf(keys: Map<string, Key>, text: string): Key {
  let known = keys.get(text);
  if (known === undefined) {
    const key = JSON.parse(text) as string[];
    keys.set(text, (known = { key, order: key.join() }));
  }
  return known;
}

/** No entry has the hour after the last one. */
function bound(hour: number): number {
  return Math.min(Math.max(0, hour), usageHourMax + 1);
}

function storedGroup(environment: Environment, slot: number, hour: number, key: string): number {
  const bytes = environment.tables.usage.view(usageKey(hour, slot, key));
  return bytes === undefined ? 0 : (unpack(bytes) as { n: number }).n;
}
