/**
 * Bytes as they come from a pipe, cut anywhere, back into frames. What lies whole in a chunk is read there; a
 * frame that was cut is put together once, when its last byte has come, and nothing else with it.
 */
import { ProtocolBroken, decodeFrame } from './frames.ts';
import type { Frame } from './frames.ts';
import { frameBytesMax } from './limits.ts';

const lengthBytes = 4;

export class FrameReader {
  #pieces: Buffer[] = [];
  #held = 0;
  /** How many bytes must be there before anything can be read. */
  #wanted = lengthBytes;

  /** The frames that end in this chunk; throws `ProtocolBroken` for what is no frame. */
  push(chunk: Buffer): readonly Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    while (this.#held > 0 && at < chunk.length) {
      const piece = chunk.subarray(at, at + this.#wanted - this.#held);
      at += piece.length;
      this.#pieces.push(piece);
      this.#held += piece.length;
      if (this.#held === this.#wanted) this.#complete(frames);
    }
    this.#read(chunk.subarray(at), frames);
    return frames;
  }

  /** What is held is the length of a frame, or all of it. */
  #complete(frames: Frame[]): void {
    const bytes = Buffer.concat(this.#pieces, this.#held);
    this.#pieces = [];
    this.#held = 0;
    this.#read(bytes, frames);
  }

  #read(bytes: Buffer, frames: Frame[]): void {
    let at = 0;
    let wanted = lengthBytes;
    while (bytes.length - at >= wanted) {
      const length = bytes.readUInt32BE(at);
      if (length === 0 || length > frameBytesMax) broken(length);
      wanted = lengthBytes + length;
      if (bytes.length - at < wanted) break;
      frames.push(decodeFrame(bytes.subarray(at + lengthBytes, at + wanted)));
      at += wanted;
      wanted = lengthBytes;
    }
    if (at === bytes.length) return;
    this.#pieces = [bytes.subarray(at)];
    this.#held = bytes.length - at;
    this.#wanted = wanted;
  }
}

function broken(length: number): never {
  throw new ProtocolBroken(`a frame of ${length} bytes`); // Q1
}
