/** What lies behind a piece is read with it: every byte once, however large the piece already is. */
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withMore } from '../../../runtime/processHost/readingAhead.ts';
import { newDirectory } from '../open.ts';

const bytesOf = (count: number, seed: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, i) => (i * 31 + seed) % 251));

test.each([1, 4094, 4095, 4096, 61_422, 61_423, 61_440, 65_517, 65_518, 65_519, 65_536, 200_000])(
  'a piece of %i bytes is told whole, and what was read with it',
  (count) => {
    const piece = bytesOf(count, 1);
    const behind = bytesOf(300_000, 7);
    const file = join(newDirectory(), 'behind');
    writeFileSync(file, behind);
    const fd = openSync(file, 'r');
    const told = withMore({ master: { readableLength: 0 }, fd }, piece);
    const rest = readFileSync(fd);
    closeSync(fd);
    expect(Buffer.concat([told, rest]).equals(Buffer.concat([piece, behind]))).toBe(true);
  },
);

test('what its stream still holds comes first', () => {
  const piece = bytesOf(4096, 1);
  expect(withMore({ master: { readableLength: 1 }, fd: -1 }, piece)).toBe(piece);
});
