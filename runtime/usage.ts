/**
 * What runs used, by UTC hour, model, engine and index labels: counted when the facts were recorded, so that
 * asking folds no history, and survives it. Labels count as they were then, in the order that `indexLabels`
 * had; whoever changes that list begins new sums.
 */
import { usageCountNames } from '../actors/agentRun/usage.ts';
import type { UsageCounts } from '../actors/agentRun/usage.ts';
import { TroupeError } from '../actors/troupeError.ts';
import type { Journal } from '../storage/journal.ts';
import { assertNames, assertTexts } from './invalidOption.ts';

/** Which usage, and by what it is added up. */
export interface UsageOptions {
  /** From the hour of this time on, and before the hour of that one; absent: all there is. */
  readonly since?: number | Date;
  readonly until?: number | Date;
  /** What is told apart: `hour`, `model`, `engine`, or an index label; absent: nothing, one sum. */
  readonly by?: readonly string[];
}

/** Usage of one hour, or of what it is added up by. */
export interface UsageRow extends UsageCounts {
  /** The value of each part that was asked for; an hour is its beginning. */
  readonly by: Readonly<Record<string, string | number>>;
}

const hourMs = 3_600_000;
const hourMax = 0xffff_ffff;

export async function usageOf(
  journal: Journal,
  indexLabels: readonly string[],
  options: UsageOptions = {},
): Promise<readonly UsageRow[]> {
  assertNames('usage', options, { since: true, until: true, by: true });
  assertTexts('by', options.by);
  const { since, until, by = [] } = options;
  const parts = ['hour', 'model', 'engine', ...indexLabels];
  const unknown = by.find((part) => !parts.includes(part));
  if (unknown !== undefined) {
    const text = `Usage is told by ${parts.join(', ')}, not by "${unknown}".`;
    throw new TroupeError('INVALID_OPTION', text, { by });
  }
  const from = since === undefined ? 0 : Math.floor(Number(since) / hourMs);
  const to = until === undefined ? hourMax : Math.ceil(Number(until) / hourMs);
  // Of a stored key: the kind comes first, where the hour is told here.
  const places = by.map((part) => parts.indexOf(part));
  const sums = new Map<
    string,
    { readonly values: readonly (string | number)[]; readonly counts: number[] }
  >();
  for (const { hour, key, counts } of await journal.usage(from, to)) {
    if (key[0] !== 'run') continue;
    const values = places.map((place) => (place === 0 ? hour * hourMs : (key[place] ?? '')));
    const name = JSON.stringify(values);
    let sum = sums.get(name);
    if (sum === undefined) sums.set(name, (sum = { values, counts: usageCountNames.map(() => 0) }));
    for (let i = 0; i < sum.counts.length; i++) sum.counts[i] = (sum.counts[i] ?? 0) + (counts[i] ?? 0);
  }
  const sorted = [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, { values, counts }]) => ({
    by: Object.fromEntries(by.map((part, i) => [part, values[i] ?? ''])),
    ...named(counts),
  }));
}

function named(counts: readonly number[]): UsageCounts {
  const entries = usageCountNames.map((name, i) => [name, counts[i] ?? 0]);
  return Object.fromEntries(entries) as UsageCounts; // All of its names.
}
