/**
 * Whether an actor takes an event, and what comes of it (DESIGN §4.1, §4.2). Everything that can fail, fails
 * here, while nothing is recorded.
 */
import type { Failed } from './account.ts';
import { isChild } from '../../actors/address.ts';
import type { AnyEvent } from '../../actors/fact.ts';
import { failedAt, isFinal } from '../../actors/statechart.ts';
import type { Failure, Snapshot, Step } from '../../actors/statechart.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import { packWhole, unpack } from '../../storage/values.ts';
import type { Labels } from '../protocol.ts';
import { issueOf } from '../schema.ts';
import type { HostedActor } from './hostedActor.ts';
import { concluded } from './concluding.ts';
import type { Conclusion } from './concluding.ts';
import type { Kinds } from './kinds.ts';
import { prepared } from './prepared.ts';
import type { Prepared } from './prepared.ts';
import { driversOwn, notAccepted, notFound, notYours } from './refusals.ts';
import { sound, stepped } from './stepping.ts';
import { assertForeign } from './words.ts';

/** How an actor comes into being. */
export interface Birth {
  readonly input: Uint8Array | undefined;
  readonly labels: Labels | undefined;
  readonly parent?: { readonly address: string; readonly child: string };
}

export interface Born {
  readonly birth: Birth;
  readonly input: unknown;
  readonly first: Prepared;
}

export interface Accepted {
  /** Set when this event gives birth. */
  readonly born: Born | undefined;
  /** Facts of their own that follow from this event, to be recorded ahead of it. */
  readonly conclusions: readonly Conclusion[];
  readonly step: Prepared;
  /** Where the machine stood when it took the event. */
  readonly before: Snapshot;
}

/** An event from outside, in a form that this kind of actor knows; `driver`: the effect that says it. */
export function checked(actor: HostedActor, event: unknown, driver?: string): AnyEvent {
  assertForeign(event);
  if (driver === undefined && actor.kind.driverTypes.has(event.type)) throw driversOwn(actor, event.type);
  const { schemas } = actor.kind.definition;
  const schema =
    schemas !== undefined && Object.hasOwn(schemas, event.type) ? schemas[event.type] : undefined;
  const issue = schema === undefined ? undefined : issueOf(schema, event);
  if (issue !== undefined) {
    throw new TroupeError('INVALID_EVENT', `"${event.type}" does not fit its schema: ${issue}.`, { issue });
  }
  return event;
}

/** The event's step, and before it the actor's first one if it has none; throws the refusal. */
export function accepted(
  actor: HostedActor,
  kinds: Kinds,
  event: AnyEvent,
  birth: Birth | undefined,
  failed: Failed,
): Accepted {
  const { kind, snapshot, seq } = actor;
  if (snapshot !== undefined) {
    const first = stepped(actor, snapshot, event, seq + 1);
    const conclusions = concluded(actor, kinds, event, failed);
    const before = conclusions.at(-1)?.step.snapshot ?? snapshot;
    const at = seq + conclusions.length + 1;
    const step = conclusions.length === 0 ? first : stepped(actor, before, event, at);
    return { born: undefined, conclusions, step: prepared(actor, kinds, step, at), before };
  }
  if (birth === undefined) throw notFound(actor.address);
  if (isChild(actor.address)) throw notYours(actor.address);
  const input = birth.input === undefined ? undefined : unpack(birth.input);
  const first = sound(actor, kind.statechart.start(input, actor.selfAt(1)), 'at its start');
  if (isFinal(first.snapshot)) throw notAccepted(actor, first.snapshot, event.type);
  const step = stepped(actor, first.snapshot, event, 2);
  // NOT_STORABLE now, not at the first restart.
  packWhole(kind.statechart.persist(step.snapshot));
  const born = { birth, input, first: prepared(actor, kinds, first, 1) };
  return { born, conclusions: [], step: prepared(actor, kinds, step, 2), before: first.snapshot };
}

/** The step of a child that its parent starts: whatever comes of it is recorded. */
export function bornOf(actor: HostedActor, kinds: Kinds, birth: Birth): Born {
  const input = birth.input === undefined ? undefined : unpack(birth.input);
  const { statechart } = actor.kind;
  const step = statechart.start(input, { address: actor.address, parent: birth.parent?.address, seq: 1 });
  const first = told(actor, kinds, step, 1);
  try {
    packWhole(statechart.persist(first.snapshot));
    return { birth, input, first };
  } catch (error) {
    return { birth, input, first: ended(first.snapshot, error) };
  }
}

/** A step of the host's own making: a failure is an outcome like any other, and ends the actor as `error`. */
export function told(actor: HostedActor, kinds: Kinds, step: Step | Failure, seq: number): Prepared {
  if (step.failed) return { snapshot: step.snapshot, effects: [] };
  try {
    return prepared(actor, kinds, step, seq);
  } catch (error) {
    return ended(step.snapshot, error);
  }
}

function ended(snapshot: Snapshot, error: unknown): Prepared {
  return { snapshot: failedAt(snapshot, error), effects: [] };
}
