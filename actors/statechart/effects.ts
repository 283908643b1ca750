/**
 * What a step wants done, as plain data: the host records it with the commit and acts after the flush.
 *
 *   - In the order in which the machine's actions say it. (XState runs custom actions first, then what the
 *     built-in ones deferred; within each of the two groups the order is the same.)
 *   - Exact for children: a child started and stopped in one step leaves no trace, a stop names only what
 *     runs, a send names only what lives when the send is made. Timers are not: leaving a state always
 *     cancels its `after`, fired or not, so cancelling what is not there means nothing.
 *   - A start under an id that still runs stops the old one first (XState would let it run on,
 *     unreachable).
 */
import type { AnyActorRef, EventObject, ExecutableActionObject } from 'xstate';
import { endOf, inputOf, srcOf } from './child.ts';
import { InertRef } from './scope.ts';
import type { Met } from './scope.ts';
import type { Source } from './sources.ts';
import { refuse } from './unsupported.ts';
import type { Snapshot } from './snapshot.ts';

export type Destination =
  /** A task, driver or child machine of this actor. */
  | { readonly child: string }
  /** The actor that hosts this one as its child. */
  | { readonly parent: string }
  /** Any actor, by its address: the action `troupe.send`, and `sendTo` the actor itself. */
  | { readonly actor: string };

export interface Send {
  readonly type: 'send';
  readonly to: Destination;
  readonly event: EventObject;
}

/** An event to come after `delayMs`: for the actor itself, or `to` somebody else. */
export interface TimerSet {
  readonly type: 'timer.set';
  /** Absent: nobody can cancel it. An `after` has an id of XState's: `xstate.after.50.(machine).a`. */
  readonly id?: string;
  readonly delayMs: number;
  /** Absent for `after`: `timerEvent(id)` is its event. */
  readonly event?: EventObject;
  readonly to?: Destination;
}

export interface Start {
  readonly type: 'task.start' | 'driver.start' | 'child.start';
  readonly id: string;
  readonly src: string;
  readonly input: unknown;
}

/** A named or inline action of the user's: run once, after the commit, live only. */
export interface Custom {
  readonly type: 'action';
  readonly name: string;
  readonly params: unknown;
  readonly run: () => unknown;
  /** Nothing implements it: `run` does nothing. */
  readonly isMissing?: true;
}

export type Effect =
  | TimerSet
  | { readonly type: 'timer.cancel'; readonly id: string }
  | Start
  | { readonly type: 'invoke.stop'; readonly id: string }
  | Send
  | { readonly type: 'log'; readonly label?: string; readonly value: unknown }
  | Custom;

const starts = {
  task: 'task.start',
  unimplemented: 'task.start',
  driver: 'driver.start',
  machine: 'child.start',
} as const;

/** Turns what one step met into effects, and keeps count of who lives while it does. */
export class Effects {
  list: Effect[] = [];
  readonly #sourceOf: (src: string) => Source;
  readonly #living = new Map<string, AnyActorRef>();
  readonly #startedNow = new Set<AnyActorRef>();
  /** Sent by an entry action, before the state's invokes are started. */
  readonly #early = new Map<AnyActorRef, Effect[]>();

  constructor(before: Snapshot | undefined, sourceOf: (src: string) => Source) {
    this.#sourceOf = sourceOf;
    for (const id in before?.children) {
      const child = before.children[id];
      if (child !== undefined && endOf(child) === undefined) this.#living.set(id, child);
    }
  }

  add(met: Met): void {
    if ('made' in met) return this.#start(met.made);
    switch (met.type) {
      case 'xstate.raise':
        return this.#raise(met.params as Delayed);
      case 'xstate.cancel':
        this.list.push({ type: 'timer.cancel', id: (met.params as { sendId: string }).sendId });
        return;
      case 'xstate.spawnChild':
        return; // Met already, when the child was made.
      case 'xstate.stopChild':
        return this.#stop(met.params as AnyActorRef | undefined);
      case 'xstate.sendTo':
        return this.#sendTo(met.params as Delayed & { to: unknown });
      case 'xstate.log':
        return this.#log(met.params as { label?: string; value: unknown });
      case 'xstate.emit':
        return refuse('emit', 'subscribe to the actor, or send with troupe.send');
      case 'troupe.send':
        return this.#message(met.params);
      default:
        return this.#custom(met);
    }
  }

