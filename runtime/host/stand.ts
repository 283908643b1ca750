/**
 * Where an actor stands, as its senders and readers see it.
 */
import type { AnyEvent } from '../../actors/fact.ts';
import { tagsOf } from '../../actors/statechart.ts';
import type { Snapshot } from '../../actors/statechart.ts';
import { outcomeOf, TroupeError } from '../../actors/troupeError.ts';
import { packWhole } from '../../storage/values.ts';
import type { Stand } from '../definition.ts';
import type { WireReceipt } from '../protocol.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Kind } from './kinds.ts';

/** A state's name or dotted path, or one it is inside of. */
export function isIn(state: string, paths: readonly string[]): boolean {
  return paths.some((path) => path === state || path.startsWith(`${state}.`));
}

export function standOf(snapshot: Snapshot): Stand<never> {
  // The definition's own machine made this snapshot, so value and context are of its types.
  return { value: snapshot.value as never, tags: tagsOf(snapshot), context: snapshot.context as never };
}

/** What the definition answers, packed: the same now and whenever it is rebuilt, because `reply` is pure. */
export function replyOf(
  { definition, name }: Kind,
  address: string,
  event: AnyEvent,
  before: Snapshot,
  after: Snapshot,
): Uint8Array | undefined {
  if (definition.reply === undefined) return undefined;
  try {
    return packWhole(definition.reply(event, standOf(before), standOf(after)));
  } catch (error) {
    const { code, message, details } = outcomeOf(error);
    const text = `The reply of "${name}" to "${event.type}" failed at ${address}: ${message}`;
    throw new TroupeError(code, text, { ...details, kind: name, address }, error);
  }
}

/** What the sender gets back for the actor's last fact. */
export function receiptOf(
  { seq, reached, sealed }: HostedActor,
  reply: Uint8Array | undefined,
  duplicate: boolean,
): WireReceipt {
  const receipt = { seq, state: reached.paths, tags: reached.tags, final: sealed, duplicate };
  return reply === undefined ? receipt : { ...receipt, reply };
}
