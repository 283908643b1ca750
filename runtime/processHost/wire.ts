/**
 * Frames over a duplex stream. What is written in one turn of the loop leaves in one system call; what a side
 * may write is bounded by credit (Q4), so that nothing needs to wait for the pipe itself.
 */
import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { encodeFrame } from './frames.ts';
import type { Frame } from './frames.ts';
import { FrameReader } from './frameReader.ts';

export interface WireListener {
  frame(frame: Frame): void;
  /** Once: the other side has gone, or does not speak the protocol. */
  ended(reason: string): void;
}

export class Wire {
  readonly #stream: Duplex;
  #ended: ((reason: string) => void) | undefined;
  #corked = false;

  constructor(stream: Duplex, listener: WireListener) {
    this.#stream = stream;
    this.#ended = (reason) => listener.ended(reason);
    const reader = new FrameReader();
    stream.on('data', (chunk: Buffer) => {
      for (const frame of this.#framesIn(reader, chunk)) {
        if (this.#ended !== undefined) listener.frame(frame);
      }
    });
    stream.on('error', (error) => this.end(`its connection failed: ${error.message}`));
    stream.on('close', () => this.end('its connection closed'));
    stream.on('end', () => this.end('its connection ended'));
  }

  send(frame: Frame): void {
    if (this.#ended === undefined) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#stream.cork();
      setImmediate(() => {
        this.#corked = false;
        this.#stream.uncork();
      });
    }
    for (const piece of encodeFrame(frame)) this.#stream.write(piece);
  }

  /** Resolves when everything sent has left, or the other side has gone. */
  async flushed(): Promise<void> {
    if (this.#ended === undefined) return;
    this.#stream.end();
    await finished(this.#stream, { readable: false }).catch(() => undefined);
  }

  #framesIn(reader: FrameReader, chunk: Buffer): readonly Frame[] {
    try {
      return reader.push(chunk);
    } catch (error) {
      this.end((error as Error).message); // Q1: only what is no frame throws there
      return [];
    }
  }

  /** Ends the connection; the listener hears why, unless it ended before. */
  end(reason: string): void {
    const ended = this.#ended;
    this.#ended = undefined;
    this.#stream.destroy();
    ended?.(reason);
  }
}
