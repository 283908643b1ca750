/**
 * What the book is told: the events of the vocabulary, timers that came due, and the end of the driver. The
 * machine meets the last two in XState's words, the history holds them in the host's; both are read here, so
 * that the two books cannot differ.
 */
import type { AnyEvent } from '../fact.ts';
import type { RunEvent, TimerEvent } from './vocabulary.ts';

export type BookEvent =
  | RunEvent
  | TimerEvent
  /** The driver of the process ended or failed by itself: no process is known any more. */
  | { readonly type: 'driver.ended' }
  /** The host itself ended the actor. */
  | { readonly type: 'actor.stopped' };

/** The id of the driver's invoke. */
export const driverId = 'process';

/** Ids of the run's timers; an ask's has the ask's id behind it. */
export const timerIds = { deadline: 'deadline', stall: 'stall', drain: 'drain', launch: 'launch' } as const;

export const askTimerId = (requestId: string): string => `ask.${requestId}`;

/** An event of the machine. */
export function ofMachine(event: AnyEvent): BookEvent {
  const ended =
    event.type === `xstate.error.actor.${driverId}` || event.type === `xstate.done.actor.${driverId}`;
  // The machine has transitions for the vocabulary, its timers and its driver only.
  return ended ? { type: 'driver.ended' } : (event as BookEvent);
}

/** An event of the history. */
export function ofHistory(event: AnyEvent): BookEvent {
  switch (event.type) {
    case 'timer.fired':
      return ofTimer((event as unknown as { timer: string }).timer, event);
    case 'effect.done':
    case 'effect.failed': {
      const { effect } = event as unknown as { effect: string };
      const isDriver = effect.slice(0, effect.lastIndexOf('@')) === driverId;
      return isDriver ? { type: 'driver.ended' } : (event as BookEvent);
    }
    default:
      return event as BookEvent; // What is none falls through `advance`.
  }
}

function ofTimer(timer: string, event: AnyEvent): BookEvent {
  if (timer.startsWith('ask.')) return { type: 'timer.ask', requestId: timer.slice(4) };
  const isOurs = Object.values<string>(timerIds).includes(timer);
  return isOurs ? ({ type: `timer.${timer}` } as TimerEvent) : (event as BookEvent);
}
