/**
 * Those who wait for a state: judged after every single fact, never only at the end of a commit.
 */
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Answer } from '../protocol.ts';
import type { HostedActor } from './hostedActor.ts';
import { sealed } from './refusals.ts';
import { isIn } from './stand.ts';

/** Whether somebody who waits for this state, or for any fact after `after`, has waited long enough. */
export function isMet(actor: HostedActor, state: string | undefined, after: number): boolean {
  return state === undefined ? actor.seq > after : isIn(state, actor.reached.paths);
}

/** Answers whose wait is over; after the seal, everybody's is. */
export function wake(actor: HostedActor, answers: Answer[]): void {
  if (actor.waiters === undefined) return;
  const rest = actor.waiters.filter(({ n, state, after }) => {
    const met = isMet(actor, state, after);
    if (met) answers.push({ op: 'ok', n, value: actor.seq });
    return !met;
  });
  if (actor.sealed) {
    const refusal = outcomeOf(sealed(actor));
    for (const { n } of rest.splice(0)) answers.push({ op: 'refused', n, refusal });
  }
  actor.waiters = rest.length === 0 ? undefined : rest;
}
