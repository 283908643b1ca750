/**
 * Definitions: what a kind of actor is. A definition holds a user's machine and what the host must know
 * beside it; it is plain to write, checked when it is made, and changes nothing about the machine.
 */
import type { AnyStateMachine, ContextFrom, EventFromLogic, InputFrom, StateValueFrom } from 'xstate';
import { TroupeError } from '../actors/troupeError.ts';
import type { AnyEvent, Fact } from '../actors/fact.ts';
import { Unsupported, statechartOf } from '../actors/statechart.ts';
import type { RowPatch, UsageEntry } from '../storage/commit.ts';
import { assertDefinition } from './assertDefinition.ts';
import type { StandardSchema } from './schema.ts';

/** The running summary of one kind: a pure fold over facts, plain JSON, at most 64 KiB. */
export interface DigestFold<D = unknown> {
  /** Raise it when the fold's meaning changes: a seal says which one made it. */
  readonly schema: number;
  start(): D;
  fold(digest: D, fact: Fact): D;
  /** The last word, when the actor ends: what is still open belongs into its seal. */
  sealed?(digest: D, stand: Stand<AnyStateMachine>): D;
  /** What readers of a live one get, where the fold needs more than they do. */
  shown?(digest: D): D;
}

/** How a task is retried; without a policy it has one attempt. What was lost in a crash was none of them. */
export interface TaskPolicy {
  readonly attempts?: number;
  /** Before the second attempt; doubled for each further one, at most a minute. */
  readonly backoffMs?: number;
  /** An attempt that takes longer is aborted and counts as failed. */
  readonly timeoutMs?: number;
}

/** What becomes of a driver whose worker or process was lost. */
export interface DriverPolicy {
  readonly onLost: 'restart' | 'error' | 'reattach';
}

/** What a definition adds to an actor's row. */
export type RowFields = Pick<RowPatch, 'title' | 'parent' | 'costMicroUsd' | 'asks'>;

/** A message that goes out when its sender is sealed. */
export interface Report {
  readonly to: string;
  readonly event: AnyEvent;
}

/** Where an actor stands, as `reply` sees it. */
export interface Stand<M extends AnyStateMachine> {
  readonly value: StateValueFrom<M>;
  readonly tags: readonly string[];
  readonly context: ContextFrom<M>;
}

/** Everything about a kind of actor but its machine. */
export interface DefinitionOptions<K extends string, M extends AnyStateMachine, R, D> {
  readonly kind: K;
  /** Raise it when the machine changes; histories of older versions are brought up by `upcast`. */
  readonly version: number;
  readonly machine: M;
  readonly digest?: DigestFold<D>;
  /** Two events that came one after the other as one, or undefined where they must stay two. */
  readonly coalesce?: (previous: EventFromLogic<M>, next: EventFromLogic<M>) => EventFromLogic<M> | undefined;
  /** How long a coalescable event may wait for the next one. */
  readonly commitWindowMs?: number;
  /** Event types that are recorded without a step in states where all they do is nothing (`{}`). */
  readonly passive?: readonly string[];
  /** What a sender gets back; pure, because a retried send gets it again. */
  readonly reply?: (event: EventFromLogic<M>, before: Stand<M>, after: Stand<M>) => R;
  /**
   * Event types of which a send that was applied before is told how the actor stands now. Of all others it is
   * told what it was told then, for which the history up to there is folded again.
   */
  readonly replyNow?: readonly string[];
  /** An event of an older version as today's. */
  readonly upcast?: (event: AnyEvent, from: number) => AnyEvent;
  /** A context of an older version as today's; without it the history is replayed. */
  readonly migrate?: (context: unknown, from: number) => unknown;
  /** What the directory shows of an actor beside its state and labels; pure, asked after each turn. */
  readonly row?: (stand: Stand<M>, digest: D) => RowFields;
  /** Why an actor whose machine is done has ended, as its seal says; absent: `done`. */
  readonly cause?: (stand: Stand<M>) => string;
  /**
   * Whom an actor tells of its end, whatever way it ended: recorded with its last fact. Each event gets the
   * sender's address and last seq (`child`, `childSeq`), and the hash of its seal (`sealHash`).
   */
  readonly report?: (stand: Stand<M>, digest: D, cause: string) => readonly Report[];
  /** Counters of one fact, kept by hour and key for longer than histories (`troupe.usage`). */
  readonly usage?: (before: D, fact: Fact, labels: Readonly<Record<string, string>>) => readonly UsageEntry[];
  /**
   * By the type of a fact: what follows from it and is a fact of its own, recorded in the same commit ahead
   * of it, each taken by the machine like any other event. Pure; all of them or, if one does not fit, none.
   */
  readonly concludes?: Readonly<
    Record<string, (event: AnyEvent, stand: Stand<M>) => readonly EventFromLogic<M>[]>
  >;
  /**
   * Ids of sends that this event stands for, beside its own: a send under one of them is answered as applied
   * with it (P4). Pure.
   */
  readonly ids?: (event: EventFromLogic<M>) => readonly string[];
  /** Standard Schemas (TypeBox, zod, valibot) by event type. */
  readonly schemas?: Readonly<Record<string, StandardSchema>>;
  readonly tasks?: Readonly<Record<string, TaskPolicy>>;
  readonly drivers?: Readonly<Record<string, DriverPolicy>>;
  /** Events that only a driver of the actor may say: refused from anybody else (`INVALID_EVENT`). */
  readonly driverTypes?: readonly string[];
  /** Put away after this long without an event. */
  readonly idleMs?: number;
}

