/**
 * The open streams of one server: how many there may be, and their end when it closes.
 */
import { TroupeError } from '../../actors/troupeError.ts';

export class Streams {
  readonly #max: number;
  readonly #open = new Set<() => void>();
  #isClosing = false;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#open.size;
  }

  /** `close` is called when the server closes; what it gives ends the place. */
  enter(close: () => void): () => void {
    if (this.#isClosing) throw new TroupeError('CLOSED', 'This server is closing: ask another.', {});
    if (this.#open.size >= this.#max) {
      const text = `${this.#max} streams are open, and there are no more: close some, or come back later.`;
      throw new TroupeError('TOO_MANY_REQUESTS', text, { streams: this.#max });
    }
    this.#open.add(close);
    return () => this.#open.delete(close);
  }

  /** Each says its last word. */
  close(): void {
    this.#isClosing = true;
    for (const close of this.#open) close();
  }
}
