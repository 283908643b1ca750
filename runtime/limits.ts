/**
 * Every bound of the runtime, with its reason; the journal's are in storage/limits.ts. What a user may change
 * is an option of `openTroupe({ limits })`; relations are asserted when this file loads.
 */
import { invariant } from '../actors/invariant.ts';
import { assertMs, assertNames, assertWhole, invalidOption } from './invalidOption.ts';

export interface Limits {
  /** Events waiting for one actor: beyond it the sender is told, before memory is; a driver's are dropped. */
  readonly mailboxEvents: number;
  /** Events waiting in one worker, over all its actors. */
  readonly workerEvents: number;
  /** Sends of one process that have no answer yet. */
  readonly unansweredSends: number;
  /**
   * Events of one actor in one turn: a flood to one leaves room for the others. A thousand at once
   * are eight turns of a flush each (V9: ten at most).
   */
  readonly turnEvents: number;
  /** One packed event with its bodies. */
  readonly eventBytes: number;
  /** A packed snapshot (context, timers, identities, digest): beyond it the actor is too large to host. */
  readonly snapshotBytes: number;
  /** What a task may give back. */
  readonly resultBytes: number;
  /** Facts between two snapshots: what an activation folds at most, and a digest with it. */
  readonly snapshotFacts: number;
  /** Messages of one actor that nobody has taken yet; beyond it its own sends are refused. */
  readonly unsentMessages: number;
  /** Caller's ids remembered per actor, unless 24 h hold more. */
  readonly rememberedIds: number;
  readonly rememberedMs: number;
  /** Actors in memory that do nothing are put away after this long. */
  readonly idleMs: number;
  /** Actors in memory per worker: beyond it the idle ones are put away at once. */
  readonly residentActors: number;
  /** Actors that recovery wakes at the same time: it must not starve what users ask for. */
  readonly recoveringActors: number;
  /** Crashes of one worker within `restartWindowMs` before sends are refused for that long. */
  readonly restarts: number;
  readonly restartWindowMs: number;
  /** A worker that shows no sign for this long is reported as stuck. */
  readonly stuckMs: number;
  /** How long `close` waits for what is in flight. */
  readonly closeMs: number;
}

export const defaultLimits: Limits = {
  mailboxEvents: 4096,
  workerEvents: 65_536,
  unansweredSends: 131_072,
  turnEvents: 128,
  eventBytes: 8 * 1024 * 1024,
  snapshotBytes: 8 * 1024 * 1024,
  resultBytes: 1024 * 1024,
  snapshotFacts: 256,
  unsentMessages: 4096,
  rememberedIds: 4096,
  rememberedMs: 24 * 3_600_000,
  idleMs: 60_000,
  residentActors: 20_000,
  recoveringActors: 64,
  restarts: 5,
  restartWindowMs: 10_000,
  stuckMs: 5_000,
  closeMs: 10_000,
};

/** Nothing is kept, nothing is waited for, nothing is tried again. */
const mayBeZero: ReadonlySet<string> = new Set(['rememberedMs', 'idleMs', 'closeMs', 'restarts']);

/** Labels of one actor: each is a key of the directory, and every child inherits them. */
export const labelsMax = 16;
export const labelLengthMax = 256;
/** Each multiplies the rows of usage by its values. */
export const indexLabelsMax = 4;

/** Ids, senders and traces of a send: an actor keeps `rememberedIds` ids in each of its snapshots. */
export const noteLengthMax = 512;

/** The longest that one timer of Node waits, with room for what is added: 24 days. */
export const timerMsMax = 24 * 24 * 3_600_000;

/** The limits in force; what a caller sets must still make sense together. */
export function limitsOf(changes: Partial<Limits> = {}): Limits {
  assertNames('limits', changes, defaultLimits);
  for (const [name, value] of Object.entries(changes)) {
    const min = mayBeZero.has(name) ? 0 : 1;
    if (name.endsWith('Ms')) assertMs(`limits.${name}`, value, min);
    else assertWhole(`limits.${name}`, value, min);
  }
  const given = { ...defaultLimits, ...changes };
  // For ever is long enough.
  const limits = {
    ...given,
    closeMs: Math.min(given.closeMs, timerMsMax),
    stuckMs: Math.min(given.stuckMs, timerMsMax),
    restartWindowMs: Math.min(given.restartWindowMs, timerMsMax),
  };
  assertFits(limits, 'turnEvents', 'mailboxEvents', 'a turn takes at most what a mailbox holds');
  assertFits(limits, 'mailboxEvents', 'workerEvents', 'one mailbox fits into its worker');
  assertFits(limits, 'resultBytes', 'eventBytes', "a task's result fits into an event");
  return limits;
}

function assertFits(limits: Limits, one: keyof Limits, other: keyof Limits, why: string): void {
  if (limits[one] <= limits[other]) return;
  throw invalidOption(`limits.${one}`, limits[one], `it is at most ${other}, ${limits[other]}: ${why}`);
}

invariant(limitsOf().snapshotFacts <= 256, 'P7: a digest folds at most 256 facts');
