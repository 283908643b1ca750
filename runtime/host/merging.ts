/**
 * What a definition's `coalesce` says of two neighbouring events. One that throws merges nothing: the step
 * will show what is wrong with its event.
 */
import type { AnyEvent } from '../../actors/fact.ts';
import type { AnyDefinition } from '../definition.ts';

/** Both as one, or undefined where they stay two. */
export function mergedEvent(
  definition: AnyDefinition,
  previous: AnyEvent,
  next: AnyEvent,
): AnyEvent | undefined {
  try {
    return definition.coalesce?.(previous, next);
  } catch {
    return undefined;
  }
}

/** Whether it would merge with its like. */
export function isMergeable(definition: AnyDefinition, event: AnyEvent): boolean {
  return definition.coalesce !== undefined && mergedEvent(definition, event, event) !== undefined;
}
