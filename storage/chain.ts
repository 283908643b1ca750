/**
 * The hash chain of one actor: chain = SHA-256(previous ‖ header ‖ SHA-256(payload)), over stored bytes.
 * The payload enters by its hash, so that it can be erased and the chain still be checked; positions in a
 * log enter nowhere, so that compaction moves bytes without touching a hash.
 */
import { createHash, hash } from 'node:crypto';

export const hashBytes = 32;

/** What the first commit of an actor chains onto. */
export const chainStart: Buffer = Buffer.alloc(hashBytes);

let scratch = Buffer.allocUnsafeSlow(4096);

/** By way of a text: a digest as a buffer of its own memory costs 2.7 times as much. */
export function sha256(bytes: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
}

/** The chain after a commit. One contiguous input: a call of `hash` costs more than the copy. */
export function chainAfter(previous: Uint8Array, header: Uint8Array, payloadHash: Uint8Array): Buffer {
  const length = hashBytes + header.length + hashBytes;
  if (length > scratch.length) scratch = Buffer.allocUnsafeSlow(length * 2);
  scratch.set(previous, 0);
  scratch.set(header, hashBytes);
  scratch.set(payloadHash, hashBytes + header.length);
  return sha256(scratch.subarray(0, length));
}

/** The hash of several parts read one after the other. */
export function sha256Of(parts: Iterable<Uint8Array>): Buffer {
  const hasher = createHash('sha256');
  for (const part of parts) hasher.update(part);
  return hasher.digest();
}
