/**
 * Hears what a session's terminal prints, where it is known what is to come: each byte is the one that was
 * printed at that place, and what a reset let go is a hole whose size the journal tells.
 */
import assert from 'node:assert/strict';
import type { Ear } from './sseReader.ts';

interface Output {
  readonly type: string;
  readonly offset?: number;
  /** As JSON has them. */
  readonly bytes?: { readonly $bytes: string };
}

export class TerminalEar implements Ear {
  /** Bytes that came. */
  heard = 0;
  /** Ranges of facts, from and to, that resets stand for. */
  readonly missed: (readonly [from: number, to: number])[] = [];
  /** Something was printed. */
  readonly began: Promise<void>;
  readonly #printed: Uint8Array;
  /** Where the next byte belongs; unknown behind a reset. */
  #place: number | undefined = 0;
  #begin = (): void => undefined;

  constructor(printed: Uint8Array) {
    this.#printed = printed;
    this.began = new Promise((resolve) => (this.#begin = resolve));
  }

  hear({ type, offset, bytes }: Output): void {
    if (type !== 'pty.output') return;
    assert(offset !== undefined && bytes !== undefined, 'an output has a place and bytes');
    assert.equal(offset, this.#place ?? offset, 'an output follows the one before');
    const came = Buffer.from(bytes.$bytes, 'base64');
    assertPrinted(this.#printed, offset, came);
    this.heard += came.length;
    this.#place = offset + came.length;
    this.#begin();
  }

  miss(from: number, to: number): void {
    this.missed.push([from, to]);
    this.#place = undefined;
  }
}

/** These bytes are what was printed there. */
export function assertPrinted(printed: Uint8Array, offset: number, bytes: Uint8Array): void {
  const there = printed.subarray(offset, offset + bytes.length);
  assert(Buffer.compare(there, bytes) === 0, `what stands at ${offset} is what was printed there`);
}
