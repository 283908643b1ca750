/**
 * An outbox as its posters and its reader use it: what children owe a parent, until it is acknowledged.
 * Each call is one event of the actor behind it (actors/outbox/), so a drain and its ack are one commit each.
 */
import { isTroupeError, TroupeError } from '../actors/troupeError.ts';
import { limits } from '../actors/outbox/limits.ts';
import { startBook } from '../actors/outbox/book.ts';
import type { Book } from '../actors/outbox/book.ts';
import { countsOf } from '../actors/outbox/reply.ts';
import type { OutboxReply } from '../actors/outbox/reply.ts';
import type { Entry } from '../actors/outbox/queue.ts';
import type { OutboxEvent, Post } from '../actors/outbox/vocabulary.ts';
import { packWhole } from '../storage/values.ts';
import type { outbox } from './builtIn.ts';
import { invalidOption, isRecord } from './invalidOption.ts';
import { consumed } from './consuming.ts';
import type { ConsumeOptions, Handler } from './consuming.ts';
import { assertDrain, assertLease, assertRelease, listed, positionsOf } from './outboxAsked.ts';
import { moved } from './outboxMove.ts';
import { readRecords, recordsIn } from './outboxRecords.ts';
import type { OutboxRecord } from './outboxRecords.ts';
import { Ref } from './ref.ts';
import type { Receipt } from './ref.ts';
import type { SendOptions } from './sending.ts';

/** What a parent is to learn. */
export type OutboxPost = Omit<Post, 'type'>;

/** Records that were handed out, for a time; empty when there was nothing to hand out. */
export interface Lease {
  readonly leaseId: number | undefined;
  readonly records: readonly OutboxRecord[];
}

/** How many records a lease takes, and for how long. */
export interface DrainOptions {
  readonly max?: number;
  readonly leaseMs?: number;
  /** At most so many drains that gave something in a row, until `turn()` (O12). */
  readonly maxConsecutive?: number;
  /** Deliveries, this one included, after which what nobody acknowledged is a dead letter (O8): 10. */
  readonly maxAttempts?: number;
  /** Of this drain: asked again with it, after a lost answer, the lease is the same. */
  readonly id?: string;
}

/** How records are given back. */
export interface ReleaseOptions {
  readonly retryMs?: number;
  /** Nobody looked at them: this was no delivery. */
  readonly untouched?: boolean;
}

/** Of one call: with its `id`, asked again after a lost answer, it is done once. */
export type NoteOptions = Pick<SendOptions, 'id' | 'by' | 'trace'>;

/** A record that nobody could deliver. */
export interface DeadLetterRecord extends OutboxRecord {
  readonly reason: string;
}

/** What wakes a consumer up. */
export interface OutboxNews {
  /** Of the newest fact that brought something. */
  readonly seq: number;
  readonly child: string;
  readonly kind: string;
  readonly summary?: string;
}

const recordBytesMax = 1024 * 1024;
const drainMax = 25;
const leaseMsDefault = 60_000;

export class Outbox extends Ref<typeof outbox> {
  /** Durable when it resolves. One fact of one child is posted once, however often it is sent (O2). */
  async post(post: OutboxPost, options: SendOptions = {}): Promise<OutboxReply> {
    if (!isRecord(post)) throw invalidOption('the post', post, 'it is { child, childSeq, kind, … }');
    const bytes = packWhole(post).byteLength;
    if (bytes > recordBytesMax) {
      const text = `A record has ${bytes} bytes, at most ${recordBytesMax}. Send a reference.`;
      throw new TroupeError('TOO_LARGE', text, { bytes, max: recordBytesMax });
    }
    const id = options.id ?? `${post.child}#${post.childSeq}`;
    return (await this.#send({ ...post, type: 'outbox.post' }, { ...options, id })).reply;
  }

  /** O3: the oldest records that nobody has, for `leaseMs`. Nothing is written when there are none. */
  async drain(options: DrainOptions = {}): Promise<Lease> {
    assertDrain(options);
    const { max = drainMax, leaseMs = leaseMsDefault, maxConsecutive, maxAttempts, id } = options;
    const budget = maxConsecutive === undefined ? {} : { maxConsecutive };
    const bound = maxAttempts === undefined ? {} : { maxAttempts };
    const event = { type: 'outbox.drain' as const, max, leaseMs, ...budget, ...bound };
    for (;;) {
      const drained = async () => this.#send(event, id === undefined ? {} : { id });
      const receipt = await orElse<Receipt<OutboxReply> | undefined>(drained, nothing);
      if (receipt?.reply.lease === undefined) return { leaseId: undefined, records: [] };
      const { leaseId, entries } = receipt.reply.lease;
      const held = receipt.duplicate ? await this.#held(leaseId) : entries;
      const records = await this.readable(held);
      // Where nothing of a lease could be read, the next ones are asked for: they must not look like nothing.
      if (records.length > 0 || id !== undefined) return { leaseId, records };
    }
  }

  /** What a lease still holds: some of it may be acknowledged by now. */
  async #held(leaseId: number): Promise<readonly Entry[]> {
    return (await this.book()).leases[leaseId] ?? [];
  }

