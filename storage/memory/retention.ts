/**
 * Erasing and forgetting in a memory journal. Bytes go at once: nothing is left for `compact`.
 */
import type { Address } from '../../actors/address.ts';
import { erasedRecord } from '../commitCodec.ts';
import type { ExpireBounds, Expired } from '../journal.ts';
import { entryOf } from './medium.ts';
import type { Memory, Remembered } from './medium.ts';

/** Payloads go, hashes stay. */
export function eraseBodies(actor: Remembered): void {
  for (const entry of actor.entries) {
    const { record, crc } = entryOf(entry.address, entry.seq, entry.to, erasedRecord(entry.record));
    Object.assign(entry, { record, crc });
  }
  lose(actor, actor.standing.erased?.historyTo ?? 0);
}

/** Facts go; row and seal stay. */
export function eraseHistory({ log }: Memory, actor: Remembered): void {
  const gone = new Set(actor.entries);
  for (const [i, entry] of log.entries()) {
    if (entry !== undefined && gone.has(entry)) log[i] = undefined;
  }
  actor.entries = [];
  lose(actor, actor.standing.seq);
}

/** A live actor stands on its newest snapshot; everything else held erased words. */
function lose(actor: Remembered, historyTo: number): void {
  const { standing } = actor;
  actor.bodies.clear();
  actor.snapshots = standing.sealed ? [] : actor.snapshots.slice(-1);
  actor.standing = { ...standing, erased: { bodiesTo: standing.seq, historyTo } };
}

/** Retention; whoever still owes something stays until it is done. */
export function expired(memory: Memory, bounds: ExpireBounds): Expired {
  const { historyBefore = -Infinity, rowBefore = -Infinity, since = -Infinity, limit = Infinity } = bounds;
  let histories = 0;
  let rows = 0;
  const addresses: Address[] = [];
  for (const [address, actor] of memory.actors) {
    if (histories + rows >= limit) break;
    const { due, row } = actor.standing;
    if (row.endedAt === undefined || due !== null || row.endedAt < since) continue;
    if (row.endedAt < rowBefore) {
      expireHistory(memory, actor);
      forget(memory, address);
      rows++;
      addresses.push(address);
    } else if (row.endedAt < historyBefore && actor.entries.length > 0) {
      expireHistory(memory, actor);
      histories++;
      addresses.push(address);
    }
  }
  return { histories, rows, addresses };
}

/** J9: a cursor before what went would skip it unnoticed. */
function expireHistory(memory: Memory, actor: Remembered): void {
  const last = memory.log.lastIndexOf(actor.entries.at(-1));
  if (actor.entries.length > 0) memory.expiredTo = Math.max(memory.expiredTo, last + 1);
  eraseHistory(memory, actor);
}

/** J4: the address is never reborn. */
function forget({ actors, forgotten }: Memory, address: Address): void {
  actors.delete(address);
  forgotten.add(address);
}
