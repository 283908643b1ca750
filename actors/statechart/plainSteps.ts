/**
 * Steps of which XState's algorithm makes much ado: one transition that stays where the actor stands, or
 * leads from a leaf to its sibling, with assigns and actions for the host on its way. They are most of what
 * actors do, and the sets and lists made for them were half of what a durable send cost.
 *
 *   PS1. XState decides: which transition is taken, guards included, and what the place is like where it
 *        leads. The first step on each way is its own; what it said of value and tags is kept.
 *   PS2. A step taken here gives what XState's own would: context, children, effects in order, errors. Where
 *        a state behind it has an `always`, XState goes on from there.
 *   PS3. Whatever is not known to be of this kind is left to XState.
 */
import type { AnyActorScope, AnyStateMachine, AnyStateNode, EventObject } from 'xstate';
import { done, plainActionsOf } from './plainActions.ts';
import type { PlainAction } from './plainActions.ts';
import type { Snapshot } from './snapshot.ts';

export type Transition = ReturnType<AnyStateMachine['getTransitionData']>[number];

/** A step taken here. */
interface Taken {
  readonly snapshot: Snapshot;
  /** Otherwise XState is to look whether an `always` leads on. */
  readonly isOver: boolean;
}

/** What one transition does. */
interface Plan {
  readonly actions: readonly PlainAction[];
  /** Undefined: it stays. */
  readonly to: AnyStateNode | undefined;
}

/** Where actors stand, in XState's words; all that stand there share them. */
interface Place {
  readonly words: Pick<Snapshot, '_nodes' | 'value' | 'tags'>;
  readonly hasAlways: boolean;
  readonly ways: Map<Transition, Place>;
}

type Nodes = Snapshot['_nodes'];

/** Regions multiply places: beyond this many of one machine the others are XState's. */
const placesMax = 1000;

export class PlainSteps {
  readonly #machine: AnyStateMachine;
  readonly #plans = new WeakMap<Transition, Plan | 'other'>();
  readonly #places = new Map<string, Place>();
  readonly #numbers = new Map<AnyStateNode, number>();
  readonly #placeOf = new WeakMap<Nodes, Place>();

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
  }

  /** Undefined: this step is XState's to take. */
  take(before: Snapshot, event: EventObject, scope: AnyActorScope, chosen: Transition): Taken | undefined {
    const plan = this.#planOf(chosen);
    if (plan === undefined) return undefined;
    const place = this.#placeAt(before);
    const after = plan.to === undefined ? place : place?.ways.get(chosen);
    if (after === undefined) return undefined;
    const { context, children } = done(plan.actions, { before, event, scope });
    // As XState does it: the same snapshot where nothing but actions came of the event.
    const isSame = plan.to === undefined && context === before.context;
    const snapshot = isSame ? before : { ...before, ...after.words, context, children };
    return { snapshot, isOver: !after.hasAlways };
  }

  /** A step that XState took: where it leads from there is known from now on. */
  note(before: Snapshot, chosen: Transition, after: Snapshot): void {
    const to = this.#planOf(chosen)?.to;
    // An `always` may have led on from there.
    if (to === undefined || !isOnly(chosen.source, to, before._nodes, after._nodes)) return;
    const [from, place] = [this.#placeAt(before), this.#placeAt(after)];
    if (from !== undefined && place !== undefined) from.ways.set(chosen, place);
  }

  #placeAt({ _nodes, value, tags }: Snapshot): Place | undefined {
    const known = this.#placeOf.get(_nodes);
    if (known !== undefined) return known;
    const name = _nodes.map((node) => this.#numberOf(node)).join();
    let place = this.#places.get(name);
    if (place === undefined) {
      if (this.#places.size >= placesMax) return undefined;
      const hasAlways = _nodes.some(isAskedAlways);
      place = { words: { _nodes, value, tags }, hasAlways, ways: new Map<Transition, Place>() };
      this.#places.set(name, place);
    }
    this.#placeOf.set(_nodes, place);
    return place;
  }

  /** Of our own: where two states share an id XState gives them one number. */
  #numberOf(node: AnyStateNode): number {
    let number = this.#numbers.get(node);
    if (number === undefined) this.#numbers.set(node, (number = this.#numbers.size));
    return number;
  }

  #planOf(transition: Transition): Plan | undefined {
    let plan = this.#plans.get(transition);
    if (plan === undefined) this.#plans.set(transition, (plan = this.#planned(transition) ?? 'other'));
    return plan === 'other' ? undefined : plan;
  }

  #planned({ source, target, actions, reenter }: Transition): Plan | undefined {
    const [to, ...others] = target ?? [];
    if (to === undefined) return target === undefined ? this.#plan(actions, undefined) : undefined;
    if (others.length > 0 || reenter || !areSiblings(source, to)) return undefined;
    if (source.invoke.length > 0 || to.invoke.length > 0) return undefined;
    return this.#plan([...source.exit, ...actions, ...to.entry], to);
  }

  #plan(written: readonly unknown[], to: AnyStateNode | undefined): Plan | undefined {
    const actions = plainActionsOf(this.#machine, written);
    return actions && { actions, to };
  }
}

/** Two leaves of which one is active at a time: on the way nothing else is left or entered. */
function areSiblings(one: AnyStateNode, other: AnyStateNode): boolean {
  if (!isLeaf(one) || !isLeaf(other) || one === other) return false;
  return one.parent !== undefined && one.parent === other.parent && one.parent.type === 'compound';
}

/** A state may be called atomic and hold a history all the same. */
const isLeaf = ({ type, states }: AnyStateNode): boolean =>
  type === 'atomic' && Object.keys(states).length === 0;

/** Whether `after` is `before` without `from` and with `to` at its end: another order is another place. */
function isOnly(from: AnyStateNode, to: AnyStateNode, before: Nodes, after: Nodes): boolean {
  const wanted = [...before.filter((node) => node !== from), to];
  return wanted.length === after.length && wanted.every((node, i) => node === after[i]);
}

/** XState asks the ancestors of each leaf as well, whether they are among the active states or not. */
function isAskedAlways(node: AnyStateNode): boolean {
  for (let at: AnyStateNode | undefined = node; at !== undefined; at = at.parent) {
    if (at.always !== undefined) return true;
  }
  return false;
}
