/**
 * Facts that follow from another one, as the definition tells (`concludes`): each is a step of its own, made
 * ready here and recorded ahead of the fact it follows from, in the same commit.
 *   - All or none: what does not fit keeps no fact from being recorded, and is told like any other failure of
 *     a definition's own code.
 *   - None of them ends the actor: the fact they follow from is still to come.
 */
import type { AnyEvent } from '../../actors/fact.ts';
import { isFinal } from '../../actors/statechart.ts';
import type { Snapshot } from '../../actors/statechart.ts';
import { pack } from '../../storage/values.ts';
import type { Concluding } from '../definition.ts';
import { tried } from './account.ts';
import type { Failed } from './account.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Kinds } from './kinds.ts';
import { prepared } from './prepared.ts';
import type { Prepared } from './prepared.ts';
import { standOf } from './stand.ts';
import { stepped } from './stepping.ts';
import { assertForeign } from './words.ts';

export interface Conclusion {
  readonly event: AnyEvent;
  readonly packed: ReturnType<typeof pack>;
  readonly step: Prepared;
}

const none: readonly Conclusion[] = [];

/** In the order in which they are to be recorded. */
export function concluded(
  actor: HostedActor,
  kinds: Kinds,
  event: AnyEvent,
  failed: Failed,
): readonly Conclusion[] {
  const { concludes } = actor.kind.definition;
  if (concludes === undefined || !Object.hasOwn(concludes, event.type)) return none;
  const concluding = concludes[event.type];
  return (concluding && tried('its concludes', failed, () => all(actor, kinds, event, concluding))) ?? none;
}

function all(
  actor: HostedActor,
  kinds: Kinds,
  event: AnyEvent,
  concluding: Concluding,
): readonly Conclusion[] {
  const { snapshot, seq } = actor;
  if (snapshot === undefined) return none;
  let before: Snapshot = snapshot;
  return concluding(event, standOf(snapshot)).map((one, index) => {
    assertForeign(one);
    const at = seq + 1 + index;
    const step = prepared(actor, kinds, stepped(actor, before, one, at), at);
    if (isFinal(step.snapshot)) throw new TypeError(`its "${one.type}" would end the actor.`);
    before = step.snapshot;
    return { event: one, packed: pack(one), step };
  });
}
