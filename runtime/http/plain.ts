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

// Every answer and every frame of a stream is walked: what needs no tag is not copied on the way.

function listOf(list: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const told = plain(list[i]);
    if (told !== list[i]) (copy ??= [...list])[i] = told;
  }
  return copy ?? list;
}

function objectOf(value: object): unknown {
  const fields = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(fields);
  let copy: Record<string, unknown> | undefined;
  for (const name of names) {
    const told = plain(fields[name]);
    if (told !== fields[name]) (copy ??= { ...fields })[name] = told;
  }
  const [first] = names;
  return names.length === 1 && first !== undefined && tags.has(first)
    ? { $plain: copy ?? value }
    : (copy ?? value);
}
