/**
 * Erasing, retention, backup. An erasure is one small durable row that every read respects from then on
 * (J10); what it leaves behind in pages goes at once, what lies in a log with compaction or before a backup.
 *   U1. Which actors' pages are still to be gone through is a row too: after a crash in between, compaction
 *       and backup finish it first.
 */
import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from '../../actors/address.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import { erasedRecord } from '../commitCodec.ts';
import type { ExpireBounds, Expired } from '../journal.ts';
import { scrubLogs } from './compact.ts';
import type { Environment } from './environment.ts';
import { erasureOf, putErasure } from './erasures.ts';
import type { Erasure } from './erasures.ts';
import { entryOf, nowhere } from './group.ts';
import { Head } from './head.ts';
import { isNewer } from './heads.ts';
import type { Heads } from './heads.ts';
import { addressKey, afterAddress, directoryPrefix, dueKey, seqKey, timeOf } from './keys.ts';
import { shardOf } from '../shard.ts';
import { metaNumber, putMeta, putMetaNumber, removeMeta } from './meta.ts';
import { pageEntriesOf, pageOf, pageSeqs } from './pages.ts';
import { directoryKeysOf, putHead } from './riders.ts';
import { snapshotSeqs } from './snapshots.ts';

const erasing = 'erasing:';
const pagesPerPiece = 64;
const expireMax = 1000;

/** J10. Resolves when no read returns it any more. */
export function eraseActor(
  environment: Environment,
  heads: Heads,
  address: Address,
  what: 'bodies' | 'history',
): void {
  heads.caughtUp();
  const head = heads.head(address);
  if (head === undefined) throw new TroupeError('NOT_FOUND', `${address} has no history.`, { address });
  environment.durably(() => {
    // Its rows must not depend on commits that lose their payload.
    putHead(environment, Head.from(address, head.bytes()));
    const before = erasureOf(environment, address);
    const historyTo = what === 'history' ? head.seq : before.historyTo;
    putErasure(environment, address, { ...before, bodiesTo: head.seq, historyTo });
    dropSnapshots(environment, head);
    dropRange(environment, 'bodies', address);
    putMeta(environment, erasing + address, true);
  });
  rewritePages(environment, address);
}

/** U1. */
export function finishErasures(environment: Environment): void {
  environment.fresh();
  const range = { start: Buffer.from(erasing), end: Buffer.from(`${erasing}\x7f`) };
  for (const key of Array.from(environment.tables.meta.keys(range))) {
    rewritePages(environment, key.toString('latin1').slice(erasing.length));
  }
}

/** A live actor stands on its newest snapshot; everything else held erased words. */
function dropSnapshots(environment: Environment, head: Head): void {
  const seqs = snapshotSeqs(environment, head.address);
  for (const seq of head.sealed ? seqs : seqs.slice(1))
    environment.tables.snapshots.remove(seqKey(head.address, seq));
}

function dropRange(environment: Environment, name: 'bodies' | 'marks' | 'snapshots', address: Address): void {
  const start = Buffer.from(`${address}\0`, 'latin1');
  environment.tables[name].removeRange({ start, end: afterAddress(address) });
}

/** Pages lose what was erased. Read anew in each transaction: another thread may be compacting. */
function rewritePages(environment: Environment, address: Address): void {
  forPieces(pageSeqs(environment, address), (seqs) => {
    environment.durably(() => {
      const erasure = erasureOf(environment, address);
      for (const seq of seqs) rewritePage(environment, address, seq, erasure);
    });
  });
  environment.durably(() => {
    if (erasureOf(environment, address).historyTo > 0) dropRange(environment, 'marks', address);
    removeMeta(environment, erasing + address);
  });
}

/** Inside `durably`. */
function rewritePage(environment: Environment, address: Address, seq: number, erasure: Erasure): void {
  const { pages } = environment.tables;
  const page = pages.get(seqKey(address, seq));
  if (page === undefined) return;
  const kept = [...pageEntriesOf(page)].filter(({ to }) => to > erasure.historyTo);
  const [first] = kept;
  if (first?.seq !== seq) pages.remove(seqKey(address, seq));
  if (first === undefined) return;
  const entries = kept.map(({ offset, end, record, to }) =>
    to > erasure.bodiesTo ? page.subarray(offset, end) : entryOf(erasedRecord(page, record), nowhere),
  );
  pages.put(seqKey(address, first.seq), pageOf(entries));
}

