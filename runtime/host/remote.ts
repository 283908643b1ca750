/**
 * Effects that nothing here implements, as they are told to the callers' thread: tasks (runtime/effects.ts),
 * and drivers, which are named as such in the definition (runtime/drivers.ts).
 */
import type { AnyEvent } from '../../actors/fact.ts';
import { packWhole } from '../../storage/values.ts';
import type { Answer } from '../protocol.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Effect } from './ledger.ts';
import { effectIdOf } from './words.ts';

export type RemoteAnswer = Extract<
  Answer,
  { readonly op: 'effect.start' | 'effect.stop' | 'driver.start' | 'driver.tell' }
>;

export function remoteStart(
  actor: HostedActor,
  { id, seq, src, input }: Effect,
  attempt: number,
  resumed: boolean,
): RemoteAnswer {
  const { address, kind } = actor;
  const call = { address, effectId: effectIdOf(id, seq), src, input, attempt, resumed };
  if (kind.definition.drivers?.[src] === undefined) return { op: 'effect.start', call };
  return { op: 'driver.start', call: { ...call, seq: actor.seq } };
}

export function remoteTell(address: string, effectId: string, event: AnyEvent, seq: number): RemoteAnswer {
  return { op: 'driver.tell', address, effectId, seq, event: packWhole(event) };
}

/** Whichever it is, it ends. */
export function remoteStop(address: string, effectId: string): RemoteAnswer {
  return { op: 'effect.stop', address, effectId };
}
