/**
 * What runs used, by UTC hour, model and engine: counted when the facts were recorded, so that asking folds
 * no history, and survives it.
 */
import { usageCountNames } from '../actors/agentRun/usage.ts';
import type { UsageCounts } from '../actors/agentRun/usage.ts';
import { TroupeError } from '../actors/troupeError.ts';
import type { Journal } from '../storage/journal.ts';

export type UsagePart = 'hour' | 'model' | 'engine';

export interface UsageOptions {
  /** From the hour of this time on, and before the hour of that one; absent: all there is. */
  readonly since?: number | Date;
  readonly until?: number | Date;
  /** What is told apart; absent: nothing, one sum. */
  readonly by?: readonly UsagePart[];
}

export interface UsageRow extends UsageCounts {
  /** Its beginning. */
  readonly hour?: number;
  readonly model?: string;
  readonly engine?: string;
}

const hourMs = 3_600_000;
const hourMax = 0xffff_ffff;
const parts: readonly UsagePart[] = ['hour', 'model', 'engine'];

export async function usageOf(journal: Journal, options: UsageOptions = {}): Promise<readonly UsageRow[]> {
  const { since, until, by = [] } = options;
  const unknown = by.find((part) => !parts.includes(part));
  if (unknown !== undefined) {
    const text = `Usage is told by ${parts.join(', ')}, not by "${unknown}".`;
    throw new TroupeError('INVALID_OPTION', text, { by });
  }
  const from = since === undefined ? 0 : Math.floor(Number(since) / hourMs);
  const to = until === undefined ? hourMax : Math.ceil(Number(until) / hourMs);
  const sums = new Map<
    string,
    { readonly row: Omit<UsageRow, keyof UsageCounts>; readonly counts: number[] }
  >();
  for (const { hour, key, counts } of await journal.usage(from, to)) {
    const [kind, model = '', engine = ''] = key;
    if (kind !== 'run') continue;
    const all = { hour: hour * hourMs, model, engine };
    const row = Object.fromEntries(by.map((part) => [part, all[part]]));
    const name = JSON.stringify(row);
    const sum = sums.get(name) ?? { row, counts: usageCountNames.map(() => 0) };
    sums.set(name, { row, counts: sum.counts.map((count, i) => count + (counts[i] ?? 0)) });
  }
  return Array.from(sums.values(), ({ row, counts }) => ({ ...row, ...named(counts) }));
}

function named(counts: readonly number[]): UsageCounts {
  const entries = usageCountNames.map((name, i) => [name, counts[i] ?? 0]);
  return Object.fromEntries(entries) as UsageCounts; // All of its names.
}
