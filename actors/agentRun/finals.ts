/**
 * The final states: how a run has ended, for people and for whoever filters lists by tags.
 */
import type { Cause } from './vocabulary.ts';

export type FinalState = Exclude<Cause, 'selfStopped'>;

/** A run that stopped itself has stopped; its cause says who stopped it. */
export const finalStateOf = (cause: Cause): FinalState => (cause === 'selfStopped' ? 'stopped' : cause);

/** The tag that a final state has beside `final`. */
export const outcomes: Readonly<Record<FinalState, 'completed' | 'failed' | 'stopped'>> = {
  completed: 'completed',
  failed: 'failed',
  stopped: 'stopped',
  terminated: 'stopped',
  superseded: 'stopped',
  crashed: 'failed',
  launchFailed: 'failed',
  timedOut: 'failed',
  overBudget: 'failed',
  lost: 'failed',
};

export const outcomeOf = (cause: Cause): 'completed' | 'failed' | 'stopped' => outcomes[finalStateOf(cause)];

/** A state of the machine each. */
export const finals = {
  completed: finalOf('completed'),
  failed: finalOf('failed'),
  stopped: finalOf('stopped'),
  terminated: finalOf('terminated'),
  superseded: finalOf('superseded'),
  crashed: finalOf('crashed'),
  launchFailed: finalOf('launchFailed'),
  timedOut: finalOf('timedOut'),
  overBudget: finalOf('overBudget'),
  lost: finalOf('lost'),
} as const satisfies Readonly<Record<FinalState, unknown>>;

function finalOf(state: FinalState): {
  readonly type: 'final';
  readonly tags: readonly ['final', 'completed' | 'failed' | 'stopped'];
} {
  return { type: 'final', tags: ['final', outcomes[state]] };
}
