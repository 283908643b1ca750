/**
 * What a definition's `coalesce` says of two neighbouring events. One that throws merges nothing: the step
 * will show what is wrong with its event.
 */
import type { AnyEvent } from '../../actors/fact.ts';
import { pack } from '../../storage/values.ts';
import type { Body } from '../../storage/values.ts';
import type { AnyDefinition } from '../definition.ts';
import type { SendEntry } from './mailbox.ts';

interface Packed {
  readonly bytes: Uint8Array;
  readonly bodies: readonly Body[];
}

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

/**
 * The event of a send, or of several that were merged: those are one value now, packed once. Undefined: what
 * became of them cannot be stored, as `failed` is told; each of them can.
 */
export function packedSend(
  { request, merged, event }: SendEntry,
  failed: (error: unknown) => void,
): Packed | undefined {
  if (merged === undefined) return { bytes: request.event, bodies: request.bodies ?? [] };
  try {
    return pack(event);
  } catch (error) {
    failed(error);
    return undefined;
  }
}

export function unmerged({ request: first, merged = [] }: SendEntry): SendEntry[] {
  return [first, ...merged].map((request) => ({ type: 'send', request }));
}
