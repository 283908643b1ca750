/**
 * A sealed actor whose facts and snapshots are gone: what its seal and its row say of it is all that anybody
 * can still ask for, and enough to say no to the rest.
 */
import type { Standing } from '../../storage/journal.ts';
import type { Seal } from '../../storage/commit.ts';
import { HostedActor } from './hostedActor.ts';
import type { Kind } from './kinds.ts';

export function fromSeal(kind: Kind, { address, seq, due, row }: Standing, bytes: Uint8Array): HostedActor {
  // The bytes that were hashed are its JSON.
  const { cause, digest } = JSON.parse(Buffer.from(bytes).toString()) as Seal;
  const actor = new HostedActor(address, kind);
  const { lastAt: at, labels } = row;
  const reached = { paths: row.state, tags: row.tags };
  return Object.assign(actor, { seq, at, due, digest, labels, sealed: true, left: { cause, reached } });
}
