/**
 * What a usage fact adds to the counters that the journal keeps by UTC hour (contract D9). The same counts
 * as the digest's, from the same meter: the sum over all entries of a run is the digest's total.
 */
import { ofHistory } from './bookEvent.ts';
import type { Fact } from '../fact.ts';
import type { RunDigest } from './digest/digest.ts';
import { metered, usageCountNames } from './usage.ts';
import type { Price } from './usage.ts';

/** One counter of one hour, as a commit carries it. */
export interface RunUsageEntry {
  /** Whole hours since 1970, UTC. */
  readonly hour: number;
  /** The model, the engine (empty if unknown), then the values of the index labels, empty where not set. */
  readonly key: readonly string[];
  /** In the order of `usageCountNames`. */
  readonly counts: readonly number[];
}

const hourMs = 3_600_000;

/** The entries of `fact` for a run whose digest was `before` it; none for any other event, and none twice. */
export function usageEntries(
  before: RunDigest,
  fact: Fact,
  { price, indexLabels = [] }: { readonly price?: Price; readonly indexLabels?: readonly string[] } = {},
): readonly RunUsageEntry[] {
  const event = ofHistory(fact.event);
  const { carry, identity } = before;
  if (event.type !== 'usage' || carry === null || fact.seq !== before.seq + 1) return [];
  const { processId, used } = carry.book;
  const { counts } = metered(carry.book.meter, event, { processId, turns: used.turns }, price);
  if (counts === undefined) return [];
  const labels = indexLabels.map((name) => identity.labels[name] ?? '');
  return [
    {
      hour: Math.floor(fact.at / hourMs),
      key: [event.model, identity.engine ?? '', ...labels],
      counts: usageCountNames.map((name) => counts[name]),
    },
  ];
}
