/**
 * SHA-256 (FIPS 180-4) that can be put down after any byte and taken up again: its state is plain JSON, so it
 * stands in the digest, survives every crash with it, and covers exactly what is recorded. A hash kept in the
 * driver was the other choice: it dies with the worker and would cost a pass over the whole history then.
 */

export interface HashState {
  /** The eight words so far. */
  readonly words: readonly number[];
  /** Bytes that fill no block yet, in hex. */
  readonly rest: string;
  readonly length: number;
}

const blockBytes = 64;

/** Fractional parts of square roots of primes. */
export const startHash: HashState = {
  words: [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
  rest: '',
  length: 0,
};

/** Fractional parts of the cube roots of the first 64 primes, computed: a table could have a typing error. */
const roundWords = roundWordsOf();

export function hashed(state: HashState, bytes: Uint8Array): HashState {
  const held = bytesOf(state.rest);
  const words = Int32Array.from(state.words);
  // What fills the block that was begun; behind it the bytes are read where they stand.
  const begun = held.length === 0 ? 0 : blockBytes - held.length;
  const length = state.length + bytes.length;
  if (bytes.length < begun) return { words: state.words, rest: hexOf(joined(held, bytes)), length };
  if (begun > 0) mixBlocks(words, joined(held, bytes.subarray(0, begun)));
  const blocks = bytes.subarray(begun, bytes.length - ((bytes.length - begun) % blockBytes));
  mixBlocks(words, blocks);
  const rest = hexOf(bytes.subarray(begun + blocks.length));
  return { words: Array.from(words, (word) => word >>> 0), rest, length };
}

function mixBlocks(words: Int32Array, bytes: Uint8Array): void {
  const schedule = new Int32Array(64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += blockBytes) {
    fill(schedule, view, at);
    mix(words, schedule);
  }
}

/** The hash of all bytes so far, in hex. */
export function hashOf(state: HashState): string {
  const rest = state.rest.length / 2;
  const padding = new Uint8Array((rest < 56 ? 64 : 128) - rest);
  padding[0] = 0x80;
  const view = new DataView(padding.buffer);
  view.setUint32(padding.length - 8, Math.floor(state.length / 2 ** 29));
  view.setUint32(padding.length - 4, (state.length * 8) >>> 0);
  return hashed(state, padding)
    .words.map((word) => word.toString(16).padStart(8, '0'))
    .join('');
}

/** Once for each 64 bytes that a terminal prints: nothing here makes an object (3 times as fast so). */
function mix(words: Int32Array, w: Int32Array): void {
  let a = words[0] ?? 0;
  let b = words[1] ?? 0;
  let c = words[2] ?? 0;
  let d = words[3] ?? 0;
  let e = words[4] ?? 0;
  let f = words[5] ?? 0;
  let g = words[6] ?? 0;
  let h = words[7] ?? 0;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (roundWords[i] ?? 0) + (w[i] ?? 0)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  words[0] = (words[0] ?? 0) + a;
  words[1] = (words[1] ?? 0) + b;
  words[2] = (words[2] ?? 0) + c;
  words[3] = (words[3] ?? 0) + d;
  words[4] = (words[4] ?? 0) + e;
  words[5] = (words[5] ?? 0) + f;
  words[6] = (words[6] ?? 0) + g;
  words[7] = (words[7] ?? 0) + h;
}

function fill(w: Int32Array, view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + i * 4);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15] ?? 0;
    const y = w[i - 2] ?? 0;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] ?? 0) + s0 + (w[i - 7] ?? 0) + s1;
  }
}

function roundWordsOf(): Int32Array {
  const words = new Int32Array(64);
  let count = 0;
  for (let n = 2; count < 64; n++) {
    if (isPrime(n)) words[count++] = fractionOfRoot(n);
  }
  return words;
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
}

/** The first 32 bits behind the point of the cube root: exact, by whole numbers. */
function fractionOfRoot(n: number): number {
  const scaled = BigInt(n) << 96n;
  let root = 0n;
  for (let bit = 1n << 36n; bit > 0n; bit >>= 1n) {
    if ((root + bit) ** 3n <= scaled) root += bit;
  }
  return Number(root & 0xffff_ffffn) | 0;
}

function joined(before: Uint8Array, after: Uint8Array): Uint8Array {
  const all = new Uint8Array(before.length + after.length);
  all.set(before);
  all.set(after, before.length);
  return all;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
    Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16),
  );
}
