/** Latencies as people compare them: what one request in two, ten, a hundred or a thousand exceeds. */
import { percentile } from './measure.ts';
import type { Latency } from './scenario.ts';
import type { Line } from './report.ts';

const marks = [
  ['p50', 50, 2],
  ['p90', 90, 10],
  ['p99', 99, 100],
  ['p99.9', 99.9, 1000],
] as const;

export interface Percentiles {
  readonly name: string;
  readonly count: number;
  readonly ms: Readonly<Record<string, number>>;
}

/** Only those that so many values can tell; the largest besides. */
export function percentilesOf({ name, ms }: Latency): Percentiles {
  const told = marks.filter(([, , one]) => ms.length >= one * 2);
  const values = Object.fromEntries(told.map(([mark, p]) => [mark, percentile(ms, p)]));
  // Not Math.max(…): there may be more values than a call has room for.
  const max = ms.reduce((most, one) => Math.max(most, one), 0);
  return { name, count: ms.length, ms: { ...values, max } };
}

/** As a line over factors of ten: one request of so many takes longer. */
export function lineOf({ name, ms }: Percentiles): Line {
  const points = marks.flatMap(([mark, , one]): (readonly [number, number])[] => {
    const value = ms[mark];
    return value === undefined ? [] : [[one, Math.max(0.01, value)]];
  });
  return { name, points };
}
