/**
 * The chain, against SHA-256 as anybody else computes it.
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { chainAfter, chainStart, sha256, sha256Of } from '../../storage/chain.ts';

const header = Buffer.from('a header');
const payloadHash = createHash('sha256').update('a payload').digest();

function byHand(previous: Uint8Array, head: Uint8Array): string {
  return createHash('sha256').update(previous).update(head).update(payloadHash).digest('hex');
}

test('the first commit chains onto 32 zero bytes', () => {
  expect(chainStart.toString('hex')).toBe('00'.repeat(32));
  expect(chainAfter(chainStart, header, payloadHash).toString('hex')).toBe(byHand(Buffer.alloc(32), header));
});

test('a commit chains onto the one before', () => {
  const first = chainAfter(chainStart, header, payloadHash);
  expect(chainAfter(first, header, payloadHash).toString('hex')).toBe(byHand(first, header));
});

test('a large header changes neither its own chain nor the next', () => {
  const large = Buffer.alloc(100_000, 'x');
  expect(chainAfter(chainStart, large, payloadHash).toString('hex')).toBe(byHand(chainStart, large));
  expect(chainAfter(chainStart, header, payloadHash).toString('hex')).toBe(byHand(chainStart, header));
});

test('a chain that was given out stays as it is', () => {
  const first = chainAfter(chainStart, header, payloadHash);
  const before = first.toString('hex');
  chainAfter(first, Buffer.from('another header'), payloadHash);
  expect(first.toString('hex')).toBe(before);
});

test('what went in may be a part of a larger buffer', () => {
  const around = Buffer.concat([Buffer.from('xx'), header, Buffer.from('yy')]);
  const part = around.subarray(2, 2 + header.length);
  expect(chainAfter(chainStart, part, payloadHash).toString('hex')).toBe(byHand(chainStart, header));
});

test('sha256 of "abc" is what FIPS 180 says', () => {
  const wanted = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(sha256(Buffer.from('abc')).toString('hex')).toBe(wanted);
  expect(sha256Of([Buffer.from('a'), Buffer.from('bc')]).toString('hex')).toBe(wanted);
});
