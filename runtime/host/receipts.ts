/**
 * The receipt of a send that was recorded before: made again from the history, because it was never stored.
 */
import type { AnyEvent } from '../../actors/fact.ts';
import { invariant } from '../../actors/invariant.ts';
import type { Journal } from '../../storage/journal.ts';
import { unpack } from '../../storage/values.ts';
import type { WireReceipt } from '../protocol.ts';
import { activate } from './activation.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Kinds } from './kinds.ts';
import { receiptOf, replyOf } from './stand.ts';

/** A receipt that must be made again, because its fact was recorded before. */
export interface Rebuild {
  readonly n: number;
  readonly seq: number;
  readonly duplicate: boolean;
}

export async function rebuiltReceipt(
  journal: Journal,
  kinds: Kinds,
  actor: HostedActor,
  seq: number,
  duplicate: boolean,
): Promise<WireReceipt> {
  const sources = { journal, kinds };
  const { address } = actor;
  const after = await activate(sources, address, seq);
  // Erased since, or of a machine that is no more: that it was applied is known all the same.
  if (after.quarantine !== undefined) {
    return { seq, state: [], tags: [], final: actor.sealed && actor.seq === seq, duplicate };
  }
  if (actor.kind.definition.reply === undefined) return receiptOf(after, undefined, duplicate);
  // Nothing that was sent has seq 1: that is its birth.
  const before = await activate(sources, address, seq - 1);
  if (before.quarantine !== undefined) return receiptOf(after, undefined, duplicate);
  invariant(before.snapshot !== undefined && after.snapshot !== undefined, 'who has facts has a snapshot');
  const event = await eventAt(journal, address, seq);
  return receiptOf(after, replyOf(actor.kind, event, before.snapshot, after.snapshot), duplicate);
}

async function eventAt(journal: Journal, address: string, seq: number): Promise<AnyEvent> {
  const { commits } = await journal.read(address, { after: seq - 1, limit: 1 });
  const [commit] = commits;
  const fact = commit?.facts.find((candidate) => candidate.seq === seq);
  if (commit === undefined || fact?.event === undefined) return { type: '' };
  return unpack(fact.event, await journal.bodies(address, commit.bodies)) as AnyEvent;
}
