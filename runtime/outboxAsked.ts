/**
 * What callers without types give an outbox: refused by name, before anything is sent.
 */
import { assertNames, invalidOption, isRecord } from './invalidOption.ts';
import type { DrainOptions, Lease, ReleaseOptions } from './outbox.ts';

const drainNames: Readonly<Record<keyof DrainOptions, true>> = {
  max: true,
  leaseMs: true,
  maxConsecutive: true,
  maxAttempts: true,
  id: true,
};
const releaseNames: Readonly<Record<keyof ReleaseOptions, true>> = { retryMs: true, untouched: true };

export function assertDrain(options: DrainOptions): void {
  assertNames('drain', options, drainNames);
}

export function assertRelease(options: ReleaseOptions): void {
  assertNames('release', options, releaseNames);
}

export function assertLease(lease: unknown): void {
  if (isRecord(lease) && 'leaseId' in lease) return;
  throw invalidOption('the lease', lease, 'it is what drain gave');
}

/** All of the lease, unless some are named. */
export function positionsOf({ records }: Lease, some: unknown): readonly number[] {
  if (some !== undefined) return listed('positions', some);
  const given: unknown = records;
  if (!Array.isArray(given)) throw invalidOption('the records of the lease', given, 'drain gave them');
  return listed(
    'the positions of its records',
    given.map((record: unknown) => (isRecord(record) ? record['position'] : record)),
  );
}

export function listed(option: string, given: unknown): readonly number[] {
  if (Array.isArray(given) && given.every(Number.isSafeInteger)) return given as readonly number[];
  throw invalidOption(option, given, 'it is a list of positions');
}
