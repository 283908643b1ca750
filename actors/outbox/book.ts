/**
 * The book of an outbox: which records wait, are leased, or are dead. A pure value and pure functions; bodies
 * are not in it (10 000 of them made a snapshot of 3 MB and 25 ms).
 */
import { limits } from './limits.ts';
import { empty, lastOf, pushed, replaced, returned, taken, without } from './queue.ts';
import type { Entry, Queue } from './queue.ts';
import type { OutboxEventOf, Received } from './vocabulary.ts';

export interface DeadLetter extends Entry {
  readonly reason: string;
}

export interface Book {
  /** Positions count up for ever. */
  readonly last: number;
  readonly ready: Queue;
  readonly readyCount: number;
  readonly leases: Readonly<Record<number, readonly Entry[]>>;
  /** Of leases whose drain said so: the deliveries that make a dead letter. */
  readonly maxAttempts?: Readonly<Record<number, number>>;
  readonly leasedCount: number;
  readonly dead: readonly DeadLetter[];
  /** The lease that the last drain made. */
  readonly newest: number;
  /** Drains in a row that gave something, since the last turn of the parent's own. */
  readonly consecutive: number;
}

export const startBook: Book = {
  last: 0,
  ready: empty,
  readyCount: 0,
  leases: {},
  leasedCount: 0,
  dead: [],
  newest: 0,
  consecutive: 0,
};

export function sizeOf({ readyCount, leasedCount, dead }: Book): number {
  return readyCount + leasedCount + dead.length;
}

/** O7: only what is not final, and only the newest of it, may stand for the one before. */
const mergeable: ReadonlySet<string> = new Set(['waiting', 'attention']);

/** One more record, whose body is in the fact `seq`. */
export function posted(
  book: Book,
  { child, childSeq, kind, was }: Received,
  seq: number,
  index?: number,
): Book {
  const position = book.last + 1;
  const before = lastOf(book.ready);
  const entry: Entry = { position, seq, child, kind, attempts: 0, ...(index !== undefined && { index }) };
  if (!mergeable.has(kind)) {
    return { ...book, last: position, ready: pushed(book.ready, entry), readyCount: book.readyCount + 1 };
  }
  const news = { ...entry, firstChildSeq: was?.firstChildSeq ?? childSeq };
  if (before?.child !== child || before.kind !== kind || before.attempts > 0) {
    const counted = was?.count === undefined ? news : { ...news, count: was.count };
    return { ...book, last: position, ready: pushed(book.ready, counted), readyCount: book.readyCount + 1 };
  }
  const { firstChildSeq = childSeq } = before;
  const merged = { ...entry, firstChildSeq, count: (before.count ?? 1) + (was?.count ?? 1) };
  return { ...book, last: position, ready: replaced(book.ready, merged) };
}

export function received(book: Book, records: readonly Received[], seq: number): Book {
  return records.reduce((next, record, i) => posted(next, record, seq, i), book);
}

/** O3: the oldest, under a lease that is named for the fact that made it. */
export function drained(
  book: Book,
  { max, maxConsecutive, maxAttempts }: OutboxEventOf<'outbox.drain'>,
  seq: number,
): Book {
  const { front, rest } = taken(book.ready, max);
  return {
    ...book,
    ready: rest,
    readyCount: book.readyCount - front.length,
    leases: { ...book.leases, [seq]: front },
    leasedCount: book.leasedCount + front.length,
    ...(maxAttempts !== undefined && { maxAttempts: { ...book.maxAttempts, [seq]: maxAttempts } }),
    newest: seq,
    consecutive: maxConsecutive === undefined ? book.consecutive : book.consecutive + 1,
  };
}

/** Whether the lease is live and holds all of these. */
export function holds({ leases }: Book, leaseId: number, positions: readonly number[]): boolean {
  const held = new Set(leases[leaseId]?.map(({ position }) => position));
  return positions.every((position) => held.has(position));
}

export function acked(book: Book, leaseId: number, positions: readonly number[]): Book {
  const done = new Set(positions);
  const held = book.leases[leaseId] ?? [];
  const left = held.filter(({ position }) => !done.has(position));
  const leasedCount = book.leasedCount - held.length + left.length;
  if (left.length === 0) return { ...book, ...withoutLease(book, leaseId), leasedCount };
  return { ...book, leases: { ...book.leases, [leaseId]: left }, leasedCount };
}

