/**
 * What a memory journal stands on: plain maps and lists, and how a commit gets into them. Everything here is
 * synchronous; memory.ts says who may do it and when.
 */
import { crc32 } from 'node:zlib';
import type { Address } from '../../actors/address.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { EncodedCommit, UsageEntry } from '../commit.ts';
import { decodeCommit } from '../commitCodec.ts';
import type { Standing, StoredSnapshot, Writer } from '../journal.ts';
import { rowAfter } from '../row.ts';

/** A stored record. Erasing its payload exchanges the bytes. */
export interface Entry {
  readonly address: Address;
  readonly seq: number;
  readonly to: number;
  record: Buffer;
  crc: number;
}

/** What is remembered of one actor; the row and the seal outlive the history. */
export interface Remembered {
  standing: Standing;
  entries: Entry[];
  snapshots: StoredSnapshot[];
  seal: Uint8Array | undefined;
  readonly bodies: Map<string, Uint8Array>;
}

/** The medium: a value, so that a test can open it again, or damage it. */
export interface Memory {
  owner: number;
  readonly actors: Map<Address, Remembered>;
  readonly forgotten: Set<Address>;
  /** Every entry in the order of appending; undefined where a history is gone. A cursor is an index. */
  readonly log: (Entry | undefined)[];
  /** Retention took entries before this index: older cursors are gone. */
  expiredTo: number;
  readonly usage: Map<string, UsageEntry>;
  /** Which writer has the slot. */
  readonly slots: Map<number, Writer>;
}

/** An empty one. */
export function newMemory(): Memory {
  return {
    owner: 0,
    actors: new Map(),
    forgotten: new Set(),
    log: [],
    expiredTo: 0,
    usage: new Map(),
    slots: new Map(),
  };
}

/** The bytes of a record as an entry that reads accept; a test that edits a record goes through here. */
export function entryOf(address: Address, seq: number, to: number, record: Buffer): Entry {
  return { address, seq, to, record, crc: crc32(record) };
}

/** J3, J4: every commit continues its actor's history, in the order given. */
export function assertNext({ actors, forgotten }: Memory, commits: readonly EncodedCommit[]): void {
  const ends = new Map<Address, number>();
  for (const { draft, to, seal } of commits) {
    const { address, seq } = draft;
    const standing = actors.get(address)?.standing;
    const end = ends.get(address) ?? (standing?.sealed === true ? Infinity : (standing?.seq ?? 0));
    if (end === Infinity || forgotten.has(address)) {
      throw new TroupeError('SEALED', `${address} has ended: its history is final.`, { address });
    }
    if (seq !== end + 1) {
      const text = `A commit of ${address} begins at seq ${seq}, but the next one is ${end + 1}.`;
      throw new TroupeError('CONFLICT', text, { address, seq, next: end + 1 });
    }
    ends.set(address, seal === undefined ? to : Infinity);
  }
}

/** J11: no snapshot is ahead of the history that it shortens. */
export function assertReached(
  { actors }: Memory,
  commits: readonly EncodedCommit[],
  snapshots: readonly StoredSnapshot[],
): void {
  for (const { address, seq } of snapshots) {
    const own = commits.findLast(({ draft }) => draft.address === address);
    const last = own?.to ?? actors.get(address)?.standing.seq ?? 0;
    if (seq <= last) continue;
    const text = `A snapshot of ${address} at seq ${seq} is ahead of its history, which ends at ${last}.`;
    throw new TroupeError('CONFLICT', text, { address, seq, last });
  }
}

/** The commit into history, log, row and usage. */
export function remember({ actors, log, usage }: Memory, { draft, to, record, seal }: EncodedCommit): void {
  const { address, seq, facts, reached, row, due } = draft;
  const before = actors.get(address);
  const at = facts.at(-1)?.at ?? 0;
  const sealed = seal !== undefined;
  const entry = entryOf(address, seq, to, Buffer.from(record));
  const actor: Pick<Remembered, 'entries' | 'snapshots' | 'bodies'> = before ?? {
    entries: [],
    snapshots: [],
    bodies: new Map<string, Uint8Array>(),
  };
  actor.entries.push(entry);
  log.push(entry);
  for (const { hash, bytes } of draft.bodies ?? []) actor.bodies.set(hash, Uint8Array.from(bytes));
  actors.set(address, {
    ...actor,
    seal: decodeCommit(entry.record).seal,
    standing: {
      ...before?.standing,
      address,
      seq: to,
      sealed,
      due: due === undefined ? (before?.standing.due ?? null) : due,
      row: rowAfter(before?.standing.row, { address, to, at, reached, row, sealed }),
    },
  });
  for (const added of draft.usage ?? []) count(usage, added);
}

function count(usage: Memory['usage'], { hour, key, counts }: UsageEntry): void {
  const name = JSON.stringify([hour, key]);
  const sums = [...(usage.get(name)?.counts ?? [])];
  for (const [i, more] of counts.entries()) sums[i] = (sums[i] ?? 0) + more;
  usage.set(name, { hour, key, counts: sums });
}

/** One snapshot a seq; what it says is due holds from now on. */
export function keep({ actors }: Memory, snapshot: StoredSnapshot): void {
  const actor = actors.get(snapshot.address);
  if (actor === undefined) return;
  const copy = { ...snapshot, chain: Buffer.from(snapshot.chain), bytes: Buffer.from(snapshot.bytes) };
  const others = actor.snapshots.filter(({ seq }) => seq !== snapshot.seq);
  actor.snapshots = [...others, copy].toSorted((a, b) => a.seq - b.seq);
  if (snapshot.due !== undefined) actor.standing = { ...actor.standing, due: snapshot.due };
}
