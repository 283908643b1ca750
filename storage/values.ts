/**
 * Values as stored bytes: msgpack, without shared records, so that each value stands alone for ever.
 *   V1. What is stored comes back equal: plain objects, arrays, text, numbers, booleans, null, undefined,
 *       Date, Map, Set and bytes (as Uint8Array). Everything else is refused with its path, never mangled.
 *       (-0 comes back as 0.)
 *   V2. A text or bytes of more than 64 KiB becomes a body: only its hash stays in the value.
 *   V3. A key named `__proto__` is refused: no stored value can reach a prototype.
 */
import { Packr, addExtension } from 'msgpackr';
import { TroupeError } from '../actors/troupeError.ts';
import { sha256 } from './chain.ts';
import { bodyBytesMin, valueDepthMax } from './limits.ts';

/** A large leaf, kept beside the commit; `hash` (SHA-256, hex) is its name. */
export interface Body {
  readonly hash: string;
  readonly bytes: Uint8Array;
}

export interface Packed {
  readonly bytes: Buffer;
  readonly bodies: readonly Body[];
}

/** Gives the bytes of a body, or undefined when it was erased. */
export type BodyOf = (hash: string) => Uint8Array | undefined;

const packr = new Packr({ useRecords: false, variableMapSize: true });
const noBodies: readonly Body[] = [];

/** What a msgpack map of 16 bits can count. */
const keysMax = 0xffff;

const pathShownMax = 120;

/** Where large leaves are put; undefined: they stay where they are. */
type Bodies = Body[] | undefined;

/** msgpackr turns a Map into an object before it looks for extensions, so a Map travels as its pairs. */
class Pairs {
  readonly flat: unknown[];
  constructor(flat: unknown[]) {
    this.flat = flat;
  }
}

