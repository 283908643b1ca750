/**
 * The pure step of an event that the machine must take: refused or failed, it throws, and nothing is
 * recorded.
 */
import type { AnyEvent } from '../../actors/fact.ts';
import { ignores, isFinal, Unsupported } from '../../actors/statechart.ts';
import type { Failure, Snapshot, Step } from '../../actors/statechart.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { HostedActor } from './hostedActor.ts';
import { notAccepted } from './refusals.ts';
import { failureOf } from './words.ts';

/** What comes of the event, as the fact with this seq. */
export function stepped(actor: HostedActor, snapshot: Snapshot, event: AnyEvent, seq: number): Step {
  const { kind } = actor;
  // Bytes are not charged for a transition that does nothing.
  if (kind.passive.has(event.type) && !isFinal(snapshot) && ignores(snapshot, event.type)) {
    return { failed: false, accepted: true, effects: [], snapshot };
  }
  const step = sound(actor, kind.statechart.step(snapshot, event, actor.selfAt(seq)), `on "${event.type}"`);
  if (!step.accepted) throw notAccepted(actor, snapshot, event.type);
  return step;
}

/** A step that went well. */
export function sound({ kind, address }: HostedActor, step: Step | Failure, where: string): Step {
  if (!step.failed) return step;
  if (step.error instanceof Unsupported) throw step.error;
  const error = failureOf(step.error);
  const text = `The machine of "${kind.name}" threw ${where}: ${error.message}. Nothing was recorded.`;
  throw new TroupeError('MACHINE_FAILED', text, { address, error });
}
