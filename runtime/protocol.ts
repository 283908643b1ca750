/**
 * What travels between the callers' thread and the hosts: batches of plain objects, one message per turn of
 * the loop each way. User values cross as packed bytes (storage/values.ts), outcomes as values: nothing is
 * thrown across a thread.
 */
import type { Refusal } from '../actors/troupeError.ts';
import type { JournalStats } from '../storage/journal.ts';
import type { Body } from '../storage/values.ts';

/** Who asked, so that a request repeated after a crash is known: P4. */
export interface Stamp {
  /** Of the runtime that sends; a new one each time a directory is opened. */
  readonly session: string;
  readonly n: number;
}

/** To a host. `n` names the request in its answer. */
export type Request =
  | SendRequest
  | BatchRequest
  | DeliverRequest
  | ReadRequest
  | { readonly op: 'effect.end'; readonly n: number; readonly address: string; readonly end: EffectEnd }
  | {
      readonly op: 'erased' | 'label';
      readonly n: number;
      readonly address: string;
      readonly labels?: Labels;
    }
  | { readonly op: 'release'; readonly n: number; readonly address: string }
  | SnapshotsRequest
  | UntilRequest
  | WatchRequest
  | { readonly op: 'unwatch'; readonly n: number; readonly channel: number }
  /** Which actors have news, once in so many milliseconds; absent: not any more. */
  | { readonly op: 'changes'; readonly n: number; readonly windowMs?: number }
  | { readonly op: 'delivered'; readonly n: number; readonly refusal?: Refusal }
  | { readonly op: 'forget'; readonly n: number; readonly of: number }
  /** The senders of everything numbered below have their answers: they will not ask again. */
  | { readonly op: 'answered'; readonly n: number; readonly below: number }
  /** How much waits in the mailboxes of these, in their order. */
  | { readonly op: 'waiting'; readonly n: number; readonly addresses: readonly string[] }
  | { readonly op: 'stats' | 'idle' | 'close'; readonly n: number };

export type Labels = Readonly<Record<string, string | null>>;

export interface SendRequest {
  readonly op: 'send';
  readonly n: number;
  readonly stamp: Stamp;
  readonly address: string;
  readonly event: Uint8Array;
  readonly bodies?: readonly Body[];
  readonly id?: string;
  readonly by?: string;
  readonly trace?: string;
  readonly ifSeq?: number;
  readonly labels?: Labels;
  /** Packed; used only by the send that gives birth. */
  readonly input?: Uint8Array;
  /** The effect that says it: a driver in the callers' thread. Nobody else can set it. */
  readonly driver?: string;
}

/**
 * Several sends to one actor, applied as one commit or not at all; answered with a `WireReceipt` for each.
 * Each has a number of its own, higher than the batch's: by that it is known again (P4).
 */
export interface BatchRequest {
  readonly op: 'batch';
  readonly n: number;
  readonly address: string;
  /** Of the whole: the send at each index has the id `key/index`, unless it has one of its own. */
  readonly key?: string;
  readonly sends: readonly SendRequest[];
}

/** A durable message of another actor, on its way (host → callers' thread → host). */
export interface DeliverRequest {
  readonly op: 'deliver';
  readonly n: number;
  readonly address: string;
  readonly message: Message;
}

/** Identity of a message is (from, ordinal): the ordinal counts up per pair. */
export interface Message {
  readonly from: string;
  readonly ordinal: number;
  readonly kind: 'event' | 'last' | 'birth' | 'stop' | 'end';
  /** Packed event, input (birth) or outcome (end). */
  readonly bytes: Uint8Array;
  readonly bodies?: readonly Body[];
  readonly labels?: Labels;
}

export interface ReadRequest {
  readonly op: 'snapshot' | 'digest';
  readonly n: number;
  readonly address: string;
  /** Absent: now. */
  readonly seq?: number;
}

