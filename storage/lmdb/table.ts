/**
 * One binary table of the environment. Inside `durably` its writes belong to that transaction.
 *   T1. Rows that carry no checksum of their own get one here, over key and value: LMDB has none, and would
 *       give back whatever stands in a damaged page (J12).
 *   T2. What LMDB throws leaves this file as a coded error.
 */
import { crc32 } from 'node:zlib';
import { TroupeError } from '../../actors/troupeError.ts';

/** What lmdb's own object can do, as far as it is used. */
export interface RawTable {
  getBinary(key: Buffer): Buffer | undefined;
  getBinaryFast(key: Buffer): Buffer | undefined;
  doesExist(key: Buffer): boolean;
  put(key: Buffer, value: Buffer): unknown;
  remove(key: Buffer): unknown;
  getRange(range: KeyRange): Iterable<{ readonly key: Buffer; readonly value: Buffer }>;
  getKeys(range: KeyRange): Iterable<Buffer>;
}

/** From `start` to `end` (exclusive), or backwards from `start` down to `end` (exclusive). */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** What the count gates look at. */
export interface Counters {
  puts: number;
  logPuts: number;
  flushes: number;
  reads: number;
}

/** Groups, pages and snapshots check themselves; a body's name is its hash (T1). */
const selfChecked: ReadonlySet<string> = new Set(['log', 'pages', 'snapshots', 'bodies']);
const checkBytes = 4;
/** MDB_PAGE_NOTFOUND, MDB_CORRUPTED, MDB_INVALID; MDB_BAD_TXN: one of them came before. */
const damageCodes: ReadonlySet<number> = new Set([-30797, -30796, -30793, -30782]);

export class Table {
  readonly #name: string;
  readonly #raw: RawTable;
  readonly #counters: Counters;
  readonly #isChecked: boolean;

  constructor(name: string, raw: RawTable, counters: Counters) {
    this.#name = name;
    this.#raw = raw;
    this.#counters = counters;
    this.#isChecked = !selfChecked.has(name);
  }

  get(key: Buffer): Buffer | undefined {
    const bytes = this.#read(() => this.#raw.getBinary(key));
    return bytes === undefined ? undefined : this.#checked(key, bytes);
  }

  /** The value without a copy of its own: valid until the next read of any table in this thread. */
  view(key: Buffer): Buffer | undefined {
    const bytes = this.#read(() => this.#raw.getBinaryFast(key));
    if (bytes === undefined) return undefined;
    return this.#checked(key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  has(key: Buffer): boolean {
    return this.#read(() => this.#raw.doesExist(key));
  }

  #read<T>(work: () => T): T {
    this.#counters.reads++;
    try {
      return work();
    } catch (error) {
      throw readError(error);
    }
  }

  put(key: Buffer, value: Buffer): void {
    this.#counters[this.#name === 'log' ? 'logPuts' : 'puts']++;
    this.#raw.put(key, this.#isChecked ? withCheck(key, value) : value);
  }

  remove(key: Buffer): void {
    this.#raw.remove(key);
  }

  /** Inside `durably`. The keys are read to the end before the first is removed. */
  removeRange(range: KeyRange): void {
    for (const key of Array.from(this.keys(range))) this.remove(key);
  }

  *range(range: KeyRange): Generator<Entry> {
    try {
      for (const entry of this.#raw.getRange(range)) {
        this.#counters.reads++;
        const key = Buffer.from(entry.key);
        yield { key, value: this.#checked(key, entry.value) };
      }
    } catch (error) {
      throw readError(error);
    }
  }

  /** Keys alone, in the same order; where rows have a checksum it is checked. */
  *keys(range: KeyRange): Generator<Buffer> {
    if (this.#isChecked) {
      for (const { key } of this.range(range)) yield key;
      return;
    }
    try {
      for (const key of this.#raw.getKeys(range)) {
        this.#counters.reads++;
        yield Buffer.from(key);
      }
    } catch (error) {
      throw readError(error);
    }
  }

  /** T1: the value alone. */
  #checked(key: Buffer, bytes: Buffer): Buffer {
    if (!this.#isChecked) return bytes;
    const end = bytes.length - checkBytes;
    const value = bytes.subarray(0, Math.max(0, end));
    if (end >= 0 && crc32(value, crc32(key)) === bytes.readUInt32BE(end)) return value;
    const text = `A row of "${this.#name}" has a wrong checksum. Restore a backup.`;
    throw new TroupeError('CORRUPT', text, { table: this.#name, key: key.toString('latin1') });
  }
}

/** value ‖ crc32(key ‖ value) u32. */
function withCheck(key: Buffer, value: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(value.length + checkBytes);
  bytes.set(value, 0);
  bytes.writeUInt32BE(crc32(value, crc32(key)), value.length);
  return bytes;
}

/** An error of LMDB or of the system. */
export interface Numbered extends Error {
  readonly code: number;
}

export function isNumbered(error: unknown): error is Numbered {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'number';
}

/** T2. */
function readError(error: unknown): unknown {
  if (!isNumbered(error)) return error;
  const code = damageCodes.has(error.code) ? 'CORRUPT' : 'JOURNAL_FAILED';
  return new TroupeError(code, `The journal cannot be read (${error.message}).`, { code: error.code }, error);
}
