/**
 * Snapshots of one actor, kept exponentially thinner towards its past: the newest always, older ones so that
 * the gap between two is at most their distance from the end. `at(seq)` starts from the nearest one before.
 *   value = chain(32) ‖ crc32 u32 ‖ bytes
 */
import { crc32 } from 'node:zlib';
import type { Address } from '../../actors/address.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import { hashBytes } from '../chain.ts';
import type { StoredSnapshot } from '../journal.ts';
import type { Environment } from './environment.ts';
import { seqKey, seqOf } from './keys.ts';

/** Inside `durably`. */
export function putSnapshot(environment: Environment, snapshot: StoredSnapshot): void {
  const { address, seq, chain, bytes } = snapshot;
  const checksum = Buffer.allocUnsafe(4);
  checksum.writeUInt32BE(crc32(bytes));
  environment.tables.snapshots.put(seqKey(address, seq), Buffer.concat([chain, checksum, bytes]));
  const seqs = snapshotSeqs(environment, address);
  for (const old of superfluous(seqs)) environment.tables.snapshots.remove(seqKey(address, old));
}

/** All that are kept, newest first. */
export function snapshotSeqs(environment: Environment, address: Address): number[] {
  const range = { start: seqKey(address, Infinity), end: seqKey(address, 0), reverse: true };
  return [...environment.tables.snapshots.keys(range)].map(seqOf);
}

/** Of seqs in falling order, those whose neighbours are near enough to each other. */
export function superfluous(seqs: readonly number[]): number[] {
  const [newest] = seqs;
  if (newest === undefined) return [];
  const gone: number[] = [];
  let kept = newest;
  for (let i = 1; i + 1 < seqs.length; i++) {
    const [seq, older] = [seqs[i] ?? 0, seqs[i + 1] ?? 0];
    if (kept - older <= newest - kept) gone.push(seq);
    else kept = seq;
  }
  return gone;
}

/** The newest snapshot at or before `seq` whose bytes are whole; a damaged one is passed over. */
export function newestSnapshot(
  environment: Environment,
  address: Address,
  seq: number,
): StoredSnapshot | undefined {
  const range = { start: seqKey(address, seq), end: seqKey(address, 0), reverse: true };
  for (const { key, value } of environment.tables.snapshots.range(range)) {
    const bytes = value.subarray(hashBytes + 4);
    if (value.length < hashBytes + 4 || crc32(bytes) !== value.readUInt32BE(hashBytes)) continue;
    return { address, seq: seqOf(key), chain: value.subarray(0, hashBytes), bytes };
  }
  return undefined;
}

/** J11: a snapshot beyond the history is a defect of the caller. */
export function assertReached(snapshot: StoredSnapshot, seq: number): void {
  if (snapshot.seq <= seq) return;
  const { address } = snapshot;
  const text = `A snapshot of ${address} at seq ${snapshot.seq} is ahead of its history (${seq}).`;
  throw new TroupeError('CONFLICT', text, { address, seq: snapshot.seq, last: seq });
}
