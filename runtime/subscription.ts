/**
 * One subscriber: a cursor over one actor's history, live at its end.
 *   P8. Each notification starts where the one before ended. What is missed is read from the journal; a
 *       reader that was live and let too much pile up gets one small reset instead, and goes on from there.
 *   N5. It is registered when `subscribe` returns: everything accepted after that is seen.
 *   N7. The seal is the last notification, to every subscriber; then the iteration ends.
 *   N8. Ending it (`return`, `break`, the signal, an error) frees everything.
 */
import { TroupeError } from '../actors/troupeError.ts';
import type { AnyEvent } from '../actors/fact.ts';
import type { Reached } from '../storage/commit.ts';
import type { Journal } from '../storage/journal.ts';
import { abortError } from './abort.ts';
import { Backlog } from './backlog.ts';
import type { Pending } from './backlog.ts';
import { missedPage } from './catchUp.ts';
import type { Channel } from './channel.ts';
import { bodiesOf, factsOf, resetOf } from './notification.ts';
import type { Notification } from './notification.ts';
import type { Notice, WireStanding } from './protocol.ts';

export interface SubscribeOptions {
  /** From the fact behind this one on; 0: from the beginning. Absent: from now, after one reset. */
  readonly after?: number;
  /** Text is told at most once in so many milliseconds; 0: with every commit. */
  readonly windowMs?: number;
  /** What may wait for a slow reader; beyond it, it gets a reset. */
  readonly maxBytes?: number;
  /** Instead of `NOT_FOUND`: wait for the actor's birth. */
  readonly wait?: boolean;
  readonly signal?: AbortSignal;
}

/** How far a subscriber is behind, and what it cost so far. */
export interface Lag {
  /** Facts that it has not read yet. */
  readonly facts: number;
  readonly bytes: number;
  readonly notifications: number;
  /** Notices that were joined with one before because nobody had read it. */
  readonly merges: number;
  readonly resets: number;
}

const maxBytesDefault = 1024 * 1024;

export class Subscription<E extends AnyEvent = AnyEvent> implements AsyncIterableIterator<Notification<E>> {
  readonly address: string;
  readonly #journal: Journal;
  readonly #channel: Channel;
  readonly #maxBytes: number;
  readonly #backlog: Backlog;
  #joined: Promise<WireStanding>;
  readonly #forget: () => void;
  /** The seq that comes next; undefined until the first reset. */
  #next: number | undefined;
  #head = 0;
  #hasJoined = false;
  #reached: Reached | undefined;
  /** Has had everything there was: from now on too much means a reset. */
  #isLive = false;
  #needsReset: boolean;
  #sealedAt: number | undefined;
  #isOver = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #pulling: Promise<unknown> = Promise.resolve();
  #notifications = 0;
  #resets = 0;

  constructor(journal: Journal, channel: Channel, options: SubscribeOptions) {
    const { after, maxBytes = maxBytesDefault, signal, wait = false } = options;
    this.address = channel.address;
    this.#journal = journal;
    this.#channel = channel;
    this.#maxBytes = maxBytes;
    this.#backlog = new Backlog(maxBytes);
    this.#next = after === undefined ? undefined : after + 1;
    this.#needsReset = after === undefined;
    const abort = (): void => this.fail(abortError(signal, 'none'));
    signal?.addEventListener('abort', abort, { once: true });
    this.#forget = () => signal?.removeEventListener('abort', abort);
    this.#joined = channel.join(this, wait);
    // Whoever reads is told; a subscription that nobody reads must not end the process.
    this.#joined.then(
      () => (this.#hasJoined = true),
      (error: unknown) => this.fail(error),
    );
    if (signal?.aborted === true) abort();
  }

