/**
 * The events by which a machine learns of what the host did for it, in XState's words. The log has words of
 * its own; these are made when a fact is applied.
 */
import type { EventObject } from 'xstate';
import { markEnded } from './child.ts';
import type { Snapshot } from './snapshot.ts';

const done = 'xstate.done.actor.';
const failed = 'xstate.error.actor.';

/** The end of a task, driver or child: `onDone`. */
export function doneEvent(id: string, output: unknown): EventObject {
  return { type: `${done}${id}`, output, actorId: id } as EventObject;
}

/** The failure of a task, driver or child: `onError`; without a handler it ends the actor as `error`. */
export function failedEvent(id: string, error: unknown): EventObject {
  return { type: `${failed}${id}`, error, actorId: id } as EventObject;
}

/**
 * A timer that came due: of an `after` only the id was recorded. `quietMs`: nothing had happened for so long;
 * a delayed event that has a field of this name keeps its own.
 */
export function timerEvent(id: string, event?: EventObject, quietMs?: number): EventObject {
  return { ...(quietMs !== undefined && { quietMs }), ...(event ?? { type: id }) };
}

/** Before the step that tells of it, as in XState: the ended one has given its system id back. */
export function noteEnd(before: Snapshot, event: EventObject): void {
  const how = event.type.startsWith(done) ? 'done' : event.type.startsWith(failed) ? 'error' : undefined;
  if (how === undefined) return;
  const prefix = how === 'done' ? done : failed;
  const child = before.children[event.type.slice(prefix.length)];
  if (child !== undefined) markEnded(child, how);
}
