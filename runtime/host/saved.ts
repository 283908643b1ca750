/**
 * A snapshot as it is saved: the statechart's own, the ledger and the digest, so that an activation folds at
 * most the facts after it. It is only ever trusted if its chain is that of the history (activation.ts).
 */
import type { Persisted } from '../../actors/statechart.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { StoredSnapshot } from '../../storage/journal.ts';
import { packWhole, unpack } from '../../storage/values.ts';
import type { Limits } from '../limits.ts';
import type { HostedActor } from './hostedActor.ts';
import { Ledger } from './ledger.ts';

const format = 2;

export interface Saved {
  readonly version: number;
  readonly at: number;
  readonly sealed: boolean;
  readonly persisted: Persisted;
  readonly ledger: Ledger;
  readonly digest: unknown;
  readonly digestSchema: number;
}

/** The actor as of its last fact. What cannot be stored is `NOT_STORABLE`, with its path. */
export function saved(actor: HostedActor, limits: Limits): StoredSnapshot | undefined {
  const { snapshot, kind, address, seq, chain, at, sealed, ledger, digest } = actor;
  if (snapshot === undefined) return undefined;
  ledger.forget(limits.rememberedIds, at - limits.rememberedMs);
  const bytes = packedParts(actor, [
    format,
    kind.definition.version,
    at,
    sealed,
    kind.statechart.persist(snapshot),
    ledger.plain(),
    digest,
    kind.digest.schema,
  ]);
  if (bytes.length > limits.snapshotBytes) {
    const max = limits.snapshotBytes;
    const text = `${address} has grown to ${bytes.length} bytes, at most ${max}: keep less in its context.`;
    throw new TroupeError('TOO_LARGE', text, { address, bytes: bytes.length });
  }
  return { address, seq, chain, bytes };
}

function packedParts({ kind, snapshot, digest }: HostedActor, parts: readonly unknown[]): Buffer {
  try {
    return packWhole(parts);
  } catch (error) {
    // Once more, for a path that means something to the definition's author: `context.socket`, `digest.sum`.
    if (snapshot !== undefined) packWhole({ ...kind.statechart.persist(snapshot), digest });
    throw error;
  }
}

/** Undefined when its format is not known: then the history is folded instead. */
export function savedOf(snapshot: StoredSnapshot): Saved | undefined {
  type Parts = [number, number, number, boolean, Persisted, unknown, unknown, number];
  const [known, version, at, sealed, persisted, ledger, digest, digestSchema] = unpack(
    snapshot.bytes,
  ) as Parts;
  if (known !== format) return undefined;
  return { version, at, sealed, persisted, ledger: Ledger.from(ledger), digest, digestSchema };
}
