/**
 * What a server costs, sample by sample. Memory is what is the process's own: pages of the mapped journal
 * come and go as the system likes.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from '../site/site.ts';

const mib = 1024 * 1024;

export interface Cost {
  readonly ownMemory: number;
  readonly residentMemory: number;
  readonly heap: number;
  readonly descriptors: number;
  readonly disk: number;
}

export interface Sample extends Cost {
  readonly seconds: number;
  /** How late a reader heard, p99 of the sample; where it heard nothing, how long that has been so. */
  readonly lag: number;
  /** A second. */
  readonly answers: number;
  /** That were answered in this sample; samples of earlier soaks do not tell. */
  readonly notes?: number;
  /** A worker was killed or not back yet in this sample; samples of earlier soaks do not tell. */
  readonly killed?: boolean;
}

/** What of a sample the machine and the server say. */
export async function costOf(site: Site): Promise<Cost> {
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
