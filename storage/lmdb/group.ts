/**
 * A group: the commits of one or more turns as one value of the log, so that a flush costs one put and reads
 * in order. Described byte by byte in docs/JOURNAL.md.
 *
 *   group = format u8 ‖ kind u8 ‖ count u16 ‖ entries
 *   entry = crc32 u32 ‖ previous slot u8, n u40, offset u16 ‖ record
 *
 * `previous` is where the same actor's commit before stands: positions belong to the log, are hashed
 * nowhere, and may point to a group that compaction has taken away.
 */
import { crc32 } from 'node:zlib';
import { TroupeError } from '../../actors/troupeError.ts';
import { glanceAt } from '../commitCodec.ts';
import type { Glance } from '../commitCodec.ts';
import { groupBytesMax } from '../limits.ts';
import { packPlain, unpack } from '../values.ts';

const format = 1;
const kinds = { commits: 1, fence: 2 } as const;
export const groupHeadBytes = 4;
const entryHeadBytes = 12;

/** Where a commit stands: in which log, in which of its groups, at which byte of it. n = 0: nowhere. */
export interface Position {
  readonly slot: number;
  readonly n: number;
  readonly offset: number;
}

export const nowhere: Position = { slot: 0, n: 0, offset: 0 };

/** What a new owner of a slot writes at its edge: whoever was there before can append no more. */
export interface Fence {
  readonly epoch: number;
  readonly pid: number;
  readonly startedAt: number;
}

/** An entry as it stands in a group or page. */
export interface GroupEntry extends Glance {
  readonly offset: number;
  readonly record: number;
  readonly previous: Position;
}

/** Collects entries until the group is full; each is copied once, when the group is built. */
export class GroupBuilder {
  readonly #records: Buffer[] = [];
  readonly #previous: Position[] = [];
  #bytes = groupHeadBytes;

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#records.length;
  }

  /** Whether the record still belongs here; a first one always does, however large. */
  fits(record: Buffer): boolean {
    return this.count === 0 || this.#bytes + entryHeadBytes + record.length <= groupBytesMax;
  }

  /** The offset at which the entry will stand. */
  add(record: Buffer, previous: Position): number {
    const offset = this.#bytes;
    this.#records.push(record);
    this.#previous.push(previous);
    this.#bytes += entryHeadBytes + record.length;
    return offset;
  }

  /** Fills `group`, which is as long as it. */
  build(group: Buffer): Buffer {
    group[0] = format;
    group[1] = kinds.commits;
    group.writeUInt16BE(this.count, 2);
    let offset = groupHeadBytes;
    this.#records.forEach((record, i) => {
      offset = writeEntry(group, offset, record, this.#previous[i] ?? nowhere);
    });
    return group;
  }
}

/** A record with its checksum and the way back. */
export function entryOf(record: Buffer, previous: Position): Buffer {
  const entry = Buffer.allocUnsafe(entryHeadBytes + record.length);
  writeEntry(entry, 0, record, previous);
  return entry;
}

/** Gives the offset behind the entry. */
function writeEntry(bytes: Buffer, offset: number, record: Buffer, previous: Position): number {
  const end = offset + entryHeadBytes + record.length;
  writePosition(bytes, offset + 4, previous);
  bytes.set(record, offset + entryHeadBytes);
  bytes.writeUInt32BE(crc32(bytes.subarray(offset + 4, end)), offset);
  return end;
}

/** slot u8 ‖ n u40 ‖ offset u16. */
export function writePosition(bytes: Buffer, offset: number, { slot, n, offset: inside }: Position): void {
  bytes[offset] = slot;
  bytes.writeUIntBE(n, offset + 1, 5);
  bytes.writeUInt16BE(inside, offset + 6);
}

export function readPosition(bytes: Buffer, offset: number): Position {
  const slot = bytes[offset] ?? 0;
  return { slot, n: bytes.readUIntBE(offset + 1, 5), offset: bytes.readUInt16BE(offset + 6) };
}

export function fenceBytes(fence: Fence): Buffer {
  const body = packPlain(fence);
  const head = Buffer.from([format, kinds.fence, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([head, body]);
}

/** The fence that `group` is, or undefined when it holds commits. */
export function fenceOf(group: Buffer): Fence | undefined {
  if (group[1] !== kinds.fence) return undefined;
  const body = group.subarray(8);
  if (group.length < 9 || crc32(body) !== group.readUInt32BE(4))
    throw corrupt('a fence has a wrong checksum');
  return unpack(body) as Fence;
}

/** Every entry of a group, each checked; a fence has none. */
export function* entriesOf(group: Buffer): Generator<GroupEntry> {
  if (group.length < groupHeadBytes || group[0] !== format) throw corrupt('a group has no known format');
  if (fenceOf(group) !== undefined) return;
  if (group[1] !== kinds.commits) throw corrupt('a group has no known kind');
  const count = group.readUInt16BE(2);
  let offset = groupHeadBytes;
  for (let i = 0; i < count; i++) {
    const entry = entryAt(group, offset);
    yield entry;
    offset = entry.end;
  }
  if (offset !== group.length) throw corrupt('a group is longer than its entries');
}

/** The entry at `offset`, checked. */
export function entryAt(bytes: Buffer, offset: number): GroupEntry {
  const glance = glanceIn(bytes, offset);
  if (glance === undefined) throw corrupt('an entry does not fit into its group');
  return checked(bytes, offset, glance);
}

/** Whose entry stands at `offset`, if one does; not checked yet. */
function glanceIn(bytes: Buffer, offset: number): Glance | undefined {
  const record = offset + entryHeadBytes;
  return offset >= groupHeadBytes && record < bytes.length ? glanceAt(bytes, record) : undefined;
}

function checked(bytes: Buffer, offset: number, glance: Glance): GroupEntry {
  if (crc32(bytes.subarray(offset + 4, glance.end)) !== bytes.readUInt32BE(offset)) {
    throw corrupt(`an entry of ${glance.address} at seq ${glance.seq} has a wrong checksum`);
  }
  const { address, seq, to, sealed, end } = glance;
  const previous = readPosition(bytes, offset + 4);
  return { address, seq, to, sealed, end, offset, record: offset + entryHeadBytes, previous };
}

/** The entry of this commit: at the offset where it was written, or wherever a rewrite has moved it. */
export function entryIn(group: Buffer, offset: number, address: string, seq: number): GroupEntry {
  const glance = glanceIn(group, offset);
  if (glance?.address === address && glance.seq <= seq && glance.to >= seq)
    return checked(group, offset, glance);
  for (const entry of entriesOf(group)) {
    if (entry.address === address && entry.seq <= seq && entry.to >= seq) return entry;
  }
  throw corrupt(`the commit of ${address} with seq ${seq} is not where the log says`);
}

function corrupt(why: string): TroupeError {
  return new TroupeError('CORRUPT', `The log cannot be read: ${why}. Restore a backup.`, { why });
}
