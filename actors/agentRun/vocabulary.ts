/**
 * The vocabulary of a run: one TypeBox schema an event is the source of its type, of the check at the door
 * and of the documentation. Fields a schema does not name are allowed and kept.
 */
import type { Static } from 'typebox';
import type { askOption } from './vocabulary/turnEvents.ts';
import { runEvents } from './vocabulary/runEvents.ts';
import type { launch } from './vocabulary/runEvents.ts';
import type { budget, content } from './vocabulary/pieces.ts';
import { turnEvents } from './vocabulary/turnEvents.ts';

/** The schema of each event, by its type. */
export const vocabulary = { ...runEvents, ...turnEvents };

export type RunEventType = keyof typeof vocabulary;
export type RunEventOf<T extends RunEventType> = Static<(typeof vocabulary)[T]>;
/** Everything that can be sent to a run, but for `x.*`. */
export type RunEvent = { [T in RunEventType]: RunEventOf<T> }[RunEventType];

/** An event of the user's own: accepted in every live state, it moves nothing. */
export interface OwnEvent {
  readonly type: `x.${string}`;
}

export type Launch = Static<typeof launch>;
export type Budget = Static<typeof budget>;
export type PromptContent = Static<typeof content>;
export type AskOption = Static<typeof askOption>;

/** How a turn ends. */
export const turnStatuses = ['ok', 'failed', 'cancelled', 'limit', 'lost'] as const;
/** How a turn of an agent ended. */
export type TurnStatus = (typeof turnStatuses)[number];

/** Why a run ends; the closed list. The last six are nobody's to send. */
export const causes = [
  'completed',
  'failed',
  'selfStopped',
  'stopped',
  'terminated',
  'superseded',
  'crashed',
  'launchFailed',
  'timedOut',
  'overBudget',
  'lost',
] as const;
/** Why a run ended: a closed list, told by its seal. */
export type Cause = (typeof causes)[number];

/** Types that a timer of the run has; nobody may send them. */
export const timerTypes = [
  'timer.deadline',
  'timer.stall',
  'timer.drain',
  'timer.launch',
  'timer.ask',
] as const;
export type TimerType = (typeof timerTypes)[number];

/** A timer that came due, as the machine gets it; the host adds how long it had been quiet. */
export type TimerEvent = {
  [T in TimerType]: { readonly type: T; readonly requestId?: string; readonly quietMs?: number };
}[TimerType];