/** Text with half of a surrogate pair (a delta cut in the middle of a character) has no UTF-8 form. */
class Utf16 {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Stands where a large leaf was. */
class BodyRef {
  readonly hash: string;
  readonly text: boolean;
  constructor(hash: string, text: boolean) {
    this.hash = hash;
    this.text = text;
  }
}

/** What an erased body reads as. */
export const erasedText = '[erased]';

let bodyOf: BodyOf | undefined;

addExtension({
  Class: Pairs,
  type: 0x4d,
  pack: (pairs: Pairs) => packr.pack(pairs.flat),
  unpack: (bytes: Uint8Array) => {
    const flat = packr.unpack(bytes) as unknown[];
    const map = new Map<unknown, unknown>();
    for (let i = 0; i < flat.length; i += 2) map.set(flat[i], flat[i + 1]);
    return map;
  },
});
addExtension({
  Class: Set,
  type: 0x53,
  pack: (set: Set<unknown>) => packr.pack([...set]),
  unpack: (bytes: Uint8Array) => new Set(packr.unpack(bytes) as unknown[]),
});
addExtension({
  Class: Utf16,
  type: 0x55,
  pack: (utf16: Utf16) => Buffer.from(utf16.text, 'utf16le'),
  unpack: (bytes: Uint8Array) => Buffer.from(bytes).toString('utf16le'),
});
addExtension({
  Class: BodyRef,
  type: 0x42,
  pack: (ref: BodyRef) => Buffer.from((ref.text ? 't' : 'b') + ref.hash, 'latin1'),
  unpack: (bytes: Uint8Array) => leafOf(Buffer.from(bytes).toString('latin1')),
});

function leafOf(ref: string): unknown {
  const bytes = bodyOf?.(ref.slice(1));
  if (bytes === undefined) return erasedText;
  return ref[0] === 't' ? Buffer.from(bytes).toString('utf8') : bytes;
}

/** The value as bytes (V1–V3); `NOT_STORABLE` names the path of what cannot be stored. */
export function pack(value: unknown): Packed {
  const bodies: Body[] = [];
  const bytes = packed(storable(value, '', 0, bodies));
  return bodies.length === 0 ? { bytes, bodies: noBodies } : { bytes, bodies };
}

/** As `pack`, with large leaves inside: for what is not kept beside a commit (inputs, snapshots). */
export function packWhole(value: unknown): Buffer {
  return packed(storable(value, '', 0, undefined));
}

/** What the walk let pass and msgpackr still cannot pack (`toJSON` as a field beside `constructor`). */
function packed(value: unknown): Buffer {
  try {
    return packr.pack(value);
  } catch (error) {
    throw new TroupeError(
      'NOT_STORABLE',
      `The value cannot be packed: ${String(error)}.`,
      { path: '' },
      error,
    );
  }
}

/** Bytes of a value that Troupe itself made of plain parts: not walked. */
export function packPlain(value: unknown): Buffer {
  return packr.pack(value);
}

/** The value of `bytes`; large leaves are asked of `bodies`. Damaged bytes are `CORRUPT`. */
export function unpack(bytes: Uint8Array, bodies?: BodyOf): unknown {
  bodyOf = bodies;
  try {
    // Of a plain array: from a Buffer, msgpackr gives Buffers inside, which is not what was stored.
    return packr.unpack(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    throw new TroupeError('CORRUPT', `A stored value cannot be decoded: ${String(error)}.`, {}, error);
  } finally {
    bodyOf = undefined;
  }
}

/** The value itself where it can be packed as it is; a copy where a leaf must be replaced on the way. */
function storable(value: unknown, path: string, depth: number, bodies: Bodies): unknown {
  switch (typeof value) {
    case 'string':
      return storableText(value, bodies);
    case 'number':
    case 'boolean':
    case 'undefined':
      return value;
    case 'object':
      return value === null ? null : storableObject(value, path, depth, bodies);
    default:
      throw notStorable(path, typeof value === 'bigint' ? 'a bigint (store its text)' : `a ${typeof value}`);
  }
}

function storableText(text: string, bodies: Bodies): unknown {
  if (!text.isWellFormed()) return new Utf16(text);
  // At most 3 bytes a unit: short text needs no counting.
  const large = text.length > bodyBytesMin / 3 && Buffer.byteLength(text) > bodyBytesMin;
  return large && bodies !== undefined ? bodyRef(Buffer.from(text), true, bodies) : text;
}

function bodyRef(bytes: Uint8Array, text: boolean, bodies: Body[]): BodyRef {
  const hash = sha256(bytes).toString('hex');
  bodies.push({ hash, bytes });
  return new BodyRef(hash, text);
}

function storableObject(value: object, path: string, depth: number, bodies: Bodies): unknown {
  if (depth > valueDepthMax) throw notStorable(path, `nested deeper than ${valueDepthMax} (a cycle?)`);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) return storableArray(value, path, depth, bodies);
  if (prototype === Object.prototype || prototype === null) {
    return storableRecord(value as Record<string, unknown>, path, depth, bodies);
  }
  if (value instanceof Uint8Array) {
    return value.byteLength > bodyBytesMin && bodies !== undefined ? bodyRef(value, false, bodies) : value;
  }
  if (value instanceof Date) return value;
  if (value instanceof Map) {
    return new Pairs(storableArray([...value].flat(1), `${path}(map)`, depth, bodies) as unknown[]);
  }
  if (value instanceof Set)
    return new Set(storableArray([...value], `${path}(set)`, depth, bodies) as unknown[]);
  throw notStorable(path, `an instance of ${nameOf(prototype)}`);
}

function storableArray(items: readonly unknown[], path: string, depth: number, bodies: Bodies): unknown {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const stored = storable(item, `${path}[${i}]`, depth + 1, bodies);
    if (stored !== item) (copy ??= [...items])[i] = stored;
  }
  return copy ?? items;
}

function storableRecord(
  record: Record<string, unknown>,
  path: string,
  depth: number,
  bodies: Bodies,
): unknown {
  let copy: Record<string, unknown> | undefined;
  const keys = Object.keys(record);
  if (keys.length > keysMax) throw notStorable(path, `an object of more than ${keysMax} keys (use a Map)`);
  for (const key of keys) {
    if (key === '__proto__')
      throw notStorable(path === '' ? key : `${path}.${key}`, 'a key that names a prototype');
    if (!key.isWellFormed()) throw notStorable(path, 'an object with half a surrogate pair in a key');
    const item = record[key];
    const primitive = typeof item;
    // Most leaves are short text or numbers; they need no path and no call.
    if (primitive === 'number' || primitive === 'boolean') continue;
    const stored = storable(item, path === '' ? key : `${path}.${key}`, depth + 1, bodies);
    if (stored !== item) (copy ??= { ...record })[key] = stored;
  }
  return copy ?? record;
}

function nameOf(prototype: unknown): string {
  const constructor = (prototype as { constructor?: { name?: string } }).constructor;
  return constructor?.name ?? 'an unknown class';
}

function notStorable(path: string, what: string): TroupeError {
  const where = path === '' ? 'the value itself' : shortened(path);
  return new TroupeError('NOT_STORABLE', `Cannot store ${where}: it is ${what}. Store plain data instead.`, {
    path,
  });
}

/** Of a cycle the path is as long as values may be deep; where it begins says enough. */
function shortened(path: string): string {
  return path.length > pathShownMax ? `${path.slice(0, pathShownMax)}…` : path;
}
