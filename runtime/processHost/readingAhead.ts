/**
 * What already lies behind a piece of a terminal's output, read with it: its stream comes for some 4 KiB at
 * once through the loop, and a flood would be a frame for each of them on its whole way to the journal.
 */
import { readSync } from 'node:fs';
import { outputBytesMax } from './limits.ts';
import type { Terminal } from './terminal.ts';

/** What a terminal gives at once, mostly; while its program writes beside the reading it may be far more. */
const pieceBytes = 4095;
const space = Buffer.allocUnsafeSlow(outputBytesMax);

export function withMore(
  { master, fd }: { readonly master: Pick<Terminal['master'], 'readableLength'>; readonly fd: number },
  piece: Buffer,
): Buffer {
  const hasRoom = piece.length + pieceBytes < space.length;
  // What the stream still holds comes before what the system has.
  if (piece.length < pieceBytes || !hasRoom || master.readableLength > 0) return piece;
  let length = piece.copy(space);
  for (let count = pieceBytes; count >= pieceBytes && length + pieceBytes < space.length;) {
    count = readNow(fd, space.subarray(length));
    length += count;
  }
  return length === piece.length ? piece : Buffer.from(space.subarray(0, length));
}

/** How much was there; 0 if nothing is left. The descriptor does not block. */
export function readNow(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer);
  } catch {
    return 0;
  }
}
