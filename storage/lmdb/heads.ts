/**
 * Where every actor stands, for one thread: rows, and over them the tail of every slot. Whatever reads or
 * writes histories starts here.
 */
import type { Address } from '../../actors/address.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import { slotsMax } from '../limits.ts';
import type { UsageEntry } from '../commit.ts';
import { progressAt } from '../progress.ts';
import { usageFlaw } from '../usageEntry.ts';
import { unpack } from '../values.ts';
import type { Environment } from './environment.ts';
import { erasureOf } from './erasures.ts';
import { entriesOf } from './group.ts';
import { Head } from './head.ts';
import type { HeadStep } from './head.ts';
import { addressKey, logKey, logNumberOf, seqMax, usageKey } from './keys.ts';
import { metaNumber } from './meta.ts';
import { Tail } from './tail.ts';
import type { LoadUsage } from './tail.ts';

/** The last flushed group of each slot, shared by all threads; of another process: unknown. */
export type Flushed = Float64Array<SharedArrayBuffer>;

export class Heads {
  readonly #environment: Environment;
  readonly #flushed: Flushed | undefined;
  readonly #tails = new Map<number, Tail>();
  /** Slots that a writer of this thread keeps up to date by itself. */
  readonly #own = new Set<number>();

  constructor(environment: Environment, flushed: Flushed | undefined) {
    this.#environment = environment;
    this.#flushed = flushed;
  }

