/**
 * Text inside bounds. Sizes are those of JSON in UTF-8, so that a bound holds for whatever is stored of it;
 * a cut never falls into the middle of a character.
 */

/** Bytes of `text` in UTF-8. */
export function bytesOf(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (isPair(text, i)) {
      bytes += 4;
      i += 1;
    } else bytes += 3;
  }
  return bytes;
}

/** The beginning of `text` whose JSON has at most `bytesMax` bytes, without the quotes. */
export function clipped(text: string, bytesMax: number): string {
  if (text.length * 6 <= bytesMax) return text;
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const paired = isPair(text, i);
    bytes += paired ? 4 : jsonBytesOf(text.charCodeAt(i));
    if (bytes > bytesMax) return text.slice(0, i);
    if (paired) i += 1;
  }
  return text;
}

function jsonBytesOf(code: number): number {
  if (code === 0x22 || code === 0x5c) return 2;
  if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff)) return 6;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
}

function isPair(text: string, i: number): boolean {
  const [high, low] = [text.charCodeAt(i), text.charCodeAt(i + 1)];
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}

/**
 * An id of any length in at most eleven characters, to know it again. Two of the few hundred that are
 * compared at a time share one once in some ten billion runs.
 */
export function markOf(id: string): string {
  const [high, low] = hashOf(id);
  return (4294967296 * high + low).toString(36);
}

/** 53 bits of an id: the upper 21, the lower 32. */
export function hashOf(id: string): readonly [number, number] {
  let [one, two] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    one = Math.imul(one ^ code, 0x9e3779b1);
    two = Math.imul(two ^ code, 0x5f356495);
  }
  one = Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(two ^ (two >>> 13), 0xc2b2ae35);
  two = Math.imul(two ^ (two >>> 16), 0x85ebca6b) ^ Math.imul(one ^ (one >>> 13), 0xc2b2ae35);
  return [2097151 & two, one >>> 0];
}
