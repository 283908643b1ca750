/**
 * A machine as plain JSON, for people and inspectors: states, transitions, and names where it has functions.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** A transition as its machine declares it. */
export interface TransitionStructure {
  /** The event's descriptor; empty for `always`. */
  readonly on: string;
  /** Ids of target states; none for a transition that stays. */
  readonly to: readonly string[];
  readonly guard?: string;
  readonly actions: readonly string[];
  readonly reenter: boolean;
}

/** A state as its machine declares it. */
export interface StateStructure {
  readonly id: string;
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly initial?: string;
  /** What is done on the way to the initial state. */
  readonly initialActions?: readonly string[];
  readonly history?: 'shallow' | 'deep';
  readonly description?: string;
  readonly tags: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly invokes: readonly { readonly id: string; readonly src: string }[];
  readonly transitions: readonly TransitionStructure[];
  readonly states: readonly StateStructure[];
}

export const structureOf = (machine: AnyStateMachine): StateStructure => structureOfState(machine.root);

function structureOfState(node: AnyStateNode): StateStructure {
  const initial = node.type === 'compound' ? node.initial.target[0]?.key : undefined;
  const initialActions = node.type === 'compound' ? node.initial.actions.map(actionName) : [];
  const evented = [...node.transitions.values()].flat();
  return {
    id: node.id,
    key: node.key,
    type: node.type,
    ...(initial !== undefined && { initial }),
    ...(initialActions.length > 0 && { initialActions }),
    ...(node.history !== false && { history: node.history }),
    ...(node.description !== undefined && { description: node.description }),
    tags: node.tags,
    entry: ownActions(node, node.entry),
    exit: ownActions(node, node.exit),
    invokes: node.invoke.map(({ id, src }) => ({ id, src: src as string })), // Inline sources are refused.
    transitions: [
      ...[...evented, ...(node.always ?? [])].map(structureOfTransition),
      ...(node.type === 'history' ? defaultOf(node) : []),
    ],
    states: Object.values<AnyStateNode>(node.states).map(structureOfState),
  };
}

/** XState sets and cancels the timer of each `after` by an action of its own, behind the user's. */
function ownActions(node: AnyStateNode, actions: readonly unknown[]): readonly string[] {
  const timers = Object.keys((node.config.after ?? {}) as object).length;
  return actions.slice(0, actions.length - timers).map(actionName);
}

/** Where a history state leads when there is none yet; where it is not said, that is the parent's initial. */
function defaultOf(node: AnyStateNode): readonly TransitionStructure[] {
  const { target } = node.config as { readonly target?: string | readonly string[] };
  if (target === undefined) return [];
  const to = [target].flat().map((text) => idOfTarget(node, text));
  return [{ on: '', to, actions: [], reenter: false }];
}

function idOfTarget({ parent }: AnyStateNode, text: string): string {
  if (text.startsWith('#')) return text.slice(1);
  let found = parent;
  for (const key of text.replace(/^\./, '').split('.')) found = found?.states[key];
  return found?.id ?? text;
}

function structureOfTransition(transition: Transition): TransitionStructure {
  return {
    on: transition.eventType,
    to: (transition.target ?? []).map((target) => target.id),
    ...(transition.guard !== undefined && { guard: guardName(transition.guard) }),
    actions: transition.actions.map(actionName),
    reenter: transition.reenter,
  };
}

interface Transition {
  readonly eventType: string;
  readonly target?: readonly { readonly id: string }[] | undefined;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
  readonly reenter: boolean;
}

function actionName(action: unknown): string {
  if (typeof action === 'string') return action;
  const { type, name } = action as { type?: string; name?: string };
  return type ?? (name || '(inline)');
}

/** The name of a guard; a combined one is written as it was: `and(isReady, not(isFull))`. */
export function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard;
  const { type, name, guards } = guard as { type?: string; name?: string; guards?: readonly unknown[] };
  if (type !== undefined) return type;
  const inner = guards === undefined ? '' : `(${guards.map(guardName).join(', ')})`;
  return `${name || '(inline)'}${inner}`;
}
