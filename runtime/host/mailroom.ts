/**
 * The mailboxes of one host: takes in what comes for actors, merges what the definition lets merge, and says
 * whose turn it is.
 *   M1. The order of one actor's events is the order they came in; a merge only joins neighbours, of which
 *       each fits its actor, and so does what they become.
 *   M2. A coalescable event alone waits for its window; anything else takes it along at once.
 *   M3. Mailboxes are bounded, each and together: beyond that the sender is told. A driver cannot be: what it
 *       says is dropped, and that is logged once a turn.
 *   M4. Windows end together, but their actors take their turns in pieces: whoever waits for no window comes
 *       between them, not behind a thousand streams.
 */
import { outcomeOf, TroupeError } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import type { AnyEvent } from '../../actors/fact.ts';
import { bodyBytesMin } from '../../storage/limits.ts';
import type { Limits } from '../limits.ts';
import type { SendRequest } from '../protocol.ts';
import { checked } from './accepting.ts';
import type { Wait } from './clock.ts';
import type { HostedActor } from './hostedActor.ts';
import { sendsIn } from './mailbox.ts';
import type { Entry, SendEntry } from './mailbox.ts';
import { isMergeable, mergedEvent } from './merging.ts';
import { decodedOf } from './words.ts';

const windowMsDefault = 33;

/**
 * Actors a round whose windows have ended (M4). A round of 1000 took 15 to 20 ms, and every other send waited
 * for it; a flush more costs less than a tenth of a piece.
 */
const endedMax = 64;

/** Commits are bounded (storage/limits.ts): a turn stops before it, and one event more still fits. */
const turnBytesMax = 4 * 1024 * 1024;

export class Mailroom {
  readonly ready = new Set<HostedActor>();
  /** Actors that hold a coalescable event back. */
  readonly #waiting = new Set<HostedActor>();
  /** Their window has ended; they wait for their turn behind those that are ready. */
  readonly #ended = new Set<HostedActor>();
  readonly #limits: Limits;
  readonly #clock: { readonly now: () => number; readonly wait: Wait };
  readonly #wake: () => void;
  /** The tick that ends all open windows. */
  #tick: { readonly at: number; readonly stop: () => void } | undefined;
  waiting = 0;

