/**
 * One subscriber: a cursor over one actor's history, live at its end.
 *   P8. Each notification starts where the one before ended. What is missed is read from the journal; a
 *       reader that was live and let too much pile up gets one small reset instead, and goes on from there.
 *   N5. It is registered when `subscribe` returns: everything accepted after that is seen.
 *   N7. The seal is the last notification, to every subscriber; then the iteration ends.
 *   N8. Ending it (`return`, `break`, the signal, an error) frees everything.
 */
import type { AnyEvent } from '../actors/fact.ts';
import type { Reached } from '../storage/commit.ts';
import type { Journal } from '../storage/journal.ts';
import type { BodyOf } from '../storage/values.ts';
import { abortError } from './abort.ts';
import { awake } from './awake.ts';
import { Backlog } from './backlog.ts';
import type { Pending } from './backlog.ts';
import { ahead, missedPage } from './catchUp.ts';
import type { Channel } from './channel.ts';
import { bodiesOf, pendingFacts, resetOf } from './notification.ts';
import type { Notification } from './notification.ts';
import type { Counted, Lag } from './lag.ts';
import type { Leaving } from './leaving.ts';
import type { Notice, WireStanding } from './protocol.ts';
import { firstOf, maxBytesOf } from './subscribeOptions.ts';
import type { SubscribeOptions } from './subscribeOptions.ts';

export class Subscription<E extends AnyEvent = AnyEvent> implements AsyncIterableIterator<Notification<E>> {
  readonly address: string;
  /** @internal Of the last notification: the same for all who got it; undefined: it was made for this one. */
  source: object | undefined;
  /** @internal Whoever reads it changes nothing: facts are shared by all such. */
  isEncoded = false;
  readonly #journal: Journal;
  readonly #channel: Channel;
  readonly #maxBytes: number;
  readonly #backlog: Backlog;
  readonly #forget: () => void;
  /** Where the actor stood when this joined, or when it asked for its next reset; undefined: asked for. */
  #standing: WireStanding | undefined;
  #hasJoined = false;
  /** The seq that comes next; undefined until the first reset. */
  #next: number | undefined;
  #head = 0;
  #reached: Reached | undefined;
  /** Has had everything there was: from now on too much means a reset. */
  #isLive = false;
  #needsReset: boolean;
  /** The standing is, or will be, the one that the next reset was asked for. */
  #hasAsked = false;
  #sealedAt: number | undefined;
  #isOver = false;
  #failure: Error | undefined;
  /** Something came since the reader was last looked after. */
  #hasNews = false;
  #wake: (() => void) | undefined;
  #pulls = 0;
  #pulling: Promise<unknown> = Promise.resolve();
  readonly #resting: (() => void)[] = [];
  readonly #counted: Counted = { notifications: 0, merges: 0, resets: 0 };