function withoutLease(
  { leases, maxAttempts = {} }: Book,
  leaseId: number,
): Pick<Book, 'leases' | 'maxAttempts'> {
  const { [leaseId]: _, ...rest } = leases;
  if (maxAttempts[leaseId] === undefined) return { leases: rest };
  const { [leaseId]: _1, ...others } = maxAttempts;
  return { leases: rest, maxAttempts: others };
}

/** O4, O8: its records come back, each where it was; who was delivered too often is a dead letter. */
export function ended(book: Book, leaseId: number, deliveries: 0 | 1 = 1): Book {
  const held = book.leases[leaseId] ?? [];
  const back = held.map((entry) => ({ ...entry, attempts: entry.attempts + deliveries }));
  const most = book.maxAttempts?.[leaseId] ?? limits.attempts;
  // What was only given back untouched was not delivered once too often.
  const isLive = ({ attempts }: Entry): boolean => attempts < most || deliveries === 0;
  const live = back.filter(isLive);
  const dead = back
    .filter((entry) => !isLive(entry))
    .map((entry) => ({ ...entry, reason: `delivered ${entry.attempts} times, acknowledged never` }));
  return {
    ...book,
    ready: live.length === 0 ? book.ready : returned(book.ready, live),
    readyCount: book.readyCount + live.length,
    ...withoutLease(book, leaseId),
    leasedCount: book.leasedCount - back.length,
    dead: dead.length === 0 ? book.dead : [...book.dead, ...dead],
  };
}

/** O9: out of the way, wherever it is. */
export function quarantined(book: Book, position: number, reason: string): Book {
  for (const [leaseId, entries] of Object.entries(book.leases)) {
    const found = entries.find((entry) => entry.position === position);
    if (found === undefined) continue;
    return { ...acked(book, Number(leaseId), [position]), dead: [...book.dead, { ...found, reason }] };
  }
  const { rest, gone } = without(book.ready, new Set([position]));
  const dead = [...book.dead, ...gone.map((entry) => ({ ...entry, reason }))];
  return { ...book, ready: rest, readyCount: book.readyCount - gone.length, dead };
}

/** The lease that holds this record and nothing else. */
export function leaseOfOnly({ leases }: Book, position: number): number | undefined {
  const found = Object.entries(leases).find(
    ([, held]) => held.length === 1 && held[0]?.position === position,
  );
  return found && Number(found[0]);
}

export function isKnown({ leases, ready }: Book, position: number): boolean {
  const isIt = (entry: Entry): boolean => entry.position === position;
  return ready.some((chunk) => chunk.some(isIt)) || Object.values(leases).some((held) => held.some(isIt));
}

/** Dead letters that get another chance, as if never delivered. */
export function retried(book: Book, positions: readonly number[]): Book {
  const wanted = new Set(positions);
  const again = book.dead
    .filter(({ position }) => wanted.has(position))
    .map(({ reason: _, ...entry }) => ({ ...entry, attempts: 0 }));
  const dead = book.dead.filter(({ position }) => !wanted.has(position));
  return { ...book, ready: returned(book.ready, again), readyCount: book.readyCount + again.length, dead };
}

export function purged(book: Book, positions: readonly number[]): Book {
  const gone = new Set(positions);
  return { ...book, dead: book.dead.filter(({ position }) => !gone.has(position)) };
}

export function areDead({ dead }: Book, positions: readonly number[]): boolean {
  const known = new Set(dead.map(({ position }) => position));
  return positions.every((position) => known.has(position));
}

/** What waits of a child leaves for another outbox. */
export function moved(book: Book, positions: readonly number[]): Book {
  const { rest, gone } = without(book.ready, new Set(positions));
  return { ...book, ready: rest, readyCount: book.readyCount - gone.length };
}

export function areReady({ ready }: Book, child: string, positions: readonly number[]): boolean {
  const wanted = new Set(positions);
  const { gone } = without(ready, wanted);
  return gone.length === positions.length && gone.every((entry) => entry.child === child);
}
