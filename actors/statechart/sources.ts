/**
 * What stands behind the name of an actor source, so that the host knows how to run it.
 *
 * XState's logic creators return look-alike objects, so promises and observables are told apart by what their
 * pure `transition` does with one probing event. Nothing of the user's runs here: creators keep his function
 * in `config` untouched, and `start`, which calls it, is never called.
 */
import type { AnyActorLogic, AnyStateMachine } from 'xstate';
import { Unsupported } from './unsupported.ts';

/** The function given to `fromPromise`, `fromCallback`, …, to be called by whoever runs the effect. */
export type Creator = (args: Readonly<Record<string, unknown>>) => unknown;

export type Source =
  /** A promise source: `run` returns a promise of the output. */
  | { readonly kind: 'task'; readonly run: Creator }
  /** A long-lived source; `events`: an observable whose values are events for the parent. */
  | { readonly kind: 'driver'; readonly shape: 'callback' | 'observable' | 'events'; readonly run: Creator }
  | { readonly kind: 'machine'; readonly machine: AnyStateMachine }
  /** Only named by the machine: the caller's thread runs it, as a task. */
  | { readonly kind: 'unimplemented' };

const probe = { type: '', data: 'troupe.probe' };

/** Tells what kind of source `logic` is; refuses logic that cannot be hosted. */
export function sourceOf(name: string, logic: AnyActorLogic): Source {
  if ('__xstatenode' in logic) {
    // Only machines carry this mark, of whichever copy of XState.
    return { kind: 'machine', machine: logic as unknown as AnyStateMachine };
  }
  if (!('config' in logic) || typeof logic.config !== 'function') {
    throw new Unsupported(
      'custom actor logic',
      `actors.${name}`,
      'use a promise, callback, observable or machine',
    );
  }
  if (logic.start === undefined) {
    throw new Unsupported('fromTransition', `actors.${name}`, 'write it as a machine');
  }
  // The creators of XState store the user's function there.
  const run = logic.config as Creator;
  if (answers(logic, 'xstate.promise.resolve', 'output')) return { kind: 'task', run };
  if (answers(logic, 'xstate.observable.next', 'context')) {
    return { kind: 'driver', shape: 'observable', run };
  }
  const shape = '_subscription' in initialOf(logic) ? 'events' : 'callback';
  return { kind: 'driver', shape, run };
}

function initialOf(logic: AnyActorLogic): object {
  // The initial snapshot of these creators is a literal that reads nothing from the scope.
  return logic.getInitialSnapshot({} as never, undefined) as object;
}

/** Whether the logic's transition stores the data of an event of this type under `key`. */
function answers(logic: AnyActorLogic, type: string, key: string): boolean {
  try {
    const next: object = logic.transition(initialOf(logic), { ...probe, type }, {
      self: {},
    } as never) as object;
    return (next as Record<string, unknown>)[key] === probe.data;
  } catch {
    return false; // A callback's transition looks its running instance up, and there is none.
  }
}
