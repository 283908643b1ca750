/**
 * Where an actor stands, read off its snapshot: states, tags, what it would take next and why it refused.
 */
import type { AnyStateNode } from 'xstate';
import { guardName } from './structure.ts';
import { matches } from './machine.ts';
import type { Snapshot } from './snapshot.ts';

/** The leaf states as dotted paths, in document order; none for a machine without states. */
export function stateOf(snapshot: Snapshot): string[] {
  const { value } = snapshot;
  if (typeof value === 'string') return [value];
  const nodes = snapshot._nodes;
  const leaves = nodes.filter(
    (node) => (node.type === 'atomic' || node.type === 'final') && node.path.length > 0,
  );
  return leaves.toSorted((a, b) => a.order - b.order).map((node) => node.path.join('.'));
}

/** The tags of all active states, sorted. */
export function tagsOf(snapshot: Snapshot): string[] {
  return [...snapshot.tags].toSorted();
}

export const isFinal = (snapshot: Snapshot): boolean => snapshot.status !== 'active';

/** The descriptors of events that the active states have transitions for, forbidden ones (`{}`) included. */
export function acceptsOf(snapshot: Snapshot): string[] {
  if (isFinal(snapshot)) return [];
  const nodes = snapshot._nodes;
  const descriptors = nodes.flatMap((node) => [...node.transitions.keys()]);
  return [...new Set(descriptors)].filter((descriptor) => !descriptor.startsWith('xstate.'));
}

/** What a state makes of an event: it has no transition for it, or some that do nothing, or others. */
type Made = 'none' | 'nothing' | 'something';

/** Of each state, by event type: as many as definitions call passive. */
const made = new WeakMap<AnyStateNode, Map<string, Made>>();

/**
 * Whether the active states have transitions for this event, and all they ever do is nothing (`{}`). A state
 * is looked through once for each type: for a run's notes that look was a seventh of all that the host did.
 */
export function ignores(snapshot: Snapshot, eventType: string): boolean {
  let isKnown = false;
  for (const node of snapshot._nodes) {
    const makes = madeOf(node, eventType);
    if (makes === 'something') return false;
    if (makes === 'nothing') isKnown = true;
  }
  return isKnown;
}

function madeOf(node: AnyStateNode, eventType: string): Made {
  let known = made.get(node);
  if (known === undefined) made.set(node, (known = new Map<string, Made>()));
  let makes = known.get(eventType);
  if (makes === undefined) known.set(eventType, (makes = lookedUp(node, eventType)));
  return makes;
}

function lookedUp(node: AnyStateNode, eventType: string): Made {
  const descriptors = [...node.transitions.keys()].filter((descriptor) => matches(eventType, descriptor));
  const transitions = descriptors.flatMap((descriptor) => node.transitions.get(descriptor) ?? []);
  if (descriptors.length === 0) return 'none';
  const isNothing = transitions.every(
    ({ target, actions, guard }) => target === undefined && actions.length === 0 && guard === undefined,
  );
  return isNothing ? 'nothing' : 'something';
}

/** The guard that stood in the way of a refused event; undefined when the state has no transition for it. */
export function guardAgainst(snapshot: Snapshot, eventType: string): string | undefined {
  const nodes = snapshot._nodes;
  for (const node of nodes.toSorted((a, b) => b.order - a.order)) {
    for (const [descriptor, transitions] of node.transitions) {
      const guarded = transitions.find((transition) => transition.guard !== undefined);
      if (guarded !== undefined && matches(eventType, descriptor)) return guardName(guarded.guard);
    }
  }
  return undefined;
}
