/**
 * Stored values as JSON. What JSON has no word for is tagged, so that a client can tell it from plain data:
 * `{ "$date": "2026-…Z" }`, `{ "$bytes": base64 }`, `{ "$bigint": "12" }`, `{ "$map": [[key, value], …] }`,
 * `{ "$set": […] }`, `{ "$number": "NaN" }`. An object of the user's own that looks like one of these is
 * wrapped as `{ "$plain": … }`.
 */

const tags: ReadonlySet<string> = new Set([
  '$date',
  '$bytes',
  '$bigint',
  '$map',
  '$set',
  '$number',
  '$plain',
]);

/** The value itself where nothing has to be tagged: nearly always. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return listOf(value);
  if (value instanceof Date) return { $date: isNaN(+value) ? null : value.toISOString() };
  if (value instanceof Map) return { $map: Array.from(value, (pair) => listOf(pair)) };
  if (value instanceof Set) return { $set: listOf([...value]) };
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return { $bytes: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
  }
  if (value instanceof ArrayBuffer) return { $bytes: Buffer.from(value).toString('base64') };
  return objectOf(value);
}

function listOf(list: readonly unknown[]): readonly unknown[] {
  const copy = list.map(plain);
  return copy.every((item, i) => item === list[i]) ? list : copy;
}

function objectOf(value: object): unknown {
  const entries = Object.entries(value);
  const copy = entries.map(([name, field]): [string, unknown] => [name, plain(field)]);
  const isSame = copy.every(([, field], i) => field === entries[i]?.[1]);
  const told: unknown = isSame ? value : Object.fromEntries(copy);
  const [first] = entries;
  return entries.length === 1 && first !== undefined && tags.has(first[0]) ? { $plain: told } : told;
}
