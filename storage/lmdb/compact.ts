/**
 * Compaction: old groups of a log are rewritten as pages per actor, then deleted; what was erased is left
 * out on the way. A large piece of log is collected in memory, so that an actor's page is written once, and
 * put in small transactions, so that writers wait for milliseconds only.
 *   K1. Only groups that rows already cover are moved: recovery never needs them. A history that went on in
 *       another slot is moved in its own order, so that pages never skip a commit.
 *   K2. Pages first, then the rows that cursors need, then the mark, then the deletion. A crash in between
 *       leaves both copies; they are equal, and the next compaction goes on from what it finds: where the
 *       piece
 *       ends was written down first, so that two attempts, or two threads, do the same.
 */
import type { Address } from '../../actors/address.ts';
import { erasedRecord, glanceAt } from '../commitCodec.ts';
import { compactBytes, compactPageBytes, slotsMax, transactionBytes, transactionPuts } from '../limits.ts';
import type { Environment } from './environment.ts';
import { erasureOf } from './erasures.ts';
import { entriesOf, entryOf, groupHeadBytes, nowhere, writePosition } from './group.ts';
import type { GroupEntry, Position } from './group.ts';
import { holed } from './heads.ts';
import { logKey, logNumberOf, movedKey, seqKey } from './keys.ts';
import { metaNumber, putMetaNumber } from './meta.ts';
import type { MetaName } from './meta.ts';
import { lastPage, pageEntriesOf, pageOf } from './pages.ts';

export interface Compacted {
  readonly groups: number;
  readonly pages: number;
}

/** What a piece holds of one actor, and what its first commit there continues. */
interface Moving {
  readonly records: Buffer[];
  readonly previous: Position;
}

/** A piece of one log: its groups, and the records in them by actor. */
interface Piece {
  readonly keys: readonly Buffer[];
  readonly lastGroup: number;
  readonly actors: ReadonlyMap<Address, Moving>;
}

/** Moves what can be moved, piece by piece. */
export async function compactLogs(environment: Environment): Promise<Compacted> {
  let groups = 0;
  let pages = 0;
  for (let before = -1; before < groups;) {
    before = groups;
    // Once more while something moves: a slot may have waited for a later one (K1).
    for (let slot = 0; slot < slotsMax; slot++) {
      for (;;) {
        await dropMoved(environment, slot);
        const piece = pieceOf(environment, slot);
        if (piece === undefined) break;
        pages += await movePiece(environment, slot, piece);
        groups += piece.keys.length;
      }
    }
  }
  return { groups, pages };
}

function pieceOf(environment: Environment, slot: number): Piece | undefined {
  const compacted = metaNumber(environment, 'compacted', slot);
  const begun = metaNumber(environment, 'compacting', slot);
  const end = begun > compacted ? begun : metaNumber(environment, 'checkpoint', slot);
  const actors = new Map<Address, Moving>();
  const keys: Buffer[] = [];
  let bytes = 0;
  for (const { key, value } of environment.tables.log.range({
    start: logKey(slot, compacted + 1),
    end: logKey(slot, end + 1),
  })) {
    const entries = [...entriesOf(value)];
    if (entries.some((entry) => isAhead(environment, slot, entry))) break;
    for (const { address, record, end: recordEnd, previous } of entries) {
      const moving = actors.get(address) ?? { records: [], previous };
      moving.records.push(value.subarray(record, recordEnd));
      actors.set(address, moving);
    }
    keys.push(key);
    bytes += value.length;
    if (begun <= compacted && bytes >= compactBytes) break;
  }
  const last = keys.at(-1);
  return last === undefined ? undefined : { keys, lastGroup: logNumberOf(last), actors };
}

/** K1. It continues a commit in another slot that is not moved yet. */
function isAhead(environment: Environment, slot: number, { previous }: GroupEntry): boolean {
  if (previous.n === 0 || previous.slot === slot) return false;
  return metaNumber(environment, 'compacted', previous.slot) < previous.n;
}

/** K2. Resolves with the number of pages written. */
async function movePiece(environment: Environment, slot: number, piece: Piece): Promise<number> {
  let pages = 0;
  let bytes = 0;
  environment.durably(() => raiseMeta(environment, 'compacting', slot, piece.lastGroup));
  await inTransactions(environment, piece.actors, ([address, { records, previous }]) => {
    for (const { seq, page } of pagesOf(environment, address, records)) {
      environment.tables.pages.put(seqKey(address, seq), page);
      pages++;
      bytes += page.length;
    }
    environment.tables.moved.put(movedKey(slot, piece.lastGroup, address), movedOf(slot, records, previous));
    dropMarks(environment, address, records);
    if (bytes < transactionBytes) return false;
    bytes = 0;
    return true;
  });
  environment.durably(() => raiseMeta(environment, 'compacted', slot, piece.lastGroup));
  return pages;
}

/** Groups that pages hold by now; also those that a crash has left. */
async function dropMoved(environment: Environment, slot: number): Promise<void> {
  environment.fresh();
  const compacted = metaNumber(environment, 'compacted', slot);
  const range = { start: logKey(slot, 0), end: logKey(slot, compacted + 1) };
  const keys = Array.from(environment.tables.log.keys(range));
  let removed = 0;
  await inTransactions(environment, keys, (key) => {
    environment.tables.log.remove(key);
    return ++removed % transactionPuts === 0;
  });
  environment.fresh();
}

