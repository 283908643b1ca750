/**
 * What a server costs, sample by sample, and which of it may not grow. Memory is what is the process's
 * own: pages of the mapped journal come and go as the system likes. The disk grows with what is recorded,
 * so what is judged there is bytes a fact.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from '../site/site.ts';
import { floorOf } from './slope.ts';
import type { Point, Tolerance } from './slope.ts';

const mib = 1024 * 1024;

export interface Measure {
  readonly name: string;
  readonly unit: string;
  /** Absent: shown, not judged. */
  readonly tolerance?: Tolerance;
  /** Judged by the least of so many samples. */
  readonly floor?: number;
}

export const measures = {
  ownMemory: { name: 'memory of its own', unit: 'MiB', tolerance: { share: 0.1, least: 24 }, floor: 5 },
  residentMemory: { name: 'resident memory, mapped journal included', unit: 'MiB' },
  heap: {
    name: 'heap of the main thread, without garbage',
    unit: 'MiB',
    tolerance: { share: 0.1, least: 4 },
  },
  descriptors: { name: 'open files and sockets', unit: '', tolerance: { share: 0.1, least: 8 } },
  disk: { name: 'disk', unit: 'MiB' },
  factBytes: { name: 'bytes on disk a note', unit: 'B', tolerance: { share: 0.15, least: 64 } },
  lag: {
    name: 'lag of a reader, p99 of each sample',
    unit: 'ms',
    tolerance: { share: 1, least: 500 },
    floor: 3,
  },
  answers: { name: 'answers', unit: '/s' },
} as const satisfies Readonly<Record<string, Measure>>;

export type MeasureName = keyof typeof measures;
export type Sample = Readonly<Record<MeasureName, number>> & { readonly seconds: number };

/** What of a sample the machine and the server say. */
export async function costOf(
  site: Site,
): Promise<Pick<Sample, 'ownMemory' | 'residentMemory' | 'heap' | 'descriptors' | 'disk'>> {
  const status = readFileSync(`/proc/${site.pid}/status`, 'latin1');
  const kibOf = (field: string): number => {
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? NaN);
  };
  const { heapBytes } = await site.held();
  return {
    ownMemory: kibOf('RssAnon') / 1024,
    residentMemory: kibOf('VmRSS') / 1024,
    heap: heapBytes / mib,
    descriptors: readdirSync(`/proc/${site.pid}/fd`).length,
    disk: bytesIn(site.directory) / mib,
  };
}

/** Blocks that are in use: a file of a journal is longer than what is in it. */
function bytesIn(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(directory, name), { throwIfNoEntry: false })?.blocks ?? 0)
    .reduce((sum, blocks) => sum + blocks * 512, 0);
}

export function seriesOf(samples: readonly Sample[], name: MeasureName): Point[] {
  return samples.map((sample): Point => [sample.seconds, sample[name]]);
}

/** The series as it is judged. */
export function judgedSeriesOf(samples: readonly Sample[], name: MeasureName): Point[] {
  const { floor = 1 }: Measure = measures[name];
  return floorOf(seriesOf(samples, name), floor);
}
