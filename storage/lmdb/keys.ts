/**
 * Keys of the LMDB tables: bytes whose order is the order we read in. Addresses are ASCII and never hold a
 * zero byte, so `address ‖ 0 ‖ number` keeps the rows of one actor together and in order.
 */
import { createHash } from 'node:crypto';
import type { Address } from '../../actors/address.ts';

/** log: slot u8 ‖ n u48. */
export function logKey(slot: number, n: number): Buffer {
  const key = Buffer.allocUnsafe(7);
  key[0] = slot;
  key.writeUIntBE(n, 1, 6);
  return key;
}

export function logNumberOf(key: Buffer): number {
  return key.readUIntBE(1, 6);
}

/** actors, erased, seals: the address. */
export function addressKey(address: Address): Buffer {
  return Buffer.from(address, 'latin1');
}

/** marks, pages, snapshots: address ‖ 0 ‖ seq u48. */
export function seqKey(address: Address, seq: number): Buffer {
  const key = Buffer.allocUnsafe(address.length + 7);
  key.write(address, 0, 'latin1');
  key[address.length] = 0;
  key.writeUIntBE(Math.min(seq, seqMax), address.length + 1, 6);
  return key;
}

export const seqMax = 2 ** 48 - 1;

export function seqOf(key: Buffer): number {
  return key.readUIntBE(key.length - 6, 6);
}

/** bodies: address ‖ 0 ‖ SHA-256. */
export function bodyKey(address: Address, hash: string): Buffer {
  return Buffer.concat([Buffer.from(`${address}\0`, 'latin1'), Buffer.from(hash, 'hex')]);
}

/** The first key after every key of one actor, where keys are address ‖ 0 ‖ …. */
export function afterAddress(address: Address): Buffer {
  return Buffer.from(`${address}\x01`, 'latin1');
}

/** due: shard u8 ‖ at u48 ‖ address. */
export function dueKey(shard: number, at: number, address: Address): Buffer {
  const key = Buffer.allocUnsafe(7 + address.length);
  key[0] = shard;
  key.writeUIntBE(timeOf(at), 1, 6);
  key.write(address, 7, 'latin1');
  return key;
}

export function dueOf(key: Buffer): { at: number; address: Address } {
  return { at: key.readUIntBE(1, 6), address: key.toString('latin1', 7) };
}

/** directory: prefix ‖ 0 ‖ at u48 ‖ address. A long prefix (a label value) is replaced by its hash. */
export function directoryKey(prefix: string, at: number, address: Address): Buffer {
  return Buffer.concat([directoryPrefix(prefix), u48(at), Buffer.from(address, 'latin1')]);
}

export function directoryPrefix(prefix: string): Buffer {
  const bytes = Buffer.from(`${prefix}\0`);
  if (bytes.length <= 256) return bytes;
  return Buffer.from(`${prefix[0]}#${createHash('sha256').update(bytes).digest('hex')}\0`);
}

/** moved: slot u8 ‖ last n u48 ‖ address. */
export function movedKey(slot: number, n: number, address: Address): Buffer {
  return Buffer.concat([logKey(slot, n), Buffer.from(address, 'latin1')]);
}

/** usage: hour u32 ‖ slot u8 ‖ key as JSON. */
export function usageKey(hour: number, slot: number, key: string): Buffer {
  const head = Buffer.allocUnsafe(5);
  head.writeUInt32BE(hour, 0);
  head[4] = slot;
  return Buffer.concat([head, Buffer.from(key)]);
}

function u48(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(6);
  bytes.writeUIntBE(timeOf(value), 0, 6);
  return bytes;
}

/** Times as keys: whole milliseconds, never negative. */
export function timeOf(at: number): number {
  return Math.min(seqMax, Math.max(0, Math.floor(at)));
}
