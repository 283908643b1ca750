/**
 * What was erased of an actor: one small row that every read respects at once. The bytes themselves leave
 * the log when it is compacted or scrubbed. Most journals have none: the threads of the owner share a word
 * that says so, and need not look.
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

/** 0: nothing was ever erased here. */
export type ErasuresWord = Int32Array<SharedArrayBuffer>;

/** Until `lookForErasures` anything may be. */
export function newErasuresWord(): ErasuresWord {
  return new Int32Array(new SharedArrayBuffer(4)).fill(1);
}

/** By the owner, when it opens: nobody else erases. */
export function lookForErasures({ tables, erasures }: Environment): void {
  if (erasures === undefined) return;
  const [first] = tables.erased.range({ start: Buffer.alloc(0), end: Buffer.alloc(1, 255), limit: 1 });
  Atomics.store(erasures, 0, first === undefined ? 0 : 1);
}

const nothing: Erasure = { bodiesTo: 0, historyTo: 0, forgotten: false };

export function erasureOf(environment: Environment, address: Address): Erasure {
  if (environment.erasures !== undefined && Atomics.load(environment.erasures, 0) === 0) return nothing;
  const bytes = environment.tables.erased.view(addressKey(address));
  if (bytes === undefined) return nothing;
  const [bodiesTo, historyTo, forgotten] = unpack(bytes) as [number, number, boolean];
  return { bodiesTo, historyTo, forgotten };
}

/** Inside `durably`. */
export function putErasure(environment: Environment, address: Address, erasure: Erasure): void {
  const { bodiesTo, historyTo, forgotten } = erasure;
  if (environment.erasures !== undefined) Atomics.store(environment.erasures, 0, 1);
  environment.tables.erased.put(addressKey(address), packPlain([bodiesTo, historyTo, forgotten]));
}