  /** They are dealt with, and gone for good. `LEASE_EXPIRED` changes nothing. */
  async ack(lease: Lease, some?: readonly number[], options: NoteOptions = {}): Promise<void> {
    assertLease(lease);
    const { leaseId } = lease;
    const positions = positionsOf(lease, some);
    if (leaseId === undefined || positions.length === 0) return;
    const event = { type: 'outbox.ack' as const, leaseId, positions: [...new Set(positions)] };
    await orElse<unknown>(async () => this.#send(event, options), expired(leaseId));
  }

  /** Given back before its time: at once, or in `retryMs`. It counts as one delivery. */
  async release(
    lease: Pick<Lease, 'leaseId'>,
    options: ReleaseOptions = {},
    notes: NoteOptions = {},
  ): Promise<void> {
    assertLease(lease);
    assertRelease(options);
    const { leaseId } = lease;
    if (leaseId === undefined) return;
    const event = { type: 'outbox.release' as const, leaseId, ...options };
    await orElse<unknown>(async () => this.#send(event, notes), expired(leaseId));
  }

  /** Drains, awaits the handler for each record, acks; what a handler threw on comes again, ever later. */
  async consume(handler: Handler, options: ConsumeOptions = {}): Promise<void> {
    return consumed(this, handler, options);
  }

  /** How much waits, is leased, is dead. */
  async pending(): Promise<OutboxReply> {
    return countsOf(await this.book());
  }

  /** @internal What it holds; nobody has posted to it yet: nothing. */
  async book(): Promise<Book> {
    return orElse(
      async () => (await this.snapshot()).context.book,
      () => startBook,
    );
  }

  /** Records that nobody could deal with (O8). */
  async deadLetters(): Promise<readonly DeadLetterRecord[]> {
    const { dead } = await this.book();
    const { records, unreadable } = await readRecords(this, dead);
    const all = [...records, ...unreadable.map(({ entry }) => bare(entry))];
    return all
      .map((record) => ({ ...record, reason: reasonOf(dead, record) }))
      .toSorted((a, b) => a.position - b.position);
  }

  /** Dead letters get another chance; absent: all. */
  async retry(positions?: readonly number[], options: NoteOptions = {}): Promise<void> {
    try {
      await this.#each('outbox.retry', await this.#deadPositions(positions), options);
    } catch (error) {
      // All of them, asked again with its id: those of that time had their chance, others are dead by now.
      if (positions !== undefined || !isTroupeError(error, 'CONFLICT')) throw error;
    }
  }

  /** Dead letters go: these, or those whose record is older. */
  async purge(
    which: { readonly positions: readonly number[] } | { readonly before: number | Date },
    options: NoteOptions = {},
  ): Promise<void> {
    if (!isRecord(which) || !('positions' in which || 'before' in which)) {
      throw invalidOption('what to purge', which, 'it is { positions } or { before }');
    }
    const positions =
      'positions' in which
        ? listed('positions', which.positions)
        : (await this.deadLetters())
            .filter(({ at }) => at < Number(which.before))
            .map(({ position }) => position);
    await this.#each('outbox.purge', chunked(positions), options);
  }

  /** One event a bunch; the bunches of an id have an id each. */
  async #each(
    type: 'outbox.retry' | 'outbox.purge',
    bunches: readonly (readonly number[])[],
    { id, ...notes }: NoteOptions,
  ): Promise<void> {
    for (const [index, positions] of bunches.entries()) {
      const own = id === undefined ? {} : { id: index === 0 ? id : `${id}/${index}` };
      await this.#send({ type, positions: [...positions] }, { ...notes, ...own });
    }
  }

  /** What waits of a child goes to another outbox, in one commit here and one there. */
  async move(child: string, to: Outbox): Promise<number> {
    return moved(this, child, to.address);
  }

  /** The parent had a turn of its own: its loop budget is counted anew (O12). */
  async turn(options: NoteOptions = {}): Promise<void> {
    await this.#send({ type: 'outbox.turn' }, options);
  }

  /** Wakes on news: once for each new record or bunch of them, with the newest; silent without (O11). */
  async *watch(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<OutboxNews, void, undefined> {
    const subscription = this.subscribe({ ...options, wait: true, windowMs: 0 });
    for await (const { facts } of subscription) {
      const posts = facts.flatMap(({ seq, event }) =>
        recordsIn(event as OutboxEvent).map((post) => ({ seq, post })),
      );
      const newest = posts.at(-1);
      if (newest === undefined) continue;
      const { child, kind, summary } = newest.post;
      yield { seq: newest.seq, child, kind, ...(summary !== undefined && { summary }) };
    }
  }

  /** Ends it: what still waits is told by its seal. */
  async seal(): Promise<void> {
    await this.#send({ type: 'outbox.seal' });
  }

  async #send(event: OutboxEvent, options?: SendOptions): Promise<Receipt<OutboxReply>> {
    return this.send(event, options);
  }

  /** @internal O9: what cannot be read is put out of the way, with the reason; the rest drains. */
  async readable(entries: readonly Entry[]): Promise<readonly OutboxRecord[]> {
    const { records, unreadable } = await readRecords(this, entries);
    const quarantined = unreadable.map(async ({ entry: { position }, reason }) => {
      const event = { type: 'outbox.quarantine' as const, position, reason: reason.slice(0, 1024) };
      // Not known any more: somebody else was faster.
      await orElse<unknown>(async () => this.#send(event), nothing);
    });
    await Promise.all(quarantined);
    return records;
  }

  async #deadPositions(wanted: readonly number[] | undefined): Promise<number[][]> {
    const { dead } = wanted === undefined ? await this.book() : startBook;
    const positions =
      wanted === undefined ? dead.map(({ position }) => position) : listed('positions', wanted);
    return chunked(positions);
  }
}

/** The bunches that one event may hold. */
function chunked<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let i = 0; i < items.length; i += limits.drain) chunks.push(items.slice(i, i + limits.drain));
  return chunks;
}

function bare({ position, seq, child, kind, attempts }: Entry): OutboxRecord {
  const post: Post = { type: 'outbox.post', child, childSeq: 0, kind: kind as Post['kind'] };
  return { position, child, childSeq: 0, kind, at: 0, attempts, redelivered: attempts > 0, seq, post };
}

function reasonOf(dead: readonly { position: number; reason: string }[], { position }: OutboxRecord): string {
  return dead.find((letter) => letter.position === position)?.reason ?? '';
}

/** What an actor that says no, or does not exist yet, stands for. */
async function orElse<T>(ask: () => Promise<T>, other: (error: TroupeError) => T): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isTroupeError(error, 'NOT_ACCEPTED') || isTroupeError(error, 'NOT_FOUND')) return other(error);
    throw error;
  }
}

function nothing(): undefined {
  return undefined;
}

function expired(leaseId: number): () => never {
  return () => {
    const text = `The lease ${leaseId} has expired, or never held that. Its records come again: drain anew.`;
    throw new TroupeError('LEASE_EXPIRED', text, { leaseId });
  };
}
