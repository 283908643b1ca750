/** Which transition of a chart an event took, as far as two moments of an actor tell. */
import type { ChartState, ChartTransition, Event } from './told.ts';

/** The numbers of the transitions that fit: innermost states first, as a statechart chooses. */
export function takenBy(
  root: ChartState,
  event: Event,
  before: readonly string[],
  after: readonly string[],
): readonly number[] {
  const fits = transitionsOf(root).filter(
    (one) => isActive(one.from, before) && fitsEvent(one, event.type) && reaches(one, before, after),
  );
  const deepest = Math.max(0, ...fits.map(({ from }) => from.length));
  return fits.filter(({ from }) => from.length === deepest).map(({ number }) => number);
}

function transitionsOf(state: ChartState): readonly ChartTransition[] {
  return [...state.transitions, ...state.states.flatMap(transitionsOf)];
}

function isActive(path: string, active: readonly string[]): boolean {
  return path === '' || active.some((one) => one === path || one.startsWith(`${path}.`));
}

/** Ends and timers are recorded in the runtime's own words. */
function fitsEvent({ trigger }: ChartTransition, type: string): boolean {
  switch (trigger.kind) {
    case 'event':
      return trigger.event === type || trigger.event === '*' || startsLike(trigger.event ?? '', type);
    case 'after':
      return type === 'timer.fired';
    case 'done':
      return type === 'effect.done' || type === 'child.done';
    case 'error':
      return type === 'effect.failed' || type === 'child.failed';
    default:
      return false;
  }
}

const startsLike = (descriptor: string, type: string): boolean =>
  descriptor.endsWith('.*') && type.startsWith(descriptor.slice(0, -1));

/** A transition that stays leaves everything as it was. */
function reaches({ to }: ChartTransition, before: readonly string[], after: readonly string[]): boolean {
  if (to.length === 0) return before.join() === after.join();
  return to.some((path) => isActive(path, after)) || before.join() !== after.join();
}
