/**
 * Input on its way into a child.
 *   H1. An input is written once, by its seq: one that comes again, because nobody knew whether it had
 *        arrived,
 *       is dropped and its end told again.
 */
import type { Writable } from 'node:stream';

/** Told when the child has taken the input, or never will (`taken: false`). */
export type Written = (seq: number, taken: boolean) => void;

export class Inflow {
  readonly #sink: Writable;
  readonly #written: Written;
  #accepted = 0;
  #ended = 0;
  #taken = true;

  constructor(sink: Writable, written: Written) {
    this.#sink = sink;
    this.#written = written;
    // A child that closed its stdin; every write hears of it too.
    sink.on('error', () => undefined);
  }

  /** The last input that was accepted. */
  get seq(): number {
    return this.#accepted;
  }

  write(seq: number, bytes: Uint8Array): void {
    if (this.#isKnown(seq)) return;
    if (!this.#sink.writable) this.#tell(seq, false);
    else this.#sink.write(bytes, (error) => this.#tell(seq, error === null || error === undefined));
  }

  /** No more input: the child reads the end of its stdin. */
  end(seq: number): void {
    if (this.#isKnown(seq)) return;
    if (!this.#sink.writable) this.#tell(seq, false);
    else this.#sink.end(() => this.#tell(seq, true));
  }

  #isKnown(seq: number): boolean {
    if (seq > this.#accepted) {
      this.#accepted = seq;
      return false;
    }
    // One still on its way is told when it arrives.
    if (seq <= this.#ended) this.#written(seq, this.#taken);
    return true;
  }

  #tell(seq: number, taken: boolean): void {
    this.#ended = seq;
    this.#taken = taken;
    this.#written(seq, taken);
  }
}
