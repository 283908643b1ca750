/**
 * The receipt of a send that was recorded before: made again from the history, because it was never stored.
 */
import { isDeepStrictEqual } from 'node:util';
import type { AnyEvent } from '../../actors/fact.ts';
import { invariant } from '../../actors/invariant.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Commit } from '../../storage/commit.ts';
import { unpack } from '../../storage/values.ts';
import type { SendRequest, WireReceipt } from '../protocol.ts';
import { activate } from './activation.ts';
import type { Sources } from './activation.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Applied, Intent } from './ledger.ts';
import { receiptOf, replyOf } from './stand.ts';
import { decodedOf } from './words.ts';

/** A receipt that must be made again, because its fact was recorded before. */
export interface Rebuild {
  readonly request: SendRequest;
  readonly seq: number;
  readonly duplicate: boolean;
  /** Where its definition says how it stands now: no history is folded for it. */
  readonly now?: WireReceipt;
}

/** Taken down in the turn that met it, so that what `now` tells is durable when it is told (P1). */
export function rebuildOf(actor: HostedActor, request: SendRequest, { seq, isResent }: Applied): Rebuild {
  const { kind, snapshot, address, sealed } = actor;
  const rebuild = { request, seq, duplicate: !isResent };
  if (kind.replyNow.size === 0 || snapshot === undefined) return rebuild;
  const event = decodedOf(request) as AnyEvent; // It was taken before.
  if (!kind.replyNow.has(event.type)) return rebuild;
  const told = receiptOf(actor, replyOf(kind, address, event, snapshot, snapshot), rebuild.duplicate);
  return { ...rebuild, now: { ...told, seq, final: sealed && actor.seq === seq } };
}

export async function rebuiltReceipt(
  sources: Sources,
  actor: HostedActor,
  { request, seq, duplicate, now }: Rebuild,
): Promise<WireReceipt> {
  const { address } = actor;
  if (now !== undefined) {
    // Where it looks like another event, whether it is one takes the version of that time.
    if (!duplicate || isSame(await recordedAt(sources, address, seq), request)) return now;
  }
  const after = await activate(sources, address, seq);
  // Erased since, or of a machine that is no more: that it was applied is known all the same.
  if (after.quarantine !== undefined) {
    return { seq, state: [], tags: [], final: actor.sealed && actor.seq === seq, duplicate };
  }
  const hasReply = actor.kind.definition.reply !== undefined;
  if (!hasReply && !duplicate) return receiptOf(after, undefined, duplicate);
  const recorded = await recordedAt(sources, address, seq);
  if (duplicate) assertSame(after, recorded, request);
  if (!hasReply) return receiptOf(after, undefined, duplicate);
  // Nothing that was sent has seq 1: that is its birth.
  const before = await activate(sources, address, seq - 1);
  if (before.quarantine !== undefined) return receiptOf(after, undefined, duplicate);
  invariant(before.snapshot !== undefined && after.snapshot !== undefined, 'who has facts has a snapshot');
  const event = recorded.event ?? { type: '' };
  return receiptOf(after, replyOf(actor.kind, address, event, before.snapshot, after.snapshot), duplicate);
}

interface Recorded {
  /** Undefined when it was erased. */
  readonly event: AnyEvent | undefined;
  /** Whether it is one send's event, and not what several became together. */
  readonly isOfOne: boolean;
}

async function recordedAt({ journal }: Sources, address: string, seq: number): Promise<Recorded> {
  const { commits } = await journal.read(address, { after: seq - 1, limit: 1 });
  const [commit] = commits;
  const fact = commit?.facts.find((candidate) => candidate.seq === seq);
  if (commit === undefined || fact?.event === undefined) return { event: undefined, isOfOne: false };
  const event = unpack(fact.event, await journal.bodies(address, commit.bodies)) as AnyEvent;
  return { event, isOfOne: isOfOne(commit, seq) };
}

function isOfOne({ intents }: Commit, seq: number): boolean {
  for (const intent of intents as readonly Intent[]) {
    if (intent[0] === 'by') return typeof intent[3][seq - intent[2]] === 'number';
  }
  return false;
}

/** As far as it can be told. */
function isSame(recorded: Recorded, request: SendRequest): boolean {
  return !recorded.isOfOne || isDeepStrictEqual(recorded.event, decodedOf(request));
}

/** An id names one send: with another event it is another send, and its caller believes it was applied. */
function assertSame(
  { address, kind, ledger, seq }: HostedActor,
  recorded: Recorded,
  request: SendRequest,
): void {
  const { version } = kind.definition;
  const isBroughtUp = kind.definition.upcast !== undefined && ledger.version !== version;
  // What an older version was sent may look different today.
  if (isBroughtUp || isSame(recorded, request)) return;
  const { id } = request;
  const text = `The id "${id}" was used at seq ${seq} of ${address} for an event with another content.`;
  throw new TroupeError('CONFLICT', text, { address, id, seq });
}