  get lag(): Lag {
    const facts = Math.max(0, this.#head - (this.#next ?? this.#head + 1) + 1);
    const { bytes, merges } = this.#backlog;
    return { facts, bytes, merges, notifications: this.#notifications, resets: this.#resets };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Notification<E>, undefined>> {
    const pulled = this.#pulling.then(async () => this.#pull());
    this.#pulling = pulled.catch(() => undefined);
    return pulled;
  }

  async return(): Promise<IteratorResult<Notification<E>, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  // What the channel says ----------------------------------------------------------------------------------

  offer(notice: Notice): void {
    if (this.#isOver) return;
    this.#head = notice.to;
    if (notice.sealed) this.#sealedAt = notice.to;
    // Of others on this channel: it may begin before this one's place. The journal has what follows.
    if (!this.#hasJoined) return;
    const isKept = this.#backlog.add(notice);
    if (!isKept && this.#isLive) this.#needsReset = true;
    this.#wake?.();
  }

  /** The channel goes on from here: facts up to its seq may not have been told. */
  goOn({ seq, sealed }: WireStanding): void {
    this.#head = Math.max(this.#head, seq);
    if (sealed) this.#sealedAt = seq;
    this.#wake?.();
  }

  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#end();
  }

  /** What there is has reached the reader, if it reads. */
  async settled(): Promise<void> {
    if (this.#wake === undefined && this.#next !== undefined && this.#next <= this.#head) await this.#pulling;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    this.#backlog.clear();
    this.#channel.leave(this);
    this.#wake?.();
  }

  // What the reader gets -----------------------------------------------------------------------------------

  async #pull(): Promise<IteratorResult<Notification<E>, undefined>> {
    for (;;) {
      const notification = await this.#notification();
      if (this.#failure !== undefined) throw this.#taken(this.#failure);
      if (this.#isOver) return { done: true, value: undefined };
      if (notification === undefined) {
        await this.#news();
        continue;
      }
      this.#notifications++;
      if (notification.sealed) this.#end();
      return { done: false, value: notification };
    }
  }

  /** Told once; after that the iteration is over. */
  #taken(failure: Error): Error {
    this.#failure = undefined;
    return failure;
  }

  async #news(): Promise<void> {
    this.#isLive = true;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  /** The next one, if there is anything to tell. */
  async #notification(): Promise<Notification<E> | undefined> {
    try {
      const standing = await this.#joined;
      if (this.#isOver) return undefined;
      this.#start(standing);
      return this.#needsReset ? await this.#reset() : await this.#following();
    } catch (error) {
      // The channel has told the same already, unless it was the journal that failed.
      if (!this.#isOver) this.fail(error);
      return undefined;
    }
  }

  #start(standing: WireStanding): void {
    if (this.#head === 0) this.goOn(standing);
    if (this.#next === undefined && standing.seq === 0) {
      this.#next = 1;
      this.#needsReset = false;
    }
    if (this.#next === undefined || this.#next <= this.#head + 1) return;
    const text = `${this.address} has facts 1 to ${this.#head}: nothing comes after ${this.#next - 1} yet.`;
    throw new TroupeError('NOT_FOUND', text, { address: this.address, last: this.#head });
  }

  async #reset(): Promise<Notification<E>> {
    // The first one stands where it joined; a later one is as fresh as can be.
    if (this.#next !== undefined) this.#joined = this.#channel.standing();
    const standing = await this.#joined;
    const { seq, state, tags, sealed } = standing;
    const from = this.#next ?? 1;
    this.#needsReset = false;
    this.#next = seq + 1;
    this.#reached = { paths: state, tags };
    this.#backlog.dropTo(seq);
    this.goOn(standing);
    this.#resets++;
    return { address: this.address, from, to: seq, facts: [], state, tags, sealed, reset: resetOf(standing) };
  }

  async #following(): Promise<Notification<E> | undefined> {
    const next = this.#next ?? 1;
    const { from } = this.#backlog;
    if (from === next) return this.#told(this.#backlog.take());
    if (next <= this.#head) return this.#told(await this.#missed(next, (from ?? this.#head + 1) - 1));
    if (this.#sealedAt === undefined) return undefined;
    const { paths: state = [], tags = [] } = this.#reached ?? {};
    return { address: this.address, from: next, to: this.#sealedAt, facts: [], state, tags, sealed: true };
  }

  async #missed(from: number, to: number): Promise<Pending> {
    const { address } = this;
    return missedPage(this.#journal, { address, from, to, maxBytes: this.#maxBytes, reached: this.#reached });
  }

  async #told(pending: Pending | undefined): Promise<Notification<E> | undefined> {
    if (pending === undefined) return undefined;
    const { from, to, state, tags, sealed } = pending;
    const facts = factsOf<E>(pending.facts, await bodiesOf(this.#journal, this.address, pending.bodies));
    this.#next = to + 1;
    this.#reached = { paths: state, tags };
    return { address: this.address, from, to, facts, state, tags, sealed };
  }
}
