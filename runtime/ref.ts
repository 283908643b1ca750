/**
 * A reference to one actor: what a caller can do with it. Holding one costs nothing and opens nothing; the
 * actor behind it is born by the first event it accepts, and never by reading (`NOT_FOUND`).
 * Refusals are thrown as `TroupeError`, known by `isTroupeError`.
 */
import type { Fact } from '../actors/fact.ts';
import { erasedOf } from './erasedOf.ts';
import { isTroupeError } from '../actors/troupeError.ts';
import type { Seal } from '../storage/commit.ts';
import { unpack } from '../storage/values.ts';
import { verify } from '../storage/verify.ts';
import type { Verified } from '../storage/verify.ts';
import type { DigestOf, EventOf, HostEvent, InputOf, ReplyOf, StateOf } from './definition.ts';
import { describe } from './describe.ts';
import { assertKnown, historyOf, notFound } from './history.ts';
import type { HistoryOptions } from './history.ts';
import { labelsOf } from './labels.ts';
import { invalidOption } from './invalidOption.ts';
import { assertUntil } from './leaving.ts';
import type { Leaving, UntilOptions } from './leaving.ts';
import type { Opened } from './opened.ts';
import type { Labels, Request, WireDigest, WireSnapshot } from './protocol.ts';
import { Pushing } from './pushing.ts';
import type { Router, Unnumbered } from './router.ts';
import { refoldOf } from './refold.ts';
import { receiptFrom, receiptOf } from './sending.ts';
import type { Route, SendOptions } from './sending.ts';
import { assertSubscribe, windowOf } from './subscribeOptions.ts';
import type { SubscribeOptions } from './subscribeOptions.ts';
import { Subscription } from './subscription.ts';
import { assertState } from './shape.ts';
import { snapshotOf } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { untilMet } from './until.ts';

/**
 * What a send led to. It is given after the event is durable (P1). Of a duplicate whose facts were erased
 * since, only `seq` is known.
 */
export interface Receipt<R = unknown> {
  readonly seq: number;
  readonly state: readonly string[];
  readonly tags: readonly string[];
  /** This event ended the actor. */
  readonly final: boolean;
  /** It had been applied before; told is what was told then, or where it stands now (`replyNow`). */
  readonly duplicate: boolean;
  readonly reply: R;
}

/** The running summary of an actor; once it has ended, with its seal. */
export interface Digest<T = unknown> {
  readonly seq: number;
  readonly sealed: boolean;
  readonly digest: T;
  readonly seal?: Seal;
}

type EventIn<D> = EventOf<D> | HostEvent;
type TypeIn<D> = EventIn<D>['type'];

/** Whoever holds the runtime open for a reference. */
export interface Holder {
  readonly opened: Opened;
  /** What waits for it: ended when it is closed. */
  readonly leaving: Leaving;
  /** `CLOSED` once it is. */
  assertOpen(): void;
}

const described = 10;
const windowMsDefault = 33;
/** As it is stored. */
function sealOf(bytes: Uint8Array): Seal {
  return JSON.parse(Buffer.from(bytes).toString()) as Seal;
}

export class Ref<D> {
  readonly address: string;
  protected readonly holder: Holder;
  readonly #route: Route;
  #pushing: Pushing | undefined;

  constructor(holder: Holder, address: string) {
    const { router, plan, beforeSend } = holder.opened;
    this.address = address;
    this.holder = holder;
    this.#route = { router, link: router.linkOf(address), limits: plan.limits, beforeSend, address };
  }

