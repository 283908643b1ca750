/**
 * What of a soak may not grow, and by how much. Allowed is what scatter amounts to, and so much an hour: a
 * short soak does not fail by noise, and a long one tells a slow leak. Lag is judged apart in samples with
 * a killed worker, where it is the recovery, and in those without: each series would hide the other.
 */
import assert from 'node:assert/strict';
import type { Sample } from './sampled.ts';
import { floorOf, judged } from './slope.ts';
import type { Point, Tolerance, Verdict } from './slope.ts';

/** Caches fill and code is compiled: what happens before is shown, not judged. */
export const warmUpSeconds = 180;

export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly points: (samples: readonly Sample[]) => Point[];
  /** Absent: shown, not judged. */
  readonly tolerance?: Tolerance;
  /** Judged by the least of so many samples. */
  readonly floor?: number;
  /** Of samples that an earlier soak has kept; one of today has no points of it. */
  readonly earlier?: true;
}

type Plain = 'ownMemory' | 'residentMemory' | 'heap' | 'descriptors' | 'disk' | 'lag' | 'answers';

const plain = (name: Plain) => (samples: readonly Sample[]) =>
  samples.map((sample): Point => [sample.seconds, sample[name]]);

const lagWhere = (killed: boolean | undefined) => (samples: readonly Sample[]) =>
  plain('lag')(samples.filter((sample) => sample.killed === killed));

// Neighbours on a busy machine cost some tens of milliseconds.
const lagTolerance = { least: 100, perHour: 60 };
const recoveryTolerance = { least: 250, perHour: 250 };
const bytesTolerance = { least: 24, perHour: 16 };

export const measures = {
  ownMemory: {
    name: 'memory of its own',
    unit: 'MiB',
    points: plain('ownMemory'),
    tolerance: { least: 24, perHour: 16 },
    // A collector makes a saw of it.
    floor: 5,
  },
  residentMemory: {
    name: 'resident memory, mapped journal included',
    unit: 'MiB',
    points: plain('residentMemory'),
  },
  heap: {
    name: 'heap of the main thread, without garbage',
    unit: 'MiB',
    points: plain('heap'),
    tolerance: { least: 3, perHour: 2 },
  },
  descriptors: {
    name: 'open files and sockets',
    unit: '',
    points: plain('descriptors'),
    tolerance: { least: 8, perHour: 4 },
  },
  disk: { name: 'disk', unit: 'MiB', points: plain('disk') },
  noteBytes: {
    name: 'bytes that a note added to the disk',
    unit: 'B',
    points: (samples: readonly Sample[]) => bytesEach(samples, ({ notes }) => notes),
    tolerance: bytesTolerance,
  },
  answerBytes: {
    name: 'bytes that an answer added to the disk (this soak did not count notes)',
    unit: 'B',
    points: (samples: readonly Sample[]) => bytesEach(samples, answersOf),
    tolerance: bytesTolerance,
    earlier: true,
  },
  lag: {
    name: 'lag of a reader, p99 of each sample without a kill',
    unit: 'ms',
    points: lagWhere(false),
    tolerance: lagTolerance,
  },
  recovery: {
    name: 'lag of a reader by a kill, p99 of the worst sample of each',
    unit: 'ms',
    points: worstOfKills,
    tolerance: recoveryTolerance,
  },
  anyLag: {
    name: 'lag of a reader, p99 of each sample (this soak did not tell which had a kill)',
    unit: 'ms',
    points: lagWhere(undefined),
    tolerance: recoveryTolerance,
    earlier: true,
  },
  answers: { name: 'answers', unit: '/s', points: plain('answers') },
} as const satisfies Readonly<Record<string, Measure>>;

export type MeasureName = keyof typeof measures;

export const measureNames = Object.keys(measures) as readonly MeasureName[];

export function seriesOf(samples: readonly Sample[], name: MeasureName): Point[] {
  return measures[name].points(samples);
}

/** Those of which this soak has something to show. */
export function shownOf(samples: readonly Sample[]): readonly MeasureName[] {
  return measureNames.filter((name) => seriesOf(samples, name).length > 0);
}

/** Undefined: it is not judged. Judged is the second half, and nothing of the warm-up. */
export function verdictOf(
  samples: readonly Sample[],
  name: MeasureName,
  warmUp = warmUpSeconds,
): Verdict | undefined {
  const { tolerance, floor = 1 }: Measure = measures[name];
  if (tolerance === undefined) return undefined;
  const from = Math.max(warmUp, (samples.at(-1)?.seconds ?? 0) / 2);
  const isJudged = ([seconds]: Point): boolean => seconds >= from;
  const series = seriesOf(samples, name);
  const verdict = judged(floorOf(series, floor).filter(isJudged), tolerance);
  // Of all samples, not of floors: the most that there was.
  return { ...verdict, max: Math.max(...series.filter(isJudged).map(([, value]) => value)) };
}

export type Verdicts = Partial<Readonly<Record<MeasureName, Verdict>>>;

/** Of every measure that is judged; a soak of today has points of each. */
export function verdictsOf(samples: readonly Sample[]): Verdicts {
  const shown = shownOf(samples);
  const isEarlier = shown.some((name) => (measures[name] as Measure).earlier);
  const missing = measureNames.filter((name) => {
    return !isEarlier && !shown.includes(name) && (measures[name] as Measure).earlier !== true;
  });
  assert.deepEqual(missing, [], 'each measure has samples');
  return Object.fromEntries(
    shown.flatMap((name) => {
      const verdict = verdictOf(samples, name);
      return verdict === undefined ? [] : [[name, verdict]];
    }),
  );
}

/** One point a kill: it may reach from one sample into the next ones, and the worst tells of it. */
function worstOfKills(samples: readonly Sample[]): Point[] {
  const points: Point[] = [];
  let isSame = false;
  for (const { killed, seconds, lag } of samples) {
    const last = points.at(-1);
    if (killed === true && (!isSame || last === undefined)) points.push([seconds, lag]);
    else if (killed === true && last !== undefined && last[1] < lag) points.splice(-1, 1, [seconds, lag]);
    isSame = killed === true;
  }
  return points;
}

/** What the disk grew by from sample to sample, for each of what was counted meanwhile. */
function bytesEach(
  samples: readonly Sample[],
  countOf: (sample: Sample, before: Sample) => number | undefined,
): Point[] {
  return samples.slice(1).flatMap((sample, i): Point[] => {
    const before = samples[i] ?? sample;
    const count = countOf(sample, before) ?? 0;
    return count > 0 ? [[sample.seconds, ((sample.disk - before.disk) * 1024 * 1024) / count]] : [];
  });
}

/** Only where notes were not counted. */
function answersOf({ notes, answers, seconds }: Sample, before: Sample): number | undefined {
  return notes === undefined ? answers * (seconds - before.seconds) : undefined;
}
