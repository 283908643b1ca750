/**
 * Batches: several sends to one actor that are applied together, as one commit, or not at all.
 *   B1. A batch is a turn of its own. One refused send makes that turn void: it is not written, and the
 *       actor, which went on in memory, is loaded again.
 *   B2. Sends of it that were applied before are known by their ids (P4). Where others are new, nothing is
 *       written before those are compared with what is recorded: an id that was used for another event
 *       refuses the batch like any other refusal.
 *      One that has a key as a whole is known as a whole: with sends more or fewer it is another one.
 *   B3. Its answer has a receipt for each send, in order; a refusal says by `index` which one it was.
 */
import { errorOf, outcomeOf, TroupeError } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import type { BatchRequest, SendRequest, WireReceipt } from '../protocol.ts';
import type { Sources } from './activation.ts';
import type { HostedActor } from './hostedActor.ts';
import type { BatchEntry } from './mailbox.ts';
import { rebuiltReceipt } from './receipts.ts';
import type { Rebuild } from './receipts.ts';
import type { BatchTaken, TurnResult } from './turnResult.ts';

/** Its sends, all of them new or all of them known; throws `CONFLICT` for a part of what had its key (B2). */
export function wholeBatch(
  { address, ledger }: HostedActor,
  { key, sends }: BatchRequest,
): readonly SendRequest[] {
  if (key === undefined) return sends;
  const isKnown = (index: number): boolean => ledger.ids?.has(`${key}/${index}`) === true;
  const keyed = [...sends.keys()].filter((index) => sends[index]?.id === `${key}/${index}`);
  const known = keyed.filter(isKnown);
  if (known.length === 0 || (known.length === keyed.length && !isKnown(sends.length))) return sends;
  const text = `The id "${key}" was used at ${address} for another number of events.`;
  throw new TroupeError('CONFLICT', text, { address, id: key });
}

/** None of it is applied, because of the send at `index`; absent: because of none of them. */
export function refusedBatch(entry: BatchEntry, refusal: Refusal, index: number | undefined): BatchTaken {
  return { entry, refusal: index === undefined ? refusal : refusalAt(index, refusal) };
}

/** B3. */
function refusalAt(index: number, { code, message, details }: Refusal): Refusal {
  return { code, message, details: { ...details, index } };
}

/** The batch of a turn that must not be written. */
export function voidBatch(result: TurnResult): BatchTaken | undefined {
  const { batch, draft } = result;
  if (batch === undefined || batch.refusal !== undefined) return batch;
  return draft !== undefined && uncompared(batch.entry, result).length > 0 ? batch : undefined;
}

/** B2: of what was applied before, that whose content nobody has looked at. */
function uncompared({ compared }: BatchEntry, { rebuilds }: TurnResult): readonly Rebuild[] {
  return rebuilds.filter(({ duplicate, seq }) => duplicate && compared?.has(seq) !== true);
}

/** The same batch, to be taken again: what was applied before is what it says (B2). */
export async function comparedBatch(
  sources: Sources,
  actor: HostedActor,
  result: TurnResult,
  entry: BatchEntry,
): Promise<BatchEntry> {
  const compared = new Set(entry.compared);
  for (const rebuild of uncompared(entry, result)) {
    await rebuiltAt(sources, actor, entry, rebuild);
    compared.add(rebuild.seq);
  }
  return { ...entry, compared };
}

/** B3; of a turn that is durable. */
export async function batchReceipts(
  sources: Sources,
  actor: HostedActor,
  result: TurnResult,
  entry: BatchEntry,
): Promise<readonly WireReceipt[]> {
  const known = new Map<number, WireReceipt>();
  for (const answer of result.answers) if (answer.op === 'receipt') known.set(answer.n, answer.receipt);
  // One after the other: each reads a part of the history.
  for (const rebuild of result.rebuilds)
    known.set(rebuild.request.n, await rebuiltAt(sources, actor, entry, rebuild));
  return entry.request.sends.flatMap(({ n }) => known.get(n) ?? []);
}

async function rebuiltAt(
  sources: Sources,
  actor: HostedActor,
  { request }: BatchEntry,
  rebuild: Rebuild,
): Promise<WireReceipt> {
  try {
    return await rebuiltReceipt(sources, actor, rebuild);
  } catch (error) {
    const index = request.sends.findIndex(({ n }) => n === rebuild.request.n);
    throw errorOf(refusalAt(index, outcomeOf(error)));
  }
}
