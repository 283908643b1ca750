/**
 * What speakers say under load: pieces of one length, each with its number and the moment it was due, so that
 * a reader can tell a piece that is lost, doubled or late, however many were merged into one text.
 */
import assert from 'node:assert/strict';

const numberDigits = 8;
const timeDigits = 13;

export const pieceLength = numberDigits + timeDigits;

/** Piece `n` (the first is 1), due at `dueMs` since 1970; filled up where it is bytes that matter. */
export function pieceOf(n: number, dueMs: number, length = pieceLength): string {
  const told = String(n).padStart(numberDigits, '0') + String(Math.floor(dueMs)).padStart(timeDigits, '0');
  return told.padEnd(length, '.');
}

/** Follows the pieces of one speaker, and tells how late each was. */
export class Listener {
  /** The number of the last piece; where pieces were skipped, of the last before or after them. */
  last = 0;
  heard = 0;
  readonly #length: number;

  constructor(length = pieceLength) {
    this.#length = length;
  }

  /** How late each piece of the text is at `nowMs`; the first one follows the last one. */
  hear(text: string, nowMs: number): number[] {
    assert.equal(text.length % this.#length, 0, 'a text is made of whole pieces');
    const late: number[] = [];
    for (let at = 0; at < text.length; at += this.#length) {
      const n = Number(text.slice(at, at + numberDigits));
      assert.equal(n, this.last + 1, 'each piece follows the one before: none is lost or doubled');
      this.last = n;
      this.heard++;
      late.push(Math.max(0, nowMs - Number(text.slice(at + numberDigits, at + pieceLength))));
    }
    return late;
  }

  /** Pieces were left out by a reset: the next text says where it goes on. */
  skipTo(n: number): void {
    assert(n >= this.last, 'a reset leads forward');
    this.last = n;
  }
}
