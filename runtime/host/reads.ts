/**
 * What readers see of an actor: as it stands, or as it stood after any of its facts.
 */
import { TroupeError, errorOf } from '../../actors/troupeError.ts';
import type { Seal } from '../../storage/commit.ts';
import type { Journal } from '../../storage/journal.ts';
import { packWhole } from '../../storage/values.ts';
import type { SnapshotsRequest, WireDigest, WireSnapshot } from '../protocol.ts';
import { activate } from './activation.ts';
import type { Look, Sources } from './activation.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Kinds } from './kinds.ts';
import { sendableOf } from './refusals.ts';

export async function snapshotOf(
  journal: Journal,
  kinds: Kinds,
  actor: HostedActor,
  seq: number | undefined,
): Promise<WireSnapshot> {
  return wireOf(await asOf(journal, kinds, actor, seq));
}

export async function digestOf(
  journal: Journal,
  kinds: Kinds,
  actor: HostedActor,
  seq: number | undefined,
): Promise<WireDigest> {
  const stood = await asOf(journal, kinds, actor, seq);
  if (stood.snapshot === undefined && stood.left === undefined) throw notFound(actor.address);
  const seal = stood.sealed ? await journal.seal(actor.address) : undefined;
  const digest = packWhole(shownDigestOf(stood));
  return { seq: stood.seq, sealed: stood.sealed, digest, ...(seal === undefined ? {} : { seal }) };
}

/** As it stood after each of these facts, in one go. */
export async function snapshotsOf(
  journal: Journal,
  kinds: Kinds,
  { address, from, to }: Pick<SnapshotsRequest, 'address' | 'from' | 'to'>,
): Promise<readonly WireSnapshot[]> {
  const told: WireSnapshot[] = [];
  const each = (actor: HostedActor): void => void told.push(wireOf(actor));
  await stoodAt({ journal, kinds }, address, to, { from, each });
  return told;
}

function wireOf(stood: HostedActor): WireSnapshot {
  const { snapshot, reached, sealed, at } = stood;
  if (stood.left !== undefined) throw gone(stood.address, stood.seq);
  if (snapshot === undefined) throw notFound(stood.address);
  const { value, context, output, error } = stood.kind.statechart.persist(snapshot);
  return {
    seq: stood.seq,
    at,
    status: sealed ? 'sealed' : 'live',
    state: reached.paths,
    tags: reached.tags,
    accepts: sealed ? [] : sendableOf(stood.kind, snapshot),
    machine: packWhole({ value, context, output, error }),
  };
}

/** By its seal alone, whatever has become of its definition; undefined when it has not ended. */
export async function digestBySeal(
  journal: Pick<Journal, 'last' | 'seal'>,
  address: string,
): Promise<WireDigest | undefined> {
  const seal = await journal.seal(address);
  const standing = seal && (await journal.last(address));
  if (seal === undefined || standing === undefined) return undefined;
  // The bytes that were hashed are its JSON.
  const { digest } = JSON.parse(Buffer.from(seal).toString()) as Seal;
  return { seq: standing.seq, sealed: true, digest: packWhole(digest), seal };
}

/** As readers get it. */
export function shownDigestOf({ kind, digest, sealed }: HostedActor): unknown {
  return sealed ? digest : (kind.digest.shown?.(digest) ?? digest);
}

async function asOf(
  journal: Journal,
  kinds: Kinds,
  actor: HostedActor,
  seq: number | undefined,
): Promise<HostedActor> {
  if (actor.quarantine !== undefined) throw errorOf(actor.quarantine);
  if (seq === undefined || seq === actor.seq) return actor;
  if (seq < 1 || seq > actor.seq) {
    const text = `${actor.address} has facts 1 to ${actor.seq}; there is none numbered ${seq}.`;
    throw new TroupeError('NOT_FOUND', text, { address: actor.address, seq, last: actor.seq });
  }
  return stoodAt({ journal, kinds }, actor.address, seq);
}

/** As it stood after `seq`; nothing that is wrong there sets the actor aside. */
export async function stoodAt(
  sources: Sources,
  address: string,
  seq: number,
  look?: Look,
): Promise<HostedActor> {
  const stood = await activate(sources, address, seq, look);
  if (stood.quarantine === undefined) return stood;
  if (stood.quarantine.details['erased'] !== true) throw errorOf(stood.quarantine);
  throw gone(address, seq);
}

function gone(address: string, seq: number): TroupeError {
  const text = `How ${address} stood at seq ${seq} cannot be told: the facts that led there were erased.`;
  return new TroupeError('CURSOR_GONE', text, { address, seq });
}

function notFound(address: string): TroupeError {
  return new TroupeError('NOT_FOUND', `${address} has no history: send it an event first.`, { address });
}
