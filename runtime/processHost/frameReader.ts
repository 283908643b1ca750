/**
 * Bytes as they come from a pipe, cut anywhere, back into frames. A frame in pieces is put together once,
 * when its last byte is there, so that small pieces of a large frame cost nothing.
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
    this.#pieces.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#wanted) return [];
    return this.#read(this.#pieces.length === 1 ? chunk : Buffer.concat(this.#pieces, this.#held));
  }

  #read(bytes: Buffer): readonly Frame[] {
    const frames: Frame[] = [];
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
    this.#wanted = wanted;
    this.#held = bytes.length - at;
    this.#pieces = this.#held === 0 ? [] : [bytes.subarray(at)];
    return frames;
  }
}

function broken(length: number): never {
  throw new ProtocolBroken(`a frame of ${length} bytes`); // Q1
}
