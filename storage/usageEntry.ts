/**
 * What a usage entry must be, so that each journal can count it: a row of its hour and key. Asked where
 * entries are made (the host), where they are written (commitCodec.ts) and where a log is read again, because
 * a journal that fails on an entry of its own log would never open again.
 */
import { usageCountsMax, usageHourMax, usageKeyBytesMax } from './limits.ts';

/** Why nothing can count this; undefined: it is a usage entry. */
export function usageFlaw(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return 'an entry is no object';
  const { hour, key, counts } = entry as Readonly<Record<'hour' | 'key' | 'counts', unknown>>;
  if (!isWhole(hour) || hour < 0 || hour > usageHourMax) {
    return `an hour is a whole number from 0 to ${usageHourMax}: hours since 1970, not milliseconds`;
  }
  if (!isKey(key)) return `a key is a list of texts, as JSON at most ${usageKeyBytesMax} bytes`;
  if (!isCounts(counts)) return `counts are a list of at most ${usageCountsMax} whole numbers`;
  return undefined;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isKey(key: unknown): boolean {
  if (!Array.isArray(key) || key.length > usageKeyBytesMax) return false;
  let units = 0;
  // Not `every`: it passes over holes.
  for (const part of key) {
    if (typeof part !== 'string' || !part.isWellFormed()) return false;
    units += part.length;
  }
  return units <= usageKeyBytesMax && Buffer.byteLength(JSON.stringify(key)) <= usageKeyBytesMax;
}

function isCounts(counts: unknown): boolean {
  if (!Array.isArray(counts) || counts.length > usageCountsMax) return false;
  for (const count of counts) if (!isWhole(count)) return false;
  return true;
}
