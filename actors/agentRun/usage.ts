/**
 * What a run used up, counted once.
 *   - A key counts once; the engine that repeats a report under it adds nothing.
 *   - A counter that goes up counts by its difference, within its scope: a process's since the process began,
 *     a turn's since the turn began, a message's since the message began. A counter that goes down has begun
 *     anew. Two agents (a sub-agent's calls have a parent) are two counters.
 *   - Without a price the tokens count as unpriced; no cost is guessed.
 */
import { hasId, noIds, withId } from './ids.ts';
import type { Ids } from './ids.ts';
import { nameBytesMax, readingsMax } from './limits.ts';
import { clipped, markOf } from './text.ts';
import type { RunEventOf } from './vocabulary.ts';

/** Counted tokens; those of the cache are told apart. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** What was used, added up. */
export interface UsageCounts extends Tokens {
  readonly costMicroUsd: number;
  readonly unpricedTokens: number;
}

/** What these tokens of this model cost in micro-USD; undefined if it has no price. Pure. */
export type Price = (model: string, tokens: Tokens) => number | undefined;

/** The last reading of a counter that goes up: `of` tells which one it is, `unit` where it began. */
interface Reading {
  readonly of: string;
  readonly unit: string;
  /** input, output, cacheRead, cacheWrite, costMicroUsd. */
  readonly counts: readonly number[];
}

/** What must be remembered to count each report once. */
export interface Meter {
  readonly keys: Ids;
  readonly readings: readonly Reading[];
}

export const startMeter: Meter = { keys: noIds, readings: [] };

export const noUsage: UsageCounts = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  costMicroUsd: 0,
  unpricedTokens: 0,
};

/** Names of the counts of a usage entry, in its order. */
export const usageCountNames = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'costMicroUsd',
  'unpricedTokens',
] as const satisfies readonly (keyof UsageCounts)[];

/** Where in the run a report was made. */
export interface UsagePlace {
  readonly processId: string | null;
  readonly turns: number;
}

export interface Metered {
  readonly meter: Meter;
  readonly model: string;
  /** What this report adds; undefined if it adds nothing because its key was counted. */
  readonly counts: UsageCounts | undefined;
}

type UsageEvent = RunEventOf<'usage'>;

/** Counts one report. */
export function metered(meter: Meter, event: UsageEvent, place: UsagePlace, price?: Price): Metered {
  const model = clipped(event.model, nameBytesMax);
  if (hasId(meter.keys, event.key)) return { meter, model, counts: undefined };
  const keys = withId(meter.keys, event.key);
  if (event.mode === 'delta') {
    return { meter: { ...meter, keys }, model, counts: priced(event, countsOf(event), price) };
  }
  const reading = { of: counterOf(event), unit: unitOf(event, place), counts: countsOf(event) };
  const before = meter.readings.find(({ of }) => of === reading.of);
  const others = meter.readings.filter((other) => other !== before);
  const readings = [...others, reading].slice(-readingsMax);
  return { meter: { keys, readings }, model, counts: priced(event, differenceOf(before, reading), price) };
}

function countsOf({ input, output, cacheRead = 0, cacheWrite = 0, costMicroUsd = 0 }: UsageEvent): number[] {
  return [input, output, cacheRead, cacheWrite, costMicroUsd];
}

function counterOf({ model, scope, parentCallId }: UsageEvent): string {
  return markOf(JSON.stringify([model, scope, parentCallId ?? null]));
}

function unitOf({ scope, messageId }: UsageEvent, { processId, turns }: UsagePlace): string {
  const within = scope === 'turn' ? turns : scope === 'message' ? (messageId ?? null) : null;
  return markOf(JSON.stringify([processId, within]));
}

function differenceOf(before: Reading | undefined, { unit, counts }: Reading): readonly number[] {
  if (before?.unit !== unit) return counts;
  const differences = counts.map((count, i) => count - (before.counts[i] ?? 0));
  return differences.some((difference) => difference < 0) ? counts : differences;
}

function priced(event: UsageEvent, counts: readonly number[], price: Price | undefined): UsageCounts {
  const [input = 0, output = 0, cacheRead = 0, cacheWrite = 0, cost = 0] = counts;
  const tokens = { input, output, cacheRead, cacheWrite };
  if (event.costMicroUsd !== undefined) return { ...tokens, costMicroUsd: cost, unpricedTokens: 0 };
  const found = price?.(event.model, tokens);
  if (found !== undefined) return { ...tokens, costMicroUsd: Math.round(found), unpricedTokens: 0 };
  return { ...tokens, costMicroUsd: 0, unpricedTokens: input + output + cacheRead + cacheWrite };
}

/** The sum of two. */
export function usageSum(a: UsageCounts, b: UsageCounts): UsageCounts {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    costMicroUsd: a.costMicroUsd + b.costMicroUsd,
    unpricedTokens: a.unpricedTokens + b.unpricedTokens,
  };
}

/** All tokens of any kind. */
export function tokensOf({ input, output, cacheRead, cacheWrite }: Tokens): number {
  return input + output + cacheRead + cacheWrite;
}
