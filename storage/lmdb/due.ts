/**
 * Who owes something: the rows of the due table, and over them the heads that are still in the tails.
 */
import type { Address } from '../../actors/address.ts';
import type { Due, DueQuery } from '../journal.ts';
import { shards } from '../limits.ts';
import type { Environment } from './environment.ts';
import { isNewer } from './heads.ts';
import { dueKey, dueOf, seqMax } from './keys.ts';
import { shardOf } from '../shard.ts';
import type { Tail } from './tail.ts';

const everyShard = Array.from({ length: shards }, (_, shard) => shard);

/** Earliest first. */
export function listDue(environment: Environment, tails: Iterable<Tail>, query: DueQuery): Due[] {
  const wanted = query.shards ?? everyShard;
  const until = Math.min(query.until ?? seqMax, seqMax - 1);
  const limit = query.limit ?? Infinity;
  const fresh = newestDue(tails);
  // Another writer may have carried out more, or retention may have forgotten it. Asked only of those whose
  // answer counts: most of a large tail owe nothing, and each question reads a row.
  const isFresh = (address: Address): boolean => {
    const seq = fresh.get(address)?.seq;
    return seq !== undefined && isNewer(environment, address, seq);
  };
  const all: Due[] = [];
  const inShards = new Set(wanted);
  for (const [address, { due }] of fresh) {
    if (due === null || due > until || !inShards.has(shardOf(address))) continue;
    if (isFresh(address)) all.push({ at: due, address });
  }
  for (const shard of wanted) {
    const range = { start: dueKey(shard, 0, ''), end: dueKey(shard, until + 1, '') };
    let taken = 0;
    for (const key of environment.tables.due.keys(range)) {
      const due = dueOf(key);
      if (isFresh(due.address)) continue;
      all.push(due);
      if (++taken >= limit) break;
    }
  }
  all.sort((a, b) => a.at - b.at || (a.address < b.address ? -1 : 1));
  return limit === Infinity ? all : all.slice(0, limit);
}

/** The newest head of each address that some row may not know yet. */
function newestDue(tails: Iterable<Tail>): Map<Address, { seq: number; due: number | null }> {
  const newest = new Map<Address, { seq: number; due: number | null }>();
  for (const tail of tails) {
    for (const { address, seq, due } of tail.dirty) {
      if (seq > (newest.get(address)?.seq ?? 0)) newest.set(address, { seq, due });
    }
  }
  return newest;
}