/** How an actor stood after each of these facts: `WireSnapshot`s. */
export interface SnapshotsRequest {
  readonly op: 'snapshots';
  readonly n: number;
  readonly address: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Answered with a seq: with `state`, of the first event from now on after which the actor was there (or of
 * the last one, when it is there already); with `after`, of the last event as soon as that is greater.
 */
export interface UntilRequest {
  readonly op: 'until';
  readonly n: number;
  readonly address: string;
  readonly state?: string;
  readonly after?: number;
}

/**
 * From here on, notices on this channel; answered with where the actor stands (`WireStanding`). Asked again,
 * what has been gathered is told first.
 */
export interface WatchRequest {
  readonly op: 'watch';
  readonly n: number;
  readonly channel: number;
  readonly address: string;
  readonly windowMs: number;
  /** Also before its birth. */
  readonly wait: boolean;
  /** Once everything that was received before is durable, and told; absent: as it stands. */
  readonly settled?: boolean;
}

export interface WireStanding {
  readonly seq: number;
  readonly state: readonly string[];
  readonly tags: readonly string[];
  readonly sealed: boolean;
  /** Packed; absent when it is too large for a reset. */
  readonly digest?: Uint8Array;
}

/** A fact that crosses to subscribers; `bytes` are its packed event. */
export type WireFact = readonly [
  seq: number,
  to: number,
  at: number,
  bytes: Uint8Array,
  id: string | undefined,
  by: string | undefined,
  trace: string | undefined,
];

/** What became durable on a channel, from the end of the notice before on. */
export interface Notice {
  readonly op: 'notice';
  readonly channel: number;
  readonly from: number;
  readonly to: number;
  readonly facts: readonly WireFact[];
  /** Hashes of the bodies that the facts refer to. */
  readonly bodies: readonly string[];
  /** How much those hold. */
  readonly bodyBytes: number;
  readonly state: readonly string[];
  readonly tags: readonly string[];
  readonly sealed: boolean;
}

/** The end of a task that ran in the callers' thread. */
export interface EffectEnd {
  readonly effectId: string;
  readonly output?: Uint8Array;
  readonly failure?: Uint8Array;
}

/** From a host. */
export type Answer =
  | { readonly op: 'ok'; readonly n: number; readonly value?: unknown }
  | { readonly op: 'refused'; readonly n: number; readonly refusal: Refusal }
  | { readonly op: 'receipt'; readonly n: number; readonly receipt: WireReceipt }
  | { readonly op: 'effect.start'; readonly call: EffectCall }
  | { readonly op: 'effect.stop'; readonly address: string; readonly effectId: string }
  | { readonly op: 'driver.start'; readonly call: DriverCall }
  | {
      readonly op: 'driver.tell';
      readonly address: string;
      readonly effectId: string;
      /** Of the fact that led to it: a driver that outlived its host knows what it has heard. */
      readonly seq: number;
      readonly event: Uint8Array;
    }
  | { readonly op: 'deliver'; readonly n: number; readonly address: string; readonly message: Message }
  | {
      readonly op: 'log';
      readonly level: LogLevel;
      readonly details: Readonly<Record<string, unknown>>;
      readonly text: string;
    }
  | Notice
  | { readonly op: 'changes'; readonly addresses: readonly string[] }
  | { readonly op: 'quarantine'; readonly address: string; readonly reason: Refusal }
  | { readonly op: 'lost'; readonly refusal: Refusal };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface WireReceipt {
  readonly seq: number;
  readonly state: readonly string[];
  readonly tags: readonly string[];
  readonly final: boolean;
  readonly duplicate: boolean;
  /** Packed; absent when the definition has no reply. */
  readonly reply?: Uint8Array;
}

/** A task for the callers' thread. */
export interface EffectCall {
  readonly address: string;
  readonly effectId: string;
  readonly src: string;
  readonly input: Uint8Array;
  readonly attempt: number;
  /** It was under way before, with this host or another: one that still runs here goes on. */
  readonly resumed: boolean;
}

/** A driver for the callers' thread. */
export interface DriverCall extends EffectCall {
  /** Where its actor stands. */
  readonly seq: number;
}

/** A snapshot as it crosses: what `ref.snapshot()` shows. */
export interface WireSnapshot {
  readonly seq: number;
  readonly at: number;
  readonly status: 'live' | 'sealed' | 'quarantined';
  readonly state: readonly string[];
  readonly tags: readonly string[];
  readonly accepts: readonly string[];
  /** Packed { value, context, output?, error? }. */
  readonly machine: Uint8Array;
}

export interface WireDigest {
  readonly seq: number;
  readonly sealed: boolean;
  /** Packed. */
  readonly digest: Uint8Array;
  /** As stored: J's `seal`. */
  readonly seal?: Uint8Array;
}

/** What one host counts; plain numbers. */
export interface HostStats {
  readonly actors: number;
  /** Watched actors, times their windows. */
  readonly projections: number;
  readonly mailbox: number;
  readonly turns: number;
  readonly commits: number;
  readonly facts: number;
  readonly refused: number;
  readonly duplicates: number;
  readonly activations: number;
  readonly passivations: number;
  readonly snapshots: number;
  readonly timers: number;
  readonly effects: number;
  readonly deadLetters: number;
  /** Actors that ended as `error`, and users' code that threw where nobody hears it. */
  readonly failures: number;
  readonly lateOutput: number;
  readonly flushP50Ms: number;
  readonly flushP99Ms: number;
  readonly loopDelayMs: number;
  readonly journal: JournalStats;
}
