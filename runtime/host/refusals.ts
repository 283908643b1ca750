/**
 * What an actor says no with; the same words wherever they are said.
 */
import { acceptsOf, guardAgainst, stateOf } from '../../actors/statechart.ts';
import type { Snapshot } from '../../actors/statechart.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { HostedActor } from './hostedActor.ts';

export function notAccepted({ address }: HostedActor, snapshot: Snapshot, type: string): TroupeError {
  const paths = stateOf(snapshot);
  const guard = guardAgainst(snapshot, type);
  const accepts = acceptsOf(snapshot);
  const why =
    guard === undefined ? `it accepts ${accepts.join(', ') || 'nothing'}` : `its guard ${guard} said no`;
  const where = paths.join(', ') || 'its only state';
  const text = `${address} in ${where} does not accept "${type}": ${why}.`;
  return new TroupeError('NOT_ACCEPTED', text, { state: paths, accepts, guard: guard !== undefined });
}

export function sealed({ address, seq }: HostedActor): TroupeError {
  const text = `${address} is sealed since seq ${seq}: its history is final.`;
  return new TroupeError('SEALED', text, { address, seq });
}

export function mailFull({ address, ledger }: HostedActor): TroupeError {
  const text = `${address} has ${ledger.unsent} messages that nobody has taken yet. Send again later.`;
  return new TroupeError('MAILBOX_FULL', text, { address, unsent: ledger.unsent });
}

export function notFound(address: string): TroupeError {
  return new TroupeError('NOT_FOUND', `${address} has no history: send it an event first.`, { address });
}

export function noAddress(to: string): TroupeError {
  return new TroupeError('INVALID_ADDRESS', `"${to}" is no address: nobody can be sent to there.`, { to });
}

export function notYours(address: string): TroupeError {
  const text = `${address} is the address of a child: only its parent gives birth to it.`;
  return new TroupeError('INVALID_ADDRESS', text, { address });
}

export function closing(): TroupeError {
  return new TroupeError('CLOSED', 'This runtime is closing: open it again to send.', {});
}