/** Inside `durably`. Another thread may have come further. */
function raiseMeta(environment: Environment, name: MetaName, slot: number, n: number): void {
  if (n > metaNumber(environment, name, slot)) putMetaNumber(environment, name, slot, n);
}

/** Works through the items in transactions of its own making: `work` says when one is full. */
async function inTransactions<T>(
  environment: Environment,
  items: Iterable<T>,
  work: (item: T) => boolean,
): Promise<void> {
  const queue = [...items];
  for (let i = 0; i < queue.length;) {
    environment.durably(() => {
      while (i < queue.length && !work(queue[i++] as T)) continue;
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Inside `durably`. The actor's last page grows until it is full; then new ones follow. */
function* pagesOf(
  environment: Environment,
  address: Address,
  records: readonly Buffer[],
): Generator<{ readonly seq: number; readonly page: Buffer }> {
  const { historyTo, bodiesTo } = erasureOf(environment, address);
  const last = lastPage(environment, address, Infinity);
  const before = last === undefined ? [] : [...pageEntriesOf(last.page)];
  const moved = Math.max(before.at(-1)?.to ?? 0, historyTo);
  const extended = last !== undefined && last.page.length < compactPageBytes;
  let parts = extended ? before.map((entry) => last.page.subarray(entry.offset, entry.end)) : [];
  let seq = extended ? last.seq : 0;
  let bytes = parts.reduce((sum, part) => sum + part.length, groupHeadBytes);
  let changed = false;
  for (const record of records) {
    const glance = glanceAt(record, 0);
    if (glance === undefined || glance.to <= moved) continue;
    if (!changed && glance.seq > moved + 1) throw holed(address, moved, glance.seq);
    const entry = entryOf(glance.to <= bodiesTo ? erasedRecord(record) : record, nowhere);
    if (parts.length > 0 && bytes + entry.length > compactPageBytes) {
      if (changed) yield { seq, page: pageOf(parts) };
      parts = [];
      bytes = groupHeadBytes;
    }
    if (parts.length === 0) seq = glance.seq;
    parts.push(entry);
    bytes += entry.length;
    changed = true;
  }
  if (changed) yield { seq, page: pageOf(parts) };
}

/** first seq u48 ‖ last seq u48 ‖ what they continue, if it stands in another slot. */
function movedOf(slot: number, records: readonly Buffer[], previous: Position): Buffer {
  const isForeign = previous.n > 0 && previous.slot !== slot;
  const bytes = Buffer.alloc(isForeign ? 20 : 12);
  bytes.writeUIntBE(glanceAt(records[0] ?? bytes, 0)?.seq ?? 0, 0, 6);
  bytes.writeUIntBE(glanceAt(records.at(-1) ?? bytes, 0)?.to ?? 0, 6, 6);
  if (isForeign) writePosition(bytes, 12, previous);
  return bytes;
}

/** Marks into deleted groups lead nowhere. */
function dropMarks(environment: Environment, address: Address, records: readonly Buffer[]): void {
  const end = (glanceAt(records.at(-1) ?? Buffer.alloc(0), 0)?.to ?? 0) + 1;
  environment.tables.marks.removeRange({ start: seqKey(address, 0), end: seqKey(address, end) });
}

/** Groups that still stand in a log lose what was erased from them, in place; for backups. */
export async function scrubLogs(environment: Environment, edge: (slot: number) => number): Promise<void> {
  for (let slot = 0; slot < slotsMax; slot++) {
    const last = edge(slot);
    await dropMoved(environment, slot);
    let n = metaNumber(environment, 'compacted', slot);
    while (n < last) {
      const from = n;
      n = environment.durably(() => scrubPiece(environment, slot, from, last));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Inside `durably`: the last group looked at. */
function scrubPiece(environment: Environment, slot: number, after: number, last: number): number {
  const { log } = environment.tables;
  let bytes = 0;
  let n = last;
  for (const { key, value } of log.range({ start: logKey(slot, after + 1), end: logKey(slot, last + 1) })) {
    const scrubbed = scrubbedGroup(environment, value);
    if (scrubbed !== undefined) log.put(key, scrubbed);
    bytes += value.length;
    n = logNumberOf(key);
    if (bytes >= transactionBytes) return n;
  }
  return last;
}

/** The group without erased payloads; undefined when it has none. Readers find entries that moved by seq. */
function scrubbedGroup(environment: Environment, group: Buffer): Buffer | undefined {
  const parts: Buffer[] = [group.subarray(0, groupHeadBytes)];
  let changed = false;
  for (const { address, to, record, end, offset, previous } of entriesOf(group)) {
    const { historyTo, bodiesTo } = erasureOf(environment, address);
    if (to > bodiesTo && to > historyTo) {
      parts.push(group.subarray(offset, end));
      continue;
    }
    parts.push(entryOf(erasedRecord(group, record), previous));
    changed = true;
  }
  return changed ? Buffer.concat(parts) : undefined;
}
