/**
 * A child that writes so many bytes to its terminal and ends in the same breath:
 * `node writer.ts <seed> <bytes> <bytes a write>`. What it writes is a block of random bytes, again and
 * again.
 */
import { writeSync } from 'node:fs';

export const blockBytes = 64 * 1024;

/** The block of this seed (xorshift32), markers, questions and broken UTF-8 not excluded. */
export function blockOf(seed: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  let state = seed || 1;
  for (let i = 0; i < blockBytes; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    block[i] = state >>> 16;
  }
  return block;
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const [seed = 1, bytes = 0, most = blockBytes] = process.argv.slice(2).map(Number);
  const block = blockOf(seed);
  for (let at = 0; at < bytes;) {
    const from = at % blockBytes;
    at += writeSync(1, block, from, Math.min(most, blockBytes - from, bytes - at));
  }
  process.exit(0);
}