  async exists(): Promise<boolean> {
    this.holder.assertOpen();
    return (await this.#journal.last(this.address)) !== undefined;
  }

  /** Resolves when the event is durable. An aborted one may be applied all the same: see `id`. */
  async send(event: EventOf<D>, options?: SendOptions<InputOf<D>>): Promise<Receipt<ReplyOf<D>>> {
    this.holder.assertOpen();
    this.holder.opened.ptys.assertTakes(this.address, event);
    return receiptFrom(await receiptOf(this.#route, event, options));
  }

  /** Sends without a promise. False: taken, but await `flush()` before the next; failures reject that. */
  push(event: EventOf<D>, options?: { readonly id?: string }): boolean {
    this.holder.assertOpen();
    this.holder.opened.ptys.assertTakes(this.address, event);
    this.#pushing ??= new Pushing(this.#route, this.holder.opened.plan.logger);
    return this.#pushing.push(event, options);
  }

  /**
   * Everything pushed through this reference is durable, and has reached the subscribers that read; rejects
   * with the first failure since the last.
   */
  async flush(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    await this.#pushing?.flush(options.signal);
    await this.holder.opened.channels.flush(this.address, options.signal);
  }

  /**
   * What becomes durable from now on, gap-free, in windows. Without `after` it begins with a reset that says
   * where the actor stands; with it, what came behind that fact is told first. Ends after the seal.
   */
  subscribe(options: SubscribeOptions = {}): Subscription<EventIn<D>> {
    this.holder.assertOpen();
    assertSubscribe(options);
    const { journal, channels } = this.holder.opened;
    const channel = channels.of(this.address, windowOf(options.windowMs, windowMsDefault));
    // The events are those of the definition behind the address.
    return new Subscription(journal, channel, options, this.holder.leaving) as Subscription<EventIn<D>>;
  }

  async snapshot(): Promise<Snapshot<D>> {
    return this.#read();
  }

  /** As it stood after the fact `seq`. */
  async at(seq: number): Promise<Snapshot<D>> {
    if (!Number.isSafeInteger(seq)) throw invalidOption('seq', seq, 'it is a whole number from 1 on');
    return this.#read(seq);
  }

  async #read(seq?: number, signal?: AbortSignal): Promise<Snapshot<D>> {
    const { address } = this;
    const wire = await this.#ask({ op: 'snapshot', address, ...(seq !== undefined && { seq }) }, signal);
    return snapshotOf<D>(wire as WireSnapshot);
  }

  async digest(): Promise<Digest<DigestOf<D>>> {
    const wire = (await this.#ask({ op: 'digest', address: this.address })) as WireDigest;
    const { seq, sealed, digest, seal } = wire;
    const value = unpack(digest) as DigestOf<D>;
    if (seal === undefined) return { seq, sealed, digest: value };
    return { seq, sealed, digest: value, seal: sealOf(seal) };
  }

  /** What is recorded: the actor's own events and the host's (`HostEvent`), oldest first. */
  history<const T extends TypeIn<D> = TypeIn<D>>(
    options?: HistoryOptions<T>,
  ): AsyncIterable<Fact<Extract<EventIn<D>, { readonly type: T }>>> {
    this.holder.assertOpen();
    // Whose events these are, the definition says.
    return historyOf(this.#journal, this.address, options) as AsyncIterable<
      Fact<Extract<EventIn<D>, { readonly type: T }>>
    >;
  }

  /** Resolves as soon as the actor is in the state, or the predicate holds; judged after each event. */
  async until(
    target: StateOf<D> | ((snapshot: Snapshot<D>) => boolean),
    options: UntilOptions = {},
  ): Promise<Snapshot<D>> {
    assertUntil('until', options);
    const { leaving, opened } = this.holder;
    const what = `What ${this.address} was awaited for`;
    return leaving.within(what, options, opened.plan.wait, async (signal) => this.#until(target, signal));
  }

  async #until(
    target: StateOf<D> | ((snapshot: Snapshot<D>) => boolean),
    signal: AbortSignal,
  ): Promise<Snapshot<D>> {
    if (typeof target === 'string') {
      assertState(this.holder.opened.hosting.shapes, this.address, target);
    } else if (typeof target !== 'function') {
      throw invalidOption('what is waited for', target, 'it is a state or a function of a snapshot');
    }
    // Asked before anything is awaited: what the caller sends next comes after it.
    if (typeof target === 'string') return this.#read(await this.#untilIn(target, signal), signal);
    const { address } = this;
    const at = async (seq?: number): Promise<Snapshot<D>> => this.#read(seq, signal);
    // A seq, as protocol.ts has it.
    const after = (seq: number): PromiseLike<number> =>
      this.#ask({ op: 'until', address, after: seq }, signal) as PromiseLike<number>;
    const from = this.#journal.last(address).then((standing) => standing?.seq ?? 0);
    const cause = async (): Promise<string> => (await this.#cause()) ?? 'done';
    return untilMet({ address, from, cause, at, after }, target);
  }

  /** The seq at which it was in the state; a host alone would wait for an actor that never is born. */
  async #untilIn(state: string, signal: AbortSignal): Promise<number> {
    const { address } = this;
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    try {
      const known = this.#ask({ op: 'snapshot', address }, signal);
      const [seq] = await Promise.all([this.reached(state, either), known]);
      return seq;
    } catch (error) {
      failed.abort();
      throw error;
    }
  }

  /** The seq at which it was in the state; for an actor that is there. */
  protected async reached(state: string, signal?: AbortSignal): Promise<number> {
    // As protocol.ts has it.
    return this.#ask({ op: 'until', address: this.address, state }, signal) as PromiseLike<number>;
  }

  /** Whether the history is what was written: by its hashes, and by folding a sealed digest anew. */
  async verify(): Promise<Verified> {
    this.holder.assertOpen();
    return verify(this.#journal, this.address, refoldOf(this.holder.opened, this.address));
  }

  /** Sets labels of the row; null takes one away. */
  async label(patch: Labels): Promise<void> {
    const labels = labelsOf(patch, true);
    await this.#ask({ op: 'label', address: this.address, labels });
  }

  /**
   * Forgets payloads (`bodies`), or the facts themselves (`history`); the seal, usage and counts stay, and so
   * does what the machine keeps in its context, its output and its row: only the machine can let go of that.
   * No read returns the facts from then on; their bytes leave the file with the next `compact`.
   */
  async erase(what: { readonly bodies: true } | { readonly history: true }): Promise<void> {
    const { address, holder } = this;
    const kept = erasedOf(what);
    const { channels } = holder.opened;
    await assertKnown(this.#journal, address);
    // First a snapshot: an actor that lives on can no longer be folded from what is erased.
    await this.#ask({ op: 'erased', address });
    // What hosts gathered for subscribers is told before, and what waits for slow ones goes with the rest.
    await channels.flush(address);
    await this.#journal.erase(address, kept);
    channels.erased(address);
    // And another one: what was recorded between the two is erased as well.
    await this.#ask({ op: 'erased', address });
  }

  /** How it stands, as text for people, agents and logs. */
  async describe(): Promise<string> {
    this.holder.assertOpen();
    const standing = await this.#journal.last(this.address);
    if (standing === undefined) throw notFound(this.address);
    const facts: Fact[] = [];
    for await (const fact of historyOf(this.#journal, this.address, { reverse: true, limit: described })) {
      facts.push(fact);
    }
    const { row } = standing;
    try {
      const { accepts, context, error } = await this.snapshot();
      const cause = await this.#cause();
      return describe({ row, accepts, context, facts, cause, error });
    } catch (error) {
      if (!isTroupeError(error)) throw error;
      const aside = isTroupeError(error, 'QUARANTINED') ? { ...row, status: 'quarantined' as const } : row;
      return describe({ row: aside, trouble: error.message, facts });
    }
  }

  /** What it is opened with; for what is built on references. */
  get opened(): Opened {
    this.holder.assertOpen();
    return this.holder.opened;
  }

  /** Why it has ended; undefined while it has not. */
  async #cause(): Promise<string | undefined> {
    const seal = await this.#journal.seal(this.address);
    return seal && sealOf(seal).cause;
  }

  get #journal(): Opened['journal'] {
    return this.holder.opened.journal;
  }

  #ask(request: Unnumbered<Request>, signal?: AbortSignal): ReturnType<Router['ask']> {
    this.holder.assertOpen();
    return this.#route.router.ask(this.#route.link, request, signal);
  }
}
