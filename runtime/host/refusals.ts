/**
 * What an actor says no with; the same words wherever they are said.
 */
import { acceptsOf, guardAgainst, stateOf } from '../../actors/statechart.ts';
import type { Snapshot } from '../../actors/statechart.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import { labelLengthMax, labelsMax } from '../limits.ts';
import type { Limits } from '../limits.ts';
import type { Labels, SendRequest } from '../protocol.ts';
import { endOf } from './account.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Kind } from './kinds.ts';

export function notAccepted({ address, kind }: HostedActor, snapshot: Snapshot, type: string): TroupeError {
  const paths = stateOf(snapshot);
  const guard = guardAgainst(snapshot, type);
  const accepts = sendableOf(kind, snapshot);
  const why =
    guard === undefined ? `it accepts ${accepts.join(', ') || 'nothing'}` : `its guard ${guard} said no`;
  const where = paths.join(', ') || 'its only state';
  const text = `${address} in ${where} does not accept "${type}": ${why}.`;
  return new TroupeError('NOT_ACCEPTED', text, { state: paths, accepts, guard: guard !== undefined });
}

/** What an actor would take next, of what anybody may send. */
export function sendableOf({ own }: Kind, snapshot: Snapshot): string[] {
  return acceptsOf(snapshot).filter((type) => !own.has(type));
}

/** Set aside: what only the host can tell it cannot be written (H3 of rounds.ts). */
export function stuck(address: string, { code, message, details }: Refusal): Refusal {
  const text = `${address} cannot go on: ${message} Mend the definition, then release it.`;
  return { code: 'QUARANTINED', message: text, details: { ...details, address, cause: code } };
}

export function sealed(actor: HostedActor): TroupeError {
  const { address, seq } = actor;
  const { cause, error } = endOf(actor);
  const why = error === undefined ? '' : ` (${error.message})`;
  const text = `${address} is sealed since seq ${seq}, it ended as ${cause}${why}: its history is final.`;
  return new TroupeError('SEALED', text, { address, seq, cause, ...(error && { error }) });
}

/** Refuses a send for what stands around its event. */
export function assertSendable(actor: HostedActor, request: SendRequest, limits: Limits): void {
  if (actor.sealed) throw sealed(actor);
  if (actor.ledger.unsent >= limits.unsentMessages) throw mailFull(actor);
  assertSeq(actor, request.ifSeq);
  assertLabels(actor, request.labels);
}

/** Who decided by what it has seen decides nothing once more has happened. */
function assertSeq({ address, seq }: HostedActor, ifSeq: number | undefined): void {
  if (ifSeq === undefined || ifSeq === seq) return;
  const text = `${address} is at seq ${seq}, not at ${ifSeq}: look again before you decide.`;
  throw new TroupeError('CONFLICT', text, { address, seq, ifSeq });
}

function mailFull({ address, ledger }: HostedActor): TroupeError {
  const text = `${address} has ${ledger.unsent} messages that nobody has taken yet. Send again later.`;
  return new TroupeError('MAILBOX_FULL', text, { address, unsent: ledger.unsent });
}

export function notFound(address: string): TroupeError {
  return new TroupeError('NOT_FOUND', `${address} has no history: send it an event first.`, { address });
}

export function driversOwn({ kind }: HostedActor, type: string): TroupeError {
  const text = `Only the driver of a "${kind.name}" says "${type}": nobody else knows.`;
  return new TroupeError('INVALID_EVENT', text, { type });
}

/** The state that asked for this driver was left: what it still says is nobody's. */
export function notRunning({ address }: HostedActor, driver: string): TroupeError {
  return new TroupeError('NOT_ACCEPTED', `${address} has no driver "${driver}" any more.`, { driver });
}

export function noAddress(to: string): TroupeError {
  return new TroupeError('INVALID_ADDRESS', `"${to}" is no address: nobody can be sent to there.`, { to });
}

export function notYours(address: string): TroupeError {
  const text = `${address} is the address of a child: only its parent gives birth to it.`;
  return new TroupeError('INVALID_ADDRESS', text, { address });
}

/** Refuses labels that the actor cannot have, before anything is recorded. */
export function assertLabels({ address, labels }: HostedActor, patch: Labels | undefined): void {
  if (patch === undefined) return;
  const after = new Set(Object.keys(labels));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) after.delete(name);
    else after.add(name);
    if (name !== '' && name.length <= labelLengthMax && (value?.length ?? 0) <= labelLengthMax) continue;
    const text = `Names of labels have 1 to ${labelLengthMax} characters, values at most as many.`;
    throw new TroupeError('TOO_LARGE', text, { address, name: name.slice(0, labelLengthMax) });
  }
  if (after.size <= labelsMax) return;
  const text = `${address} would have ${after.size} labels, at most ${labelsMax}: take some away first.`;
  throw new TroupeError('TOO_LARGE', text, { address, labels: after.size });
}

export function closing(): TroupeError {
  return new TroupeError('CLOSED', 'This runtime is closing: open it again to send.', {});
}

/** What XState gives a source and a host cannot: what is emitted, nobody would record. */
export function refuseEmit(): never {
  throw new TroupeError('UNSUPPORTED', 'A hosted source cannot `emit`: send an event to its actor.', {});
}

export function refuseSend(): never {
  throw new TroupeError('UNSUPPORTED', 'A hosted source cannot send to itself.', {});
}
