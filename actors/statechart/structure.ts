/**
 * A machine as plain JSON, for people and inspectors: states, transitions, and names where it has functions.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate';

export interface TransitionStructure {
  /** The event's descriptor; empty for `always`. */
  readonly on: string;
  /** Ids of target states; none for a transition that stays. */
  readonly to: readonly string[];
  readonly guard?: string;
  readonly actions: readonly string[];
  readonly reenter: boolean;
}

export interface StateStructure {
  readonly id: string;
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly initial?: string;
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
  const after = [...node.transitions.values()].flat();
  return {
    id: node.id,
    key: node.key,
    type: node.type,
    ...(initial !== undefined && { initial }),
    ...(node.history !== false && { history: node.history }),
    ...(node.description !== undefined && { description: node.description }),
    tags: node.tags,
    entry: node.entry.map(actionName),
    exit: node.exit.map(actionName),
    invokes: node.invoke.map(({ id, src }) => ({ id, src: src as string })), // Inline sources are refused.,
    transitions: [...after, ...(node.always ?? [])].map(structureOfTransition),
    states: Object.values<AnyStateNode>(node.states).map(structureOfState),
  };
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
