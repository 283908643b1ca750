/**
 * Shards: fixed slices of all addresses. The host routes by them and the journal keeps due work by them, so
 * both must cut the same way, for as long as data directories live.
 */
import type { Address } from '../actors/address.ts';
import { shards } from './limits.ts';

/** The slice an address falls into (FNV-1a, folded): 0 to `shards` − 1. */
export function shardOf(address: Address): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < address.length; i++) hash = Math.imul(hash ^ address.charCodeAt(i), 0x01000193);
  return ((hash >>> 16) ^ hash) & (shards - 1);
}