  /** The tails as of now: every flushed group of every slot is in rows or here (J7). */
  caughtUp(): Iterable<Tail> {
    this.#environment.fresh();
    for (let slot = 0; slot < slotsMax; slot++) {
      if (this.#own.has(slot)) continue;
      const edge = this.edge(slot);
      if (edge > (this.#tails.get(slot)?.n ?? 0)) this.follow(slot, edge);
    }
    return this.#tails.values();
  }

  /** The last group of the slot that may be shown. Another process sees whatever is committed. */
  edge(slot: number): number {
    // One thread writes each position, as 8 aligned bytes: a plain read is never torn.
    if (this.#flushed !== undefined) return this.#flushed[slot] ?? 0;
    return this.lastKey(slot);
  }

  /** The last group that was committed, shown or not. */
  lastKey(slot: number): number {
    for (const key of this.#environment.tables.log.keys({
      start: logKey(slot, seqMax),
      end: logKey(slot, 0),
      reverse: true,
      limit: 1,
    })) {
      return logNumberOf(key);
    }
    // Compaction may have taken all of it.
    return metaNumber(this.#environment, 'compacted', slot);
  }

  /** Where the actor stands; undefined when it has no history. Call `caughtUp` first. */
  head(address: Address): Head | undefined {
    const stored = this.#stored(address);
    let newest = stored;
    for (const tail of this.#tails.values()) {
      const head = tail.heads.get(address);
      if (head !== undefined && head.seq > (newest?.seq ?? 0)) newest = head;
    }
    // A tail may still hold what retention has forgotten since.
    if (newest === stored || stored !== undefined) return newest;
    return erasureOf(this.#environment, address).forgotten ? undefined : newest;
  }

  /** How far the rows of an actor reach. */
  storedSeq(address: Address): number {
    return this.#stored(address)?.seq ?? 0;
  }

  #stored(address: Address): Head | undefined {
    const bytes = this.#environment.tables.actors.view(addressKey(address));
    return bytes === undefined ? undefined : Head.from(address, bytes);
  }

  tail(slot: number): Tail {
    let tail = this.#tails.get(slot);
    if (tail === undefined) this.#tails.set(slot, (tail = new Tail(slot)));
    return tail;
  }

  /** From here on a writer of this thread moves the slot's tail. */
  own(slot: number): Tail {
    this.#own.add(slot);
    return this.tail(slot);
  }

  /** With `tail`: only if no newer writer of this thread has replaced it. */
  disown(slot: number, tail?: Tail): void {
    if (tail !== undefined && this.#tails.get(slot) !== tail) return;
    this.#own.delete(slot);
    this.#tails.delete(slot);
  }

  /** Reads the log of the slot from where its tail ends, or from the checkpoint, up to `edge`. */
  follow(slot: number, edge: number): void {
    const tail = this.tail(slot);
    const checkpoint = metaNumber(this.#environment, 'checkpoint', slot);
    tail.forget(checkpoint);
    const range = { start: logKey(slot, tail.n + 1), end: logKey(slot, edge + 1) };
    const settled = new Map<Address, number>();
    for (const { key, value } of this.#environment.tables.log.range(range)) {
      const n = logNumberOf(key);
      // A gap ends the log: what lies beyond was never acknowledged.
      if (n !== tail.n + 1) break;
      this.#absorb(tail, n, value, settled);
    }
  }

  /** One more group of the log into the tail. `settled`: how far rows were found to reach, looked up once. */
  #absorb(tail: Tail, n: number, group: Buffer, settled: Map<Address, number>): void {
    const load = this.loadUsage(tail.slot);
    for (const { address, seq, to, sealed, record, end, offset } of entriesOf(group)) {
      const { at, reached, row, due, usage } = progressAt(group, record);
      if (usage !== undefined) tail.count(usage.filter(isCounted), n, load);
      if (seq <= (settled.get(address) ?? 0)) continue;
      const head = tail.heads.get(address) ?? this.#copied(address);
      // Retention has forgotten the actor, or rows are ahead of this log.
      if (head === undefined || seq <= head.seq) {
        settled.set(address, head?.seq ?? Infinity);
        continue;
      }
      if (seq !== head.seq + 1) throw holed(address, head.seq, seq);
      if (due === undefined && head.due !== null) this.#restateDue(head);
      const step: HeadStep = { address, seq, to, at, sealed, reached, row, due, bytes: end - record };
      tail.advance(head, step, { slot: tail.slot, n, offset });
    }
    tail.n = n;
    tail.bytes += group.length;
  }

  /** A snapshot may have settled what a head owed, which no commit says. */
  #restateDue(head: Head): void {
    const stored = this.#stored(head.address);
    if (stored?.seq === head.seq) head.due = stored.due;
  }

  /** A head that a tail may move on: never the one another tail holds. Undefined: it was forgotten. */
  #copied(address: Address): Head | undefined {
    const head = this.head(address);
    if (head === undefined) {
      return erasureOf(this.#environment, address).forgotten ? undefined : new Head(address);
    }
    // One read from its row is nobody else's; copying those too took 0.3 s of a restart with 100 k actors.
    const isHeld = [...this.#tails.values()].some((tail) => tail.heads.get(address) === head);
    return isHeld ? Head.from(address, head.bytes()) : head;
  }

  loadUsage(slot: number): LoadUsage {
    return (hour, key) => {
      const bytes = this.#environment.tables.usage.view(usageKey(hour, slot, key));
      return bytes === undefined ? undefined : (unpack(bytes) as { n: number; counts: number[] });
    };
  }
}

/** An entry that no row can hold must not keep its log from being read. */
function isCounted(entry: UsageEntry): boolean {
  return usageFlaw(entry) === undefined;
}

/** Whether a tail that stands at `seq` knows more of the actor than its rows. */
export function isNewer(environment: Environment, address: Address, seq: number): boolean {
  const bytes = environment.tables.actors.view(addressKey(address));
  if (bytes !== undefined) return seq > Head.from(address, bytes).seq;
  return !erasureOf(environment, address).forgotten;
}

/** A commit that is not where it must be. */
export function holed(address: Address, seq: number, next: number): TroupeError {
  const text = `The history of ${address} has a hole: seq ${seq} is followed by ${next}. Restore a backup.`;
  return new TroupeError('CORRUPT', text, { address, seq, next });
}
