/** Statecharts on values: `given` a machine and what happened, `when` an event, then look at the step. */
import type { AnyStateMachine, EventObject } from 'xstate';
import { statechartOf } from '../../../actors/statechart.ts';
import type { Failure, Snapshot, Statechart, Step } from '../../../actors/statechart.ts';

export const self = { address: 'thing/1' };

export interface Given {
  readonly chart: Statechart;
  readonly first: Step;
  /** Steps on from the first snapshot; fails the test if a step fails. */
  readonly after: (...events: readonly (EventObject | string)[]) => Step;
  readonly step: (before: Snapshot, event: EventObject | string) => Step | Failure;
}

const eventOf = (event: EventObject | string): EventObject =>
  typeof event === 'string' ? { type: event } : event;

/** The step, if it did not fail. */
export function stepped(outcome: Step | Failure): Step {
  if (outcome.failed) throw outcome.error;
  return outcome;
}

/** The failure, if it failed. */
export function failureOf(outcome: Step | Failure): Failure {
  if (!outcome.failed) throw new Error('it did not fail');
  return outcome;
}

export function given(machine: AnyStateMachine, input?: unknown): Given {
  const chart = statechartOf(machine);
  const first = stepped(chart.start(input, self));
  const step = (before: Snapshot, event: EventObject | string): Step | Failure =>
    chart.step(before, eventOf(event), self);
  const after = (...events: readonly (EventObject | string)[]): Step =>
    events.reduce((last, event) => stepped(step(last.snapshot, event)), first);
  return { chart, first, after, step };
}
