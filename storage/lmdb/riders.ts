/**
 * Riders: rows that ride along with the log's groups. A head is carried out to its rows some time after it
 * became dirty, a few in each transaction, never in one go: a checkpoint in one go stalled other threads.
 * A head of an older tail never overwrites a newer row.
 */
import type { Row } from '../journal.ts';
import { ridersMax, tailBytesMax } from '../limits.ts';
import { decodeCommit } from '../commitCodec.ts';
import { packPlain } from '../values.ts';
import type { Environment } from './environment.ts';
import { erasureOf } from './erasures.ts';
import { entryIn, writePosition } from './group.ts';
import { Head } from './head.ts';
import { addressKey, directoryKey, dueKey, logKey, seqKey, usageKey } from './keys.ts';
import { shardOf } from '../shard.ts';
import type { Tail, UsageTotal } from './tail.ts';

/** What one transaction carries out; `done` is called once it is flushed. */
export interface Ride {
  readonly heads: readonly Head[];
  readonly usage: readonly UsageTotal[];
}

/** Who rides with the next group: those that waited for half the tail's bound, more when it is exceeded. */
export function nextRide(tail: Tail, commits: number): Ride {
  const heads: Head[] = [];
  let quota = ridersMax;
  for (const head of tail.dirty) {
    const waited = tail.bytes - head.since;
    if (waited > tailBytesMax) quota = Math.max(quota, 2 * commits);
    if (waited < tailBytesMax / 2 || heads.length >= quota) break;
    heads.push(head);
  }
  const usage: UsageTotal[] = [];
  for (const total of tail.usage.values()) {
    if (total.sinceGroup > 0 && tail.bytes - total.since >= tailBytesMax / 2) usage.push(total);
  }
  return { heads, usage };
}

/** Everything that is dirty, in portions: for closing, and for erasing. */
export function restOf(tail: Tail): Ride {
  return { heads: [...tail.dirty], usage: [...tail.usage.values()].filter((total) => total.sinceGroup > 0) };
}

/** Inside `durably`: writes the rows. */
export function carryOut(environment: Environment, slot: number, { heads, usage }: Ride): void {
  for (const head of heads) putHead(environment, head);
  for (const { hour, key, n, counts } of usage) {
    environment.tables.usage.put(usageKey(hour, slot, key), packPlain({ n, counts }));
  }
}

/** After the flush: the tail no longer waits for them. */
export function settle(tail: Tail, { heads, usage }: Ride): void {
  for (const head of heads) {
    tail.dirty.delete(head);
    head.marks = [];
  }
  for (const total of usage) total.sinceGroup = 0;
}

/**
 * Inside `durably`: the rows of one head, unless newer ones (or, not forced, the same) stand there already.
 */
export function putHead(environment: Environment, head: Head, forced = false): void {
  const { tables } = environment;
  const { address } = head;
  const key = addressKey(address);
  const bytes = tables.actors.view(key);
  const before = bytes === undefined ? undefined : Head.from(address, bytes);
  for (const { seq, position } of head.marks) {
    const mark = Buffer.allocUnsafe(8);
    writePosition(mark, 0, position);
    tables.marks.put(seqKey(address, seq), mark);
  }
  if (before !== undefined && (forced ? before.seq > head.seq : before.seq >= head.seq)) return;
  if (before === undefined && erasureOf(environment, address).forgotten) return;
  putDue(environment, head, before?.due ?? null);
  putDirectory(environment, head.row, before?.row);
  if (head.sealed) putSeal(environment, head);
  tables.actors.put(key, head.bytes());
}

function putDue(environment: Environment, { address, due }: Head, before: number | null): void {
  if (due === before) return;
  const shard = shardOf(address);
  if (before !== null) environment.tables.due.remove(dueKey(shard, before, address));
  if (due !== null) environment.tables.due.put(dueKey(shard, due, address), empty);
}

const empty = Buffer.from([1]);

function putDirectory(environment: Environment, row: Row | undefined, before: Row | undefined): void {
  const { directory } = environment.tables;
  const wanted = new Map(directoryKeysOf(row).map((key) => [key.toString('latin1'), key]));
  for (const key of directoryKeysOf(before)) {
    if (!wanted.delete(key.toString('latin1'))) directory.remove(key);
  }
  for (const key of wanted.values()) directory.put(key, empty);
}

/** One entry for each question a list may ask; docs/JOURNAL.md names the prefixes. */
export function directoryKeysOf(row: Row | undefined): Buffer[] {
  if (row === undefined) return [];
  const { address, at, kind, parent, tags, labels, status } = row;
  const prefixes = ['a', `k${kind}`, `s${status}`, ...tags.map((tag) => `t${tag}`)];
  if (parent !== undefined) prefixes.push(`p${parent}`);
  for (const [name, value] of Object.entries(labels)) prefixes.push(`l${name}=${value}`);
  return prefixes.map((prefix) => directoryKey(prefix, at, address));
}

/** The seal's own row: reading it needs neither the head nor the log. */
function putSeal(environment: Environment, { address, position, seq }: Head): void {
  const { tables } = environment;
  const key = addressKey(address);
  const group = tables.log.view(logKey(position.slot, position.n));
  if (group === undefined) return;
  const commit = decodeCommit(group, entryIn(group, position.offset, address, seq).record);
  if (commit.seal !== undefined) tables.seals.put(key, Buffer.from(commit.seal));
}
