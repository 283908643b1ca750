/**
 * What makes an older value of a newer one, written as short as is cheap to find out: histories grow, so that
 * going backwards most of it is texts and lists that were shorter. `patched` of the page undoes it.
 */
import type { Delta } from '../page/bundle/bundled.ts';

/** Of values as JSON has them; undefined: they are equal. */
export function deltaOf(newer: unknown, older: unknown): Delta | undefined {
  if (newer === older) return undefined;
  if (typeof newer === 'string' && typeof older === 'string' && newer.startsWith(older))
    return ['cut', older.length];
  if (Array.isArray(newer) && Array.isArray(older)) return shorter(listDelta(newer, older), older);
  if (isObject(newer) && isObject(older)) return objectDelta(newer, older);
  return ['was', older];
}

function listDelta(newer: readonly unknown[], older: readonly unknown[]): Delta | undefined {
  const fields: Record<string, Delta> = {};
  for (const [i, was] of older.entries()) {
    const delta: Delta | undefined = i < newer.length ? deltaOf(newer[i], was) : ['was', was];
    if (delta !== undefined) fields[i] = delta;
  }
  const isCut = older.length < newer.length;
  if (Object.keys(fields).length === 0) return isCut ? ['cut', older.length] : undefined;
  return isCut ? ['in', fields, older.length] : ['in', fields];
}

/** What moved up by one is told faster as it was. */
function shorter(delta: Delta | undefined, older: readonly unknown[]): Delta | undefined {
  if (delta === undefined || delta[0] !== 'in') return delta;
  return JSON.stringify(delta[1]).length < JSON.stringify(older).length ? delta : ['was', older];
}

type Fields = Readonly<Record<string, unknown>>;

function objectDelta(newer: Fields, older: Fields): Delta | undefined {
  const names = new Set([...Object.keys(newer), ...Object.keys(older)]);
  const entries = Array.from(names).flatMap((name): [string, Delta | null][] => {
    if (!Object.hasOwn(older, name)) return [[name, null]];
    if (!Object.hasOwn(newer, name)) return [[name, ['was', older[name]]]];
    const delta = deltaOf(newer[name], older[name]);
    return delta === undefined ? [] : [[name, delta]];
  });
  return entries.length === 0 ? undefined : ['in', Object.fromEntries(entries)];
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