  constructor(limits: Limits, clock: { readonly now: () => number; readonly wait: Wait }, wake: () => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Undefined: taken. */
  put(actor: HostedActor, entry: Entry): Refusal | undefined {
    const { mailbox } = actor;
    // What the host itself tells is bounded by what is under way, and must not be lost.
    // So is what a driver of the callers' thread says: its child waits for every answer.
    const isBounded =
      entry.type === 'send'
        ? entry.request.driver === undefined
        : entry.type === 'driver' || entry.type === 'batch';
    if (isBounded && (mailbox.length >= this.#limits.mailboxEvents || this.isFull)) {
      return outcomeOf(this.#full(actor, mailbox.length));
    }
    if (entry.type === 'send' && actor.kind.definition.coalesce !== undefined && this.#merge(actor, entry)) {
      return undefined;
    }
    mailbox.push(entry);
    this.waiting++;
    if (mailbox.length === 1 && entry.type === 'send' && this.#opensWindow(actor, entry)) this.#hold(actor);
    else this.#release(actor);
    return undefined;
  }

  get isFull(): boolean {
    return this.waiting >= this.#limits.workerEvents;
  }

  #merge(actor: HostedActor, entry: SendEntry): boolean {
    const last = actor.mailbox.at(-1);
    // Put again after a failed append: what was merged into it would be lost with it.
    if (last?.type !== 'send' || entry.merged !== undefined) return false;
    if (!canMerge(last.request) || !canMerge(entry.request)) return false;
    const [one, other] = [last.request, entry.request];
    if (one.by !== other.by || one.trace !== other.trace || one.driver !== other.driver) return false;
    const bytes = (last.bytes ?? last.request.event.length) + entry.request.event.length;
    if (bytes > bodyBytesMin || isRepeated(actor, entry.request, last)) return false;
    const merged = togetherOf(actor, last, entry);
    if (merged === undefined) return false;
    last.event = merged;
    last.bytes = bytes;
    (last.merged ??= []).push(entry.request);
    return true;
  }

  /** An event that would merge with its like. */
  #opensWindow(actor: HostedActor, entry: SendEntry): boolean {
    const { definition } = actor.kind;
    if (definition.coalesce === undefined || definition.commitWindowMs === 0) return false;
    const event = eventOf(actor, entry);
    return event !== undefined && isMergeable(definition, event);
  }

  #hold(actor: HostedActor): void {
    this.#waiting.add(actor);
    // One tick for all: actors that wait share a group. Nobody waits longer than its own window.
    const { now, wait } = this.#clock;
    const ms = actor.kind.definition.commitWindowMs ?? windowMsDefault;
    const at = now() + ms;
    if (this.#tick !== undefined && this.#tick.at <= at) return;
    this.#tick?.stop();
    this.#tick = { at, stop: wait(ms, () => this.#endWindow()) };
  }

  #endWindow(): void {
    this.#tick = undefined;
    for (const actor of this.#waiting) this.#ended.add(actor);
    this.#waiting.clear();
    if (this.hasNext) this.#wake();
  }

  #release(actor: HostedActor): void {
    this.#waiting.delete(actor);
    this.#ended.delete(actor);
    this.ready.add(actor);
    this.#wake();
  }

  /** Whatever waits is ready now: for closing. */
  releaseAll(): void {
    this.#tick?.stop();
    this.#endWindow();
  }

  get hasNext(): boolean {
    return this.ready.size > 0 || this.#ended.size > 0;
  }

  /** Whose turn it is in this round (M4). */
  next(): readonly HostedActor[] {
    const next = Array.from(this.ready);
    let ended = 0;
    for (const actor of this.#ended) {
      if (ended++ === endedMax) break;
      next.push(actor);
    }
    return next;
  }

  /** The next entries of an actor; it stays ready while more wait, behind all others. */
  take(actor: HostedActor): Entry[] {
    const length = actor.singly > 0 ? 1 : this.#turnLength(actor.mailbox);
    if (actor.singly > 0) actor.singly--;
    const entries = actor.mailbox.splice(0, length);
    this.waiting -= entries.length;
    actor.isOverrun = false;
    this.ready.delete(actor);
    this.#ended.delete(actor);
    if (actor.mailbox.length > 0) this.ready.add(actor);
    return entries;
  }

  /** Bounded in number and in bytes: a turn is one commit. */
  #turnLength(mailbox: readonly Entry[]): number {
    const most = Math.min(mailbox.length, this.#limits.turnEvents);
    let bytes = 0;
    for (let length = 0; length < most; length++) {
      const entry = mailbox[length];
      // B1 of batches.ts.
      if (entry?.type === 'batch') return Math.max(1, length);
      if (entry?.type === 'send') bytes += entry.bytes ?? entry.request.event.length;
      else if (entry?.type === 'message') bytes += entry.message.bytes.length;
      if (bytes > turnBytesMax) return Math.max(1, length);
    }
    return most;
  }

  /** The actor leaves memory; what waited for it is given back. */
  drop(actor: HostedActor): Entry[] {
    this.ready.delete(actor);
    this.#waiting.delete(actor);
    this.#ended.delete(actor);
    this.waiting -= actor.mailbox.length;
    return actor.mailbox.splice(0);
  }

  #full(actor: HostedActor, length: number): TroupeError {
    const { address } = actor;
    const text = `The mailbox of ${address} is full (${length} wait). Send again later, or with wait: true.`;
    return new TroupeError('MAILBOX_FULL', text, { address, waiting: length });
  }
}

/** An event with a condition, labels, an input or large leaves of its own stays an event of its own. */
function canMerge({ ifSeq, labels, input, bodies }: SendRequest): boolean {
  return ifSeq === undefined && labels === undefined && input === undefined && bodies === undefined;
}

/**
 * P4: applied before, or waiting to be, under the same identity: it must not be applied as part of another.
 */
function isRepeated({ ledger, mailbox }: HostedActor, request: SendRequest, last: SendEntry): boolean {
  if (ledger.applied(request) !== undefined || ledger.applied(last.request) !== undefined) return true;
  const isWaiting = (id: string | undefined, but?: Entry): boolean => {
    if (id === undefined) return false;
    return mailbox.some((entry) => entry !== but && sendsIn(entry).some((other) => other.id === id));
  };
  // The last one too: once its like is applied it is only answered, and whatever it carries would be lost.
  return isWaiting(request.id) || isWaiting(last.request.id, last);
}

/** Both as one event that fits its actor; undefined where they stay two. */
function togetherOf(actor: HostedActor, last: SendEntry, entry: SendEntry): AnyEvent | undefined {
  const [previous, next] = [eventOf(actor, last), eventOf(actor, entry)];
  if (previous === undefined || next === undefined) return undefined;
  const merged = mergedEvent(actor.kind.definition, previous, next);
  return merged && fitting(actor, () => merged, entry.request.driver);
}

/** Undefined: it does not fit its actor. It merges with nothing, and its turn says what is wrong with it. */
function eventOf(actor: HostedActor, entry: SendEntry): AnyEvent | undefined {
  const { request } = entry;
  return (entry.event ??= fitting(actor, () => decodedOf(request), request.driver));
}

function fitting(actor: HostedActor, event: () => unknown, driver?: string): AnyEvent | undefined {
  try {
    return checked(actor, event(), driver);
  } catch {
    return undefined;
  }
}
