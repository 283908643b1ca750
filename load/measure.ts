/**
 * The stopwatch. The machine is shared and noisy, so nothing is measured alone: what is compared runs in
 * turns, in one process, and a figure is the median over the rounds (of a ratio: of the rounds' ratios).
 */
import assert from 'node:assert/strict';

/** One thing to measure: does its share of a round and gives a figure, mostly units a second. */
export type Variant = () => number | Promise<number>;

/** The figures of each variant, round by round. */
export type Samples<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/**
 * Runs every variant once a round; the first round warms up and is dropped. The order is shuffled each time,
 * by a fixed seed: in a fixed or rotating order one variant always pays for what the same other one left
 * behind (dirty pages, a busy disk).
 */
export async function inTurns<Name extends string>(
  rounds: number,
  prepare: (round: number) => Readonly<Record<Name, Variant>>,
): Promise<Samples<Name>> {
  const samples = new Map<Name, number[]>();
  const random = mulberry(20_261_121);
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of shuffled(Object.entries(prepare(round)) as [Name, Variant][], random)) {
      collectGarbage();
      const figure = await run();
      assert(Number.isFinite(figure) && figure > 0, `${name} gave no figure`);
      if (round > 0) samples.set(name, [...(samples.get(name) ?? []), figure]);
    }
  }
  return Object.fromEntries(samples) as unknown as Samples<Name>;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => [random(), item] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/** Mulberry32: a small generator that gives the same numbers everywhere. */
export function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Units a second of `work`, which says how many units it did. */
export async function rate(work: () => number | Promise<number>): Promise<number> {
  const start = performance.now();
  const units = await work();
  return (units / (performance.now() - start)) * 1000;
}

/** Milliseconds that `work` takes. */
export async function duration(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Milliseconds of processor time, of all threads: on a busy machine they say more than the clock. */
export async function processorTime(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export function median(figures: readonly number[]): number {
  return percentile(figures, 50);
}

export function percentile(figures: readonly number[], p: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  assert(sorted.length > 0, 'no figures');
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? 0;
}

/** The median of a / b over the rounds. */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return median(ratiosOf(a, b));
}

/** a / b, round by round. */
export function ratiosOf(a: readonly number[], b: readonly number[]): number[] {
  assert.equal(a.length, b.length);
  return a.map((figure, i) => figure / (b[i] ?? 0));
}

/** The middle half of these figures, as shares of one. */
export function middleOf(figures: readonly number[], of: number): number[] {
  return [25, 75].map((p) => percentile(figures, p) / of);
}

/** Between two measurements, so that none pays for another's objects; the runner gives `--expose-gc`. */
export function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
