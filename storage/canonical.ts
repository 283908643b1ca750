/**
 * Canonical JSON: keys sorted by code unit, no white space, numbers as JSON writes them. Two programs in two
 * languages that hold the same digest write the same bytes, and so the same hash.
 */
import { TroupeError } from '../actors/troupeError.ts';

/** The canonical text of plain JSON data; `NOT_STORABLE` names what JSON cannot hold. */
export function canonicalJson(value: unknown, path = ''): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value))
    return `[${value.map((item, i) => canonicalJson(item, `${path}[${i}]`)).join(',')}]`;
  if (typeof value === 'object' && isPlain(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    const parts = entries.map(
      ([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item, `${path}.${key}`)}`,
    );
    return `{${parts.join(',')}}`;
  }
  throw new TroupeError(
    'NOT_STORABLE',
    `A digest holds plain JSON only; ${path || 'it'} is ${typeof value}.`,
    { path },
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