  constructor(journal: Journal, channel: Channel, options: SubscribeOptions, leaving?: Leaving) {
    const { signal, wait = false } = options;
    this.address = channel.address;
    this.#journal = journal;
    this.#channel = channel;
    this.#maxBytes = maxBytesOf(options);
    this.#backlog = new Backlog(this.#maxBytes);
    this.#next = firstOf(options);
    this.#needsReset = this.#next === undefined;
    const abort = (): void => this.fail(abortError(signal, 'none'));
    signal?.addEventListener('abort', abort, { once: true });
    const stay = leaving?.add((error) => this.fail(error));
    this.#forget = () => {
      stay?.();
      signal?.removeEventListener('abort', abort);
    };
    this.#await(channel.join(this, wait));
    if (signal?.aborted === true) abort();
  }

  /** Whoever reads is told of a refusal; a subscription that nobody reads must not end the process. */
  #await(standing: Promise<WireStanding>): void {
    standing.then(
      (told) => {
        [this.#standing, this.#hasJoined] = [told, true];
        this.goOn(told);
        return undefined;
      },
      (error: unknown) => this.fail(error),
    );
  }

  get lag(): Lag {
    const facts = Math.max(0, this.#head - (this.#next ?? this.#head + 1) + 1);
    return { facts, bytes: this.#backlog.bytes, ...this.#counted };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Notification<E>, undefined>> {
    this.#pulls++;
    const pulled = this.#pulling.then(async () => this.#pull());
    this.#pulling = pulled.then(this.#pulled, this.#pulled);
    return pulled;
  }

  async return(): Promise<IteratorResult<Notification<E>, undefined>> {
    this.#end();
    return { done: true, value: undefined };
  }

  readonly #pulled = (): void => {
    this.#pulls--;
    this.#rest();
  };

  // What the channel says ----------------------------------------------------------------------------------

  offer(notice: Notice): void {
    if (this.#isOver) return;
    this.#head = notice.to;
    if (notice.sealed) this.#sealedAt = notice.to;
    // Of others on this channel: it may begin before this one's place. The journal has what follows.
    if (!this.#hasJoined) return;
    const kept = this.#backlog.add(notice);
    if (kept === 'merged') this.#count('merges');
    if (kept === 'let go' && this.#isLive) this.#needsReset = true;
    this.#tell();
  }

  /** The channel goes on from here: facts up to its seq may not have been told. */
  goOn({ seq, sealed }: WireStanding): void {
    this.#head = Math.max(this.#head, seq);
    if (sealed) this.#sealedAt = seq;
    this.#tell();
  }

  /** What waits is read from the journal. */
  letGo(): void {
    this.#backlog.clear();
  }

  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#end();
  }

  /** What there is by now has reached the reader, if it reads. */
  async settled(): Promise<void> {
    const upTo = this.#head;
    for (let isBehind = true; isBehind && this.#isReading;) {
      isBehind = (this.#next ?? 0) <= upTo;
      await new Promise<void>((resolve) => this.#resting.push(resolve));
      // Who reads on has asked again by then.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  get #isReading(): boolean {
    return !this.#isOver && this.#pulls > 0 && (this.#wake === undefined || this.#hasNews);
  }

  #rest(): void {
    for (const rest of this.#resting.splice(0)) rest();
  }

  #count(what: keyof Counted): void {
    this.#counted[what]++;
    this.#channel.counted[what]++;
  }

  #tell(): void {
    this.#hasNews = true;
    this.#wake?.();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    this.#backlog.clear();
    this.#channel.leave(this);
    this.#tell();
  }

  // What the reader gets -----------------------------------------------------------------------------------

  async #pull(): Promise<IteratorResult<Notification<E>, undefined>> {
    for (;;) {
      this.#hasNews = false;
      const notification = await this.#notification();
      if (this.#failure !== undefined) throw this.#taken(this.#failure);
      if (this.#isOver) return { done: true, value: undefined };
      if (notification === undefined) {
        await this.#news();
        continue;
      }
      this.#count('notifications');
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
    // It may have come between the look at what there is and this wait.
    if (this.#hasNews) return;
    this.#rest();
    await awake(new Promise<void>((resolve) => (this.#wake = resolve)));
    this.#wake = undefined;
  }

  /** The next one, if there is anything to tell. */
  async #notification(): Promise<Notification<E> | undefined> {
    try {
      if (this.#isOver || this.#standing === undefined) return undefined;
      this.#start(this.#standing);
      this.source = undefined;
      if (this.#needsReset) return this.#reset(this.#standing);
      const following = this.#waiting() ?? (await this.#following());
      if (following === undefined) this.#isLive = true;
      return following;
    } catch (error) {
      // The channel has told the same already, unless it was the journal that failed.
      this.fail(error);
      return undefined;
    }
  }

  #start({ seq }: WireStanding): void {
    if (this.#next === undefined && seq === 0) {
      this.#next = 1;
      this.#needsReset = false;
    }
    const next = this.#next ?? 1;
    if (next > this.#head + 1) throw ahead(this.address, this.#head, next);
  }

  /** The first one stands where it joined; a later one is as fresh as can be. */
  #reset(standing: WireStanding): Notification<E> | undefined {
    if (this.#next !== undefined && !this.#hasAsked) {
      this.#hasAsked = true;
      this.#standing = undefined;
      this.#await(this.#channel.standing());
      return undefined;
    }
    const { seq, state, tags, sealed } = standing;
    const from = this.#next ?? 1;
    [this.#needsReset, this.#hasAsked, this.#next] = [false, false, seq + 1];
    this.#reached = { paths: state, tags };
    this.#backlog.dropTo(seq);
    this.#count('resets');
    const reset = resetOf(standing, this.#maxBytes);
    return { address: this.address, from, to: seq, facts: [], state, tags, sealed, reset };
  }

  /** What waits and needs nothing of the journal: nearly all there is, and nothing is awaited for it. */
  #waiting(): Notification<E> | undefined {
    const { from, hasBodies } = this.#backlog;
    if (from !== (this.#next ?? 1) || hasBodies) return undefined;
    return this.#told(this.#backlog.take(), undefined);
  }

  async #following(): Promise<Notification<E> | undefined> {
    const next = this.#next ?? 1;
    const { from } = this.#backlog;
    if (from === next || next <= this.#head) {
      const pending = from === next ? this.#backlog.take() : await this.#missed(next, from);
      return this.#told(pending, await bodiesOf(this.#journal, this.address, pending?.bodies ?? []));
    }
    const to = this.#sealedAt;
    if (to === undefined) return undefined;
    const { paths: state = [], tags = [] } = this.#reached ?? {};
    return { address: this.address, from: next, to, facts: [], state, tags, sealed: true };
  }

  #missed(from: number, before = this.#head + 1): PromiseLike<Pending> {
    const missed = { from, to: before - 1, maxBytes: this.#maxBytes, reached: this.#reached };
    return missedPage(this.#journal, { address: this.address, ...missed });
  }

  #told(pending: Pending | undefined, bodies: BodyOf | undefined): Notification<E> | undefined {
    if (pending === undefined) return undefined;
    const { from, to, state, tags, sealed } = pending;
    const facts = pendingFacts<E>(pending, bodies, this.isEncoded);
    this.#next = to + 1;
    this.#reached = { paths: state, tags };
    this.source = pending.source;
    return { address: this.address, from, to, facts, state, tags, sealed };
  }
}