export interface Definition<
  K extends string = string,
  M extends AnyStateMachine = AnyStateMachine,
  R = unknown,
  D = unknown,
> extends Omit<
  DefinitionOptions<K, M, R, D>,
  'coalesce' | 'reply' | 'row' | 'cause' | 'report' | 'usage' | 'concludes' | 'ids'
> {
  readonly '~troupe': 'definition';
  // The bivariant method form lets definitions of different machines stand in one list.
  coalesce?(previous: AnyEvent, next: AnyEvent): AnyEvent | undefined;
  reply?(event: AnyEvent, before: Stand<AnyStateMachine>, after: Stand<AnyStateMachine>): R;
  row?(stand: Stand<AnyStateMachine>, digest: unknown): RowFields;
  cause?(stand: Stand<AnyStateMachine>): string;
  report?(stand: Stand<AnyStateMachine>, digest: unknown, cause: string): readonly Report[];
  usage?(before: unknown, fact: Fact, labels: Readonly<Record<string, string>>): readonly UsageEntry[];
  readonly concludes?: Readonly<Record<string, Concluding>>;
  ids?(event: AnyEvent): readonly string[];
}

/** What one type of fact brings with it. */
export type Concluding = {
  // The bivariant method form, as above.
  concluded(event: AnyEvent, stand: Stand<AnyStateMachine>): readonly AnyEvent[];
}['concluded'];

/** Any definition; what a runtime hosts is a list of these. */
export type AnyDefinition = Definition;

/** A kind of actor. What the machine uses and Troupe cannot host is refused here, by name: `UNSUPPORTED`. */
export function defineActor<const K extends string, M extends AnyStateMachine, R = undefined, D = unknown>(
  options: DefinitionOptions<K, M, R, D>,
): Definition<K, M, R, D> {
  assertDefinition(options);
  try {
    statechartOf(options.machine);
  } catch (error) {
    throw error instanceof Unsupported ? unsupported(options.kind, error) : error;
  }
  return { ...options, '~troupe': 'definition' } as unknown as Definition<K, M, R, D>;
}

/** What XState offers and the host cannot make durable, told by name and place. */
export function unsupported(kind: string, error: Unsupported): TroupeError {
  return new TroupeError('UNSUPPORTED', `"${kind}": ${error.message}`, { kind }, error);
}

/** Whether a value (an export of an actors module, say) is a definition. */
export function isDefinition(value: unknown): value is AnyDefinition {
  return (
    typeof value === 'object' && value !== null && '~troupe' in value && value['~troupe'] === 'definition'
  );
}

// Types that follow from a definition ---------------------------------------------------------------------

/** The kind that a definition defines. */
export type KindOf<D> = D extends Definition<infer K, infer _M, infer _R, infer _D> ? K : never;
/** The machine of a definition. */
export type MachineOf<D> = D extends Definition<infer _K, infer M, infer _R, infer _D> ? M : never;
/** What a send to actors of a definition is answered with. */
export type ReplyOf<D> = D extends Definition<infer _K, infer _M, infer R, infer _D> ? R : never;
/** The digest of actors of a definition. */
export type DigestOf<D> = D extends Definition<infer _K, infer _M, infer _R, infer X> ? X : never;
/** What may be sent to actors of a definition. */
export type EventOf<D> = EventFromLogic<MachineOf<D>>;
/** What actors of a definition are born with. */
export type InputOf<D> = InputFrom<MachineOf<D>>;
/** Definitions by the kind they define. */
export type ByKind<D, K> =
  D extends Definition<infer X, infer _M, infer _R, infer _D> ? (X extends K ? D : never) : never;
/** The definitions among a module's exports. */
export type DefinitionsOf<Module> = Extract<Module[keyof Module], AnyDefinition>;
type PathOf<V> = V extends string
  ? V
  : { [K in keyof V & string]: K | `${K}.${PathOf<NonNullable<V[K]>>}` }[keyof V & string];
/** State names and dotted paths. */
export type StateOf<D> = PathOf<StateValueFrom<MachineOf<D>>>;

/** What the host itself records; part of every history. */
export type HostEvent =
  | {
      readonly type: 'actor.born';
      readonly version: number;
      readonly input?: unknown;
      readonly parent?: string;
    }
  | { readonly type: 'actor.stopped' }
  | { readonly type: 'actor.labelled'; readonly labels: Readonly<Record<string, string | null>> }
  | { readonly type: 'effect.done'; readonly effect: string; readonly output: unknown }
  | { readonly type: 'effect.failed'; readonly effect: string; readonly error: PlainFailure }
  /** An attempt failed; that of this number follows after a pause. The machine hears nothing. */
  | {
      readonly type: 'effect.retried';
      readonly effect: string;
      readonly attempt: number;
      readonly error: PlainFailure;
    }
  /** `quietMs`: how long nothing had been recorded before. */
  | { readonly type: 'timer.fired'; readonly timer: string; readonly quietMs?: number }
  | { readonly type: 'child.done'; readonly child: string; readonly output: unknown }
  | { readonly type: 'child.failed'; readonly child: string; readonly error: PlainFailure }
  | { readonly type: 'send.refused'; readonly to: string; readonly event: AnyEvent; readonly code: string };

/** An error as data. */
export interface PlainFailure {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
}
