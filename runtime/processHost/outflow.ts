/**
 * One stream of a child's output on its way to whoever records it.
 *   H1. What is not acknowledged is kept, from any offset that was not, and can be sent again from there.
 * Small pieces are gathered into blocks: a child that writes byte by byte must not cost an object a byte.
 */
import { outputBytesMax } from './limits.ts';

interface Block {
  readonly offset: number;
  bytes: Buffer;
  /** How much of the buffer is filled; a whole piece fills its own. */
  filled: number;
}

export type SendOutput = (offset: number, bytes: Uint8Array) => void;

const blockBytes = 8 * 1024;

export class Outflow {
  readonly #send: SendOutput;
  #blocks: Block[] = [];
  #acknowledged = 0;
  #end = 0;

  constructor(send: SendOutput) {
    this.#send = send;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get end(): number {
    return this.#end;
  }

  get retained(): number {
    return this.#end - this.#acknowledged;
  }

  push(piece: Buffer): void {
    for (let at = 0; at < piece.length; at += outputBytesMax) {
      const bytes = this.#keep(piece.subarray(at, at + outputBytesMax));
      this.#send(this.#end, bytes);
      this.#end += bytes.length;
    }
  }

  /** Everything before `offset` is recorded; what was acknowledged before stays so. */
  acknowledge(offset: number): void {
    if (offset <= this.#acknowledged || offset > this.#end) return;
    this.#acknowledged = offset;
    const first = this.#blocks.findIndex((block) => block.offset + block.filled > offset);
    this.#blocks = first < 0 ? [] : this.#blocks.slice(first);
  }

  /** Sends everything from `offset` again; false if that was acknowledged or has not come yet. */
  rewind(offset: number): boolean {
    if (offset < this.#acknowledged || offset > this.#end) return false;
    for (const block of this.#blocks) {
      const from = Math.max(0, offset - block.offset);
      if (from < block.filled) this.#send(block.offset + from, block.bytes.subarray(from, block.filled));
    }
    return true;
  }

  #keep(piece: Buffer): Buffer {
    if (piece.length * 2 > blockBytes) {
      this.#blocks.push({ offset: this.#end, bytes: piece, filled: piece.length });
      return piece;
    }
    const block = this.#openBlock(piece.length);
    piece.copy(block.bytes, block.filled);
    const kept = block.bytes.subarray(block.filled, block.filled + piece.length);
    block.filled += piece.length;
    return kept;
  }

  #openBlock(room: number): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.bytes.length - last.filled >= room) return last;
    const block = { offset: this.#end, bytes: Buffer.allocUnsafeSlow(blockBytes), filled: 0 };
    this.#blocks.push(block);
    return block;
  }
}
