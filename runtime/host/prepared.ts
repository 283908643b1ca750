/**
 * A step made ready to be recorded: everything its effects carry is packed and addressed here, so that
 * nothing can fail once the first fact of it is written down.
 */
import { childAddressOf } from '../../actors/address.ts';
import { isFinal } from '../../actors/statechart.ts';
import type { Effect, Snapshot, Step } from '../../actors/statechart.ts';
import { packWhole } from '../../storage/values.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Kinds } from './kinds.ts';

export interface PreparedEffect {
  readonly effect: Effect;
  /** Its event or input, packed. */
  readonly bytes: Uint8Array | undefined;
  /** Of a child that starts. */
  readonly address: string | undefined;
}

export interface Prepared {
  readonly snapshot: Snapshot;
  readonly effects: readonly PreparedEffect[];
}

const nothing: readonly PreparedEffect[] = [];

/** The step of the fact that will have this seq. Throws what cannot be stored or hosted, by name. */
export function prepared(actor: HostedActor, kinds: Kinds, step: Step, seq: number): Prepared {
  const { snapshot, effects } = step;
  if (isFinal(snapshot)) packWhole(snapshot.output);
  if (effects.length === 0) return { snapshot, effects: nothing };
  return { snapshot, effects: effects.map((effect) => ({ effect, ...partsOf(actor, kinds, effect, seq) })) };
}

function partsOf(
  actor: HostedActor,
  kinds: Kinds,
  effect: Effect,
  seq: number,
): Omit<PreparedEffect, 'effect'> {
  const address = undefined;
  switch (effect.type) {
    case 'timer.set':
      return { bytes: effect.event && packWhole(effect.event), address };
    case 'task.start':
    case 'driver.start':
      return { bytes: packWhole(effect.input), address };
    case 'child.start': {
      const { id, src, input } = effect;
      const kind = kinds.childKind(actor.kind, src);
      const child = childAddressOf(kind, actor.address, id, seq);
      return { bytes: packWhole([id, packWhole(input)]), address: child };
    }
    case 'send':
      return { bytes: packWhole(effect.event), address };
    default:
      return { bytes: undefined, address };
  }
}
