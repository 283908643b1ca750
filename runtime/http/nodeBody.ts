/**
 * The body of a request of Node, whole or piece by piece. Fastify reads none: it is read when it is known
 * whose it is, and by what route.
 *   - Piecemeal it may take as long as it takes: the time of other requests (`requestMs`) does not bound it.
 *   - An answer may come before the body has ended. What is left of it is passed over for a while, so that
 *     whoever still sends it can read the answer: on a connection that is closed at once, the sender's next
 *     write fails, and what was told is lost with it. After that while the connection is cut.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Duplex } from 'node:stream';
import { cutShort, tooLarge } from './body.ts';

/** Behind the answer: enough for a sender to see it. */
const lingerMs = 2000;

/** Connections whose request is read piece by piece. */
const piecemeal = new WeakSet<Duplex>();

export const isPiecemeal = (socket: Duplex): boolean => piecemeal.has(socket);

/** `PromiseLike`: nobody pays for a promise around a promise. */
export function wholeOf(raw: IncomingMessage, bytesMax: number): PromiseLike<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (Number(raw.headers['content-length'] ?? 0) > bytesMax) return reject(tooLarge(bytesMax));
    const pieces: Buffer[] = [];
    let length = 0;
    raw.on('data', (piece: Buffer) => {
      length += piece.byteLength;
      if (length <= bytesMax) pieces.push(piece);
      else reject(tooLarge(bytesMax));
    });
    raw.on('end', () => resolve(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)));
    const cut = (): void => {
      // Every body is closed: an error with its stack is made of those alone that had no end.
      if (!raw.readableEnded) reject(cutShort());
    };
    raw.on('error', cut);
    raw.on('close', cut);
  });
}

/** Its pieces, read as they are asked for: a sender that is faster waits. */
export function piecesOf(raw: IncomingMessage): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => new Pieces(raw) };
}

/** Whether some of its body is still to come. */
export function isUnderWay({ complete, destroyed, headers }: IncomingMessage): boolean {
  if (complete || destroyed) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The text of an answer to a request that is under way: it ends when the body has, unless that is cut. */
export function lingering(raw: IncomingMessage, text: string): Readable {
  return Readable.from(pastTheRest(raw, text));
}

async function* pastTheRest(raw: IncomingMessage, text: string): AsyncGenerator<string, void, undefined> {
  yield text;
  if (raw.readableEnded || raw.destroyed) return;
  const late = setTimeout(() => raw.socket.destroy(), lingerMs);
  await new Promise<void>((resolve) => {
    raw.once('end', resolve);
    // Also of one that failed.
    raw.once('close', resolve);
    raw.resume();
  });
  clearTimeout(late);
}

class Pieces implements AsyncIterator<Uint8Array, undefined> {
  readonly #raw: IncomingMessage;
  readonly #here: Buffer[] = [];
  #wake = (): void => undefined;

  constructor(raw: IncomingMessage) {
    this.#raw = raw;
    piecemeal.add(raw.socket);
    raw.on('data', this.#came);
    for (const end of ['end', 'error', 'close']) raw.on(end, this.#ended);
  }

  readonly #came = (piece: Buffer): void => {
    this.#here.push(piece);
    this.#raw.pause();
    this.#wake();
  };

  readonly #ended = (): void => {
    piecemeal.delete(this.#raw.socket);
    this.#wake();
  };

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const value = this.#here.shift();
      if (value !== undefined) return { done: false, value };
      if (this.#raw.readableEnded) return { done: true, value: undefined };
      if (this.#raw.destroyed) throw cutShort();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#raw.resume();
      });
    }
  }

  /** Nobody reads on, though it has no end yet. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    const raw = this.#raw;
    raw.off('data', this.#came);
    this.#here.length = 0;
    if (!raw.readableEnded) raw.resume();
    return { done: true, value: undefined };
  }
}
