/**
 * What was erased of an actor: one small row that every read respects at once. The bytes themselves leave
 * the log when it is compacted or scrubbed.
 */
import type { Address } from '../../actors/address.ts';
import { packPlain, unpack } from '../values.ts';
import type { Environment } from './environment.ts';
import { addressKey } from './keys.ts';

export interface Erasure {
  /** Payloads up to this seq are gone. */
  readonly bodiesTo: number;
  /** Facts up to this seq are gone. */
  readonly historyTo: number;
  /** Row and seal are gone too; the address is never reborn. */
  readonly forgotten: boolean;
}

const nothing: Erasure = { bodiesTo: 0, historyTo: 0, forgotten: false };

export function erasureOf(environment: Environment, address: Address): Erasure {
  const bytes = environment.tables.erased.view(addressKey(address));
  if (bytes === undefined) return nothing;
  const [bodiesTo, historyTo, forgotten] = unpack(bytes) as [number, number, boolean];
  return { bodiesTo, historyTo, forgotten };
}

/** Inside `durably`. */
export function putErasure(environment: Environment, address: Address, erasure: Erasure): void {
  const { bodiesTo, historyTo, forgotten } = erasure;
  environment.tables.erased.put(addressKey(address), packPlain([bodiesTo, historyTo, forgotten]));
}
