/**
 * What waits for an actor, in the order it came.
 */
import type { AnyEvent } from '../../actors/fact.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import type { HostEvent } from '../definition.ts';
import type { BatchRequest, Message, SendRequest } from '../protocol.ts';
import type { Answers } from './answers.ts';

/** Called once the outcome is durable (or refused). */
export type Settle = (refusal?: Refusal) => void;

export type Entry =
  | SendEntry
  | BatchEntry
  | { readonly type: 'message'; readonly message: Message; readonly settle: Settle }
  /** The end of an effect, child or timer, or a label: recorded whether or not it moves the machine. */
  | HostEntry
  /** What a driver sent to its actor. */
  | { readonly type: 'driver'; readonly effectId: string; readonly event: AnyEvent };

export interface SendEntry {
  readonly type: 'send';
  readonly request: SendRequest;
  /**
   * Decoded and checked, when a rule needs it before its turn; with others merged into it, what they became
   * together.
   */
  event?: AnyEvent | undefined;
  /** Requests that were merged into this one; they share its fact. */
  merged?: SendRequest[];
  /** Packed size of all events in it, once there are several. */
  bytes?: number;
}

/** Sends that are applied together or not at all (batches.ts). */
export interface BatchEntry {
  readonly type: 'batch';
  readonly request: BatchRequest;
  /** Seqs of sends that were applied before, and are known to be what this batch says. */
  readonly compared?: ReadonlySet<number>;
}

export interface HostEntry {
  readonly type: 'host';
  readonly event: HostEvent;
  /** Of a timer: what it fired for. */
  readonly due?: number;
  /** Of a message that was refused: its end, recorded together with this word or not at all. */
  readonly mail?: { readonly to: string; readonly ordinal: number };
  readonly settle?: Settle;
}

/** Somebody waits for a state, or for any fact after `after`. */
export interface Waiter {
  readonly n: number;
  readonly state: string | undefined;
  readonly after: number;
}

/** The sends in it. */
export function sendsIn(entry: Entry): readonly SendRequest[] {
  if (entry.type === 'send') return [entry.request, ...(entry.merged ?? [])];
  return entry.type === 'batch' ? entry.request.sends : [];
}

/** Everybody who waits behind these entries is told why nothing comes of them. */
export function turnAway(entries: readonly Entry[], refusal: Refusal, answers: Answers): void {
  for (const entry of entries) {
    if (entry.type === 'send') {
      for (const { n } of [entry.request, ...(entry.merged ?? [])]) answers.refuse(n, refusal);
    } else if (entry.type === 'batch') {
      answers.refuse(entry.request.n, refusal);
    } else if (entry.type !== 'driver') {
      entry.settle?.(refusal);
    }
  }
}
