/**
 * The one file that knows XState (with its folder): the pure step of any user's machine, as data.
 *
 *   S1. A step executes nothing: no action, no source, no timer, no delivery. What the machine wants done
 *       comes back as effects, in order.
 *   S2. Guards, assigns and everything else that decides run exactly once per step.
 *   S3. Whatever is thrown comes back as a value; the snapshot before the step is untouched.
 *   S4. After a step nothing of it is held here: memory does not grow with steps.
 *   S5. `restore(persist(s))` goes on exactly as `s` would.
 *   S6. What cannot be hosted is refused by name, at definition where it shows, otherwise at its step.
 */
import type { AnyStateMachine, EventObject } from 'xstate';
import { isAddress } from './address.ts';
import { sourcesOf } from './statechart/definition.ts';
import { Effects } from './statechart/effects.ts';
import type { Effect } from './statechart/effects.ts';
import { noteEnd } from './statechart/ends.ts';
import { HostedMachine } from './statechart/machine.ts';
import type { Bounds } from './statechart/machine.ts';
import { persist, restore } from './statechart/persist.ts';
import type { Persisted } from './statechart/persist.ts';
import { stateOf } from './statechart/position.ts';
import { Scope } from './statechart/scope.ts';
import type { Self } from './statechart/scope.ts';
import type { Source } from './statechart/sources.ts';
import { structureOf } from './statechart/structure.ts';
import type { StateStructure } from './statechart/structure.ts';
import { Unsupported } from './statechart/unsupported.ts';
import type { Snapshot } from './statechart/snapshot.ts';

export type { Custom, Destination, Effect, Send, Start, TimerSet } from './statechart/effects.ts';
export type { Bounds } from './statechart/machine.ts';
export type { Persisted, PersistedChild, PersistedRef } from './statechart/persist.ts';
export type { Creator, Source } from './statechart/sources.ts';
export type { Self } from './statechart/scope.ts';
export type { Snapshot } from './statechart/snapshot.ts';
export type { StateStructure, TransitionStructure } from './statechart/structure.ts';
export { doneEvent, failedEvent, timerEvent } from './statechart/ends.ts';
export { Misfit, plainError } from './statechart/persist.ts';
export { acceptsOf, guardAgainst, ignores, isFinal, stateOf, tagsOf } from './statechart/position.ts';
export { Unsupported } from './statechart/unsupported.ts';

/** Everything one step produced. Output and error of an ended actor are on the snapshot. */
export interface Step {
  readonly failed: false;
  /** The live snapshot to go on from; the given one itself if nothing changed. */
  readonly snapshot: Snapshot;
  /** Whether the event selected a transition (`{}` counts) or changed the snapshot. */
  readonly accepted: boolean;
  readonly effects: readonly Effect[];
}

/** Something threw: of a sent event nothing is recorded; a host's event ends the actor at `snapshot`. */
export interface Failure {
  readonly failed: true;
  /** An `Unsupported`, or whatever the machine's own code threw. */
  readonly error: unknown;
  /** Where the actor stood, with status `error`: its timers and children end with it. */
  readonly snapshot: Snapshot;
}

export interface Statechart {
  /** The first step: initial states, their entry actions, `always`, invokes. */
  start(input: unknown, self: Self): Step | Failure;
  /** The next step. A snapshot that is not active accepts nothing. */
  step(before: Snapshot, event: EventObject, self: Self): Step | Failure;
  persist(snapshot: Snapshot): Persisted;
  /** Throws `Misfit` if the machine no longer has what was persisted. */
  restore(persisted: Persisted, self: Self): Snapshot;
  source(src: string): Source;
  readonly structure: StateStructure;
}

const unimplemented: Source = { kind: 'unimplemented' };
const noEffects: readonly Effect[] = Object.freeze([]);
const defaults: Bounds = { maxIterations: 10_000, maxEventTypes: 10_000 };

/** Made once per definition and thread; throws `Unsupported` for what can be seen there. */
export function statechartOf(definition: AnyStateMachine, bounds: Partial<Bounds> = {}): Statechart {
  const sources = sourcesOf(definition);
  const source = (src: string): Source => sources.get(src) ?? unimplemented;
  const machine = new HostedMachine(definition, { ...defaults, ...bounds });
  const scope = new Scope();

  function start(input: unknown, self: Self): Step | Failure {
    const ref = scope.open(undefined, self);
    try {
      const snapshot: Snapshot = machine.getInitialSnapshot(scope.forXState, input);
      // XState catches what the first step throws, and nothing else gives an error there.
      if (snapshot.status === 'error') return failure(snapshot, snapshot.error, 'at the start');
      return settled(undefined, snapshot);
    } catch (error) {
      return failure(machine.resolveState({ value: {}, context: {} }), error, 'at the start');
    } finally {
      scope.close(ref);
    }
  }

  function step(before: Snapshot, event: EventObject, self: Self): Step | Failure {
    if (before.status !== 'active') {
      return { failed: false, snapshot: before, accepted: false, effects: noEffects };
    }
    // A snapshot of the user's own machine would run its sources.
    if (before.machine !== machine) throw new Error('a snapshot of another machine; restore it first');
    if (event.type.startsWith('xstate.')) noteEnd(before, event);
    const ref = scope.open(before, self);
    try {
      return settled(before, machine.transition(before, event, scope.forXState));
    } catch (error) {
      return failure(before, error, `on '${event.type}' in ${stateOf(before).join(', ') || 'the root'}`);
    } finally {
      scope.close(ref);
    }
  }

  function settled(before: Snapshot | undefined, snapshot: Snapshot): Step {
    const accepted = scope.selected || snapshot !== before;
    if (scope.met.length === 0) return { failed: false, snapshot, accepted, effects: noEffects };
    const effects = new Effects(before, source);
    for (const met of scope.met) effects.add(met);
    // The snapshot is a plain object whose methods read `this`: XState clones it the same way.
    const after =
      'undefined' in snapshot.children ? { ...snapshot, children: effects.childrenOf(snapshot) } : snapshot;
    return { failed: false, snapshot: after, accepted, effects: effects.list };
  }

  return {
    start,
    step,
    persist: (snapshot) => persist(snapshot, source),
    restore: (persisted, self) => restore(persisted, { self, machine, scope, source }),
    source,
    structure: structureOf(definition),
  };
}

function failure(snapshot: Snapshot, thrown: unknown, where: string): Failure {
  const known = sentToAddress(thrown) ?? thrown;
  const error = known instanceof Unsupported ? known.at(where) : known;
  return { failed: true, error, snapshot: failedAt(snapshot, error) };
}

/** XState looks a text given to `sendTo` up among the children, and says in words alone that it is none. */
function sentToAddress(thrown: unknown): Unsupported | undefined {
  const message = thrown instanceof Error ? thrown.message : '';
  const [, to] = /^Unable to send event to actor '([^']+)'/.exec(message) ?? [];
  if (to === undefined || !isAddress(to)) return undefined;
  const instead = `use the action troupe.send with params { to: '${to}', event }`;
  return new Unsupported(`sendTo the address '${to}'`, '', instead);
}

/** The same place, as that of an actor that ended there with this error. */
export function failedAt(snapshot: Snapshot, error: unknown): Snapshot {
  // XState itself makes the snapshot of an actor whose step threw in this way.
  return { ...snapshot, status: 'error', error, output: undefined } as Snapshot;
}
