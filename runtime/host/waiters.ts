/**
 * Those who wait for a state: judged after every single fact, never only at the end of a commit.
 */
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Answer } from '../protocol.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Waiter } from './mailbox.ts';
import { sealed } from './refusals.ts';
import { isIn } from './stand.ts';

/** Somebody whose wait is over, once what he waited for is durable. */
export interface Woken {
  readonly waiter: Waiter;
  readonly answer: Answer;
}

/** Whether somebody who waits for this state, or for any fact after `after`, has waited long enough. */
export function isMet(actor: HostedActor, state: string | undefined, after: number): boolean {
  return state === undefined ? actor.seq > after : isIn(state, actor.reached.paths);
}

/** Takes out whose wait is over; after the seal, everybody's is. */
export function wake(actor: HostedActor, woken: Woken[]): void {
  if (actor.waiters === undefined) return;
  const rest = actor.waiters.filter((waiter) => {
    const { n, state, after } = waiter;
    const met = isMet(actor, state, after);
    if (met) woken.push({ waiter, answer: { op: 'ok', n, value: actor.seq } });
    return !met;
  });
  if (actor.sealed) {
    const refusal = outcomeOf(sealed(actor));
    for (const waiter of rest.splice(0)) {
      woken.push({ waiter, answer: { op: 'refused', n: waiter.n, refusal } });
    }
  }
  actor.waiters = rest.length === 0 ? undefined : rest;
}