function forPieces(seqs: readonly number[], work: (piece: readonly number[]) => void): void {
  for (let i = 0; i < seqs.length; i += pagesPerPiece) work(seqs.slice(i, i + pagesPerPiece));
}

/** Retention. Cursors that stand before what went are gone with it. */
export function expireActors(environment: Environment, heads: Heads, bounds: ExpireBounds): Expired {
  const limit = bounds.limit ?? expireMax;
  const { historyBefore = 0, rowBefore = 0, since = 0 } = bounds;
  let histories = 0;
  let rows = 0;
  const addresses: Address[] = [];
  for (const head of endedWithin(environment, heads, since, Math.max(historyBefore, rowBefore))) {
    if (histories + rows >= limit) break;
    const isForgotten = (head.row?.at ?? 0) < rowBefore;
    const isErased = erasureOf(environment, head.address).historyTo >= head.seq;
    if (isErased && !isForgotten) continue;
    // First: a crash in between must not leave a cursor that believes it has seen everything.
    environment.durably(() => raiseExpired(environment, head));
    eraseActor(environment, heads, head.address, 'history');
    if (isForgotten) environment.durably(() => forget(environment, head));
    addresses.push(head.address);
    if (isForgotten) rows++;
    else histories++;
  }
  return { histories, rows, addresses };
}

/** Sealed actors that ended in [since, until) and owe nothing, oldest first; no row need tell of them yet. */
function endedWithin(environment: Environment, heads: Heads, since: number, until: number): Head[] {
  const found = new Map<Address, Head>();
  for (const { dirty } of heads.caughtUp()) {
    for (const head of dirty) {
      const at = head.row?.at ?? 0;
      if (head.sealed && at >= since && at < until && isNewer(environment, head.address, head.seq))
        found.set(head.address, head);
    }
  }
  const prefix = directoryPrefix('ssealed');
  const [start, end] = [since, until].map((time) => {
    const bytes = Buffer.alloc(6);
    bytes.writeUIntBE(timeOf(time), 0, 6);
    return Buffer.concat([prefix, bytes]);
  });
  for (const key of environment.tables.directory.keys({ start: start ?? prefix, end: end ?? prefix })) {
    const address = key.toString('latin1', prefix.length + 6);
    const bytes = environment.tables.actors.view(addressKey(address));
    if (bytes !== undefined) found.set(address, Head.from(address, bytes));
  }
  const ended = [...found.values()].filter(({ due }) => due === null);
  return ended.toSorted((a, b) => (a.row?.at ?? 0) - (b.row?.at ?? 0));
}

function raiseExpired(environment: Environment, { position }: Head): void {
  const { slot, n } = position;
  if (n > metaNumber(environment, 'expired', slot)) putMetaNumber(environment, 'expired', slot, n);
}

/** Inside `durably`: row and seal go; a tombstone stays, so that the address is never reborn. */
function forget(environment: Environment, head: Head): void {
  const { tables } = environment;
  const { address, seq, due } = head;
  const key = addressKey(address);
  for (const entry of directoryKeysOf(head.row)) tables.directory.remove(entry);
  if (due !== null) tables.due.remove(dueKey(shardOf(address), due, address));
  dropRange(environment, 'snapshots', address);
  tables.seals.remove(key);
  tables.actors.remove(key);
  putErasure(environment, address, { bodiesTo: seq, historyTo: seq, forgotten: true });
}

/** A copy that opens as a directory of its own, without a byte of what was erased. */
export async function backUp(
  environment: Environment,
  edge: (slot: number) => number,
  path: string,
): Promise<{ readonly bytes: number }> {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  assertEmpty(path);
  finishErasures(environment);
  if (hasErasures(environment)) await scrubLogs(environment, edge);
  await environment.copy(path);
  return { bytes: statSync(join(path, 'data.mdb')).size };
}

export function assertEmpty(path: string): void {
  if (readdirSync(path).length === 0) return;
  throw new TroupeError('CONFLICT', `${path} is not empty: a backup wants a new directory.`, { path });
}

export function hasErasures(environment: Environment): boolean {
  environment.fresh();
  for (const _ of environment.tables.erased.keys({
    start: Buffer.from([0]),
    end: Buffer.from([0xff]),
    limit: 1,
  })) {
    return true;
  }
  return false;
}
