/**
 * The stand-ins that XState sees where an actor has other actors. A user's machine may keep them in its
 * context, send to them with `sendTo` and stop them; the real task, driver or child lives elsewhere, under
 * its id.
 *
 * A stand-in never runs code and never starts, so neither the system nor a mailbox ever holds on to it.
 */
import { createActor } from 'xstate';
import type { AnyActorLogic, AnyActorRef } from 'xstate';
import { refuse } from './unsupported.ts';

const readings = ['context', 'value', 'output', 'error'] as const;

/** A child's snapshot as its parent may read it: whether it still runs, and nothing of its inside. */
function snapshotOf(status: 'active' | 'done' | 'error'): object {
  const snapshot: object = { status };
  for (const reading of readings) {
    Object.defineProperty(snapshot, reading, {
      get: () => refuse(`reading .${reading} of a child's snapshot`, 'let the child send an event with it'),
    });
  }
  return Object.freeze(snapshot);
}

const snapshots = {
  active: snapshotOf('active'),
  done: snapshotOf('done'),
  error: snapshotOf('error'),
} as const;

const stub = {
  transition: (snapshot: object) => snapshot,
  getInitialSnapshot: () => snapshots.active,
  getPersistedSnapshot: (snapshot: object) => snapshot,
  // XState asks no more than these three of logic that never starts.
} as unknown as AnyActorLogic;

/** Answers every source name with the stub, so that what a machine names may be implemented elsewhere. */
export const stubs: Record<string, AnyActorLogic> = new Proxy({}, { get: () => stub });

export interface ChildOptions {
  readonly id: string;
  readonly src: string;
  readonly systemId?: string | undefined;
}

/** A stand-in made outside a step, when an actor is restored. */
export function childOf(parent: AnyActorRef, options: ChildOptions): AnyActorRef {
  // `parent` and `src` are options XState uses for itself and leaves out of the types.
  return createActor(stub, { ...options, parent } as never);
}

interface Inside {
  _snapshot: object;
  readonly options: { readonly input?: unknown };
  readonly _syncSnapshot?: boolean | undefined;
  readonly systemId?: string | undefined;
}

/** The fields of XState's Actor that its public type leaves out; every child here is such an Actor. */
const insideOf = (child: AnyActorRef): Inside => child as unknown as Inside;

/** Notes that the real one ended, as its own snapshot would say. */
export function markEnded(child: AnyActorRef, how: 'done' | 'error'): void {
  insideOf(child)._snapshot = snapshots[how];
}

export const endOf = (child: AnyActorRef): 'done' | 'error' | undefined => {
  const { _snapshot } = insideOf(child);
  return _snapshot === snapshots.done ? 'done' : _snapshot === snapshots.error ? 'error' : undefined;
};

export const inputOf = (child: AnyActorRef): unknown => insideOf(child).options.input;

export const systemIdOf = (child: AnyActorRef): string | undefined => insideOf(child).systemId;

/** The source's name: the scope refuses children of anything else. */
export const srcOf = (child: AnyActorRef): string => child.src as string;

export const isSynced = (child: AnyActorRef): boolean => insideOf(child)._syncSnapshot === true;