  /** XState keeps children without an id under the key `undefined`, one over the other: each gets its own. */
  childrenOf(after: Snapshot): Record<string, AnyActorRef> {
    const { undefined: _, ...children } = after.children;
    for (const child of this.#startedNow) {
      if (this.#living.get(child.id) === child) children[child.id] = child;
    }
    return children;
  }

  #start(child: AnyActorRef): void {
    this.#stop(this.#living.get(child.id));
    this.#living.set(child.id, child);
    this.#startedNow.add(child);
    const src = srcOf(child);
    const type = starts[this.#sourceOf(src).kind];
    const input = inputOf(child);
    if (type === 'child.start' && hasFunction(input)) {
      refuse(
        `a function in the input of child '${child.id}'`,
        'pass data; a child knows its parent by itself',
      );
    }
    this.list.push({ type, id: child.id, src, input }, ...(this.#early.get(child) ?? []));
  }

  #stop(child: AnyActorRef | undefined): void {
    if (child === undefined || this.#living.get(child.id) !== child) return;
    this.#living.delete(child.id);
    if (!this.#startedNow.delete(child)) {
      this.list.push({ type: 'invoke.stop', id: child.id });
      return;
    }
    // It never came to life: its start and what was sent to it go, as in XState.
    const from = this.list.findLastIndex((effect) => isStartOf(effect, child.id));
    this.list = this.list.filter((effect, index) => index < from || !concerns(effect, child.id));
  }

  #raise({ event, id, delay }: Delayed): void {
    // Without a delay the machine took it within this step.
    if (delay !== undefined) this.list.push(timerOf(event, id, delay));
  }

  #sendTo({ to, event, id, delay }: Delayed & { to: unknown }): void {
    if (to instanceof InertRef) {
      this.list.push(sendOf(this.#destinationOf(to, delay), event, id, delay));
      return;
    }
    const child = ownChild(to);
    const effect = sendOf({ child: child.id }, event, id, delay);
    if (this.#living.get(child.id) === child) this.list.push(effect);
    // It starts later in this step, or it has ended or was stopped: then nobody gets this, as in XState.
    else this.#early.set(child, [...(this.#early.get(child) ?? []), effect]);
  }

  /** The parent; or the actor itself: a timer of its own, or a message to its own address. */
  #destinationOf(to: InertRef, delay: number | undefined): Destination | undefined {
    if (to.role === 'parent') return { parent: to.id };
    return delay === undefined ? { actor: to.id } : undefined;
  }

  #message(params: unknown): void {
    const { to, event, delayMs, id } = (params ?? {}) as Record<string, unknown>;
    if (typeof to !== 'string' || typeof (event as EventObject | undefined)?.type !== 'string') {
      throw new TypeError('troupe.send takes params { to: address, event: { type, … }, delayMs?, id? }');
    }
    // The rest is checked where it is used: delays must be finite.
    const { delay, sendId } = { delay: delayMs, sendId: id } as { delay?: number; sendId?: string };
    this.list.push(sendOf({ actor: to }, event as EventObject, sendId, delay));
  }

  #log({ label, value }: { label?: string; value: unknown }): void {
    this.list.push({ type: 'log', ...(label !== undefined && { label }), value });
  }

  #custom({ type, params, exec, info }: ExecutableActionObject): void {
    if (type.startsWith('xstate.')) refuse(`the action ${type}`, 'this version of Troupe does not know it');
    const run = (): unknown => exec?.(info, params);
    const isMissing = exec === undefined;
    this.list.push({ type: 'action', name: type, params, run, ...(isMissing && { isMissing }) });
  }
}

/** The parameters XState resolves for `raise` and `sendTo`. */
interface Delayed {
  readonly event: EventObject;
  readonly id: string | undefined;
  readonly delay: number | undefined;
}

function sendOf(
  to: Destination | undefined,
  event: EventObject,
  id: string | undefined,
  delay: number | undefined,
): Effect {
  if (delay === undefined && to !== undefined) return { type: 'send', to, event };
  return timerOf(event, id, delay ?? 0, to);
}

function timerOf(event: EventObject, id: string | undefined, delay: number, to?: Destination): TimerSet {
  if (!Number.isFinite(delay)) throw new RangeError(`the delay of '${event.type}' is ${delay}`);
  const ofAfter = event.type === id && id.startsWith('xstate.after.');
  return {
    type: 'timer.set',
    ...(id !== undefined && { id }),
    delayMs: Math.max(0, delay),
    ...(!ofAfter && { event }),
    ...(to !== undefined && { to }),
  };
}

function ownChild(to: unknown): AnyActorRef {
  const child = to as Partial<AnyActorRef> | undefined;
  if (typeof child?.id === 'string' && child._parent instanceof InertRef) return to as AnyActorRef;
  return refuse('sendTo an actor of another system', 'use troupe.send with its address');
}

const isStartOf = (effect: Effect, id: string): boolean => 'src' in effect && effect.id === id;

function concerns(effect: Effect, id: string): boolean {
  const to = 'to' in effect ? effect.to : undefined;
  return isStartOf(effect, id) || (to !== undefined && 'child' in to && to.child === id);
}

function hasFunction(value: unknown, depth = 0): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null || depth > 20) return false;
  return Object.values(value).some((inner) => hasFunction(inner, depth + 1));
}
