/**
 * What is to be recorded of a session, in its order: output gathered into facts of at most 64 KiB (B2), and
 * between them what happened at that place of the stream (C3). Bytes of the stream are never left out; what
 * is not to be shown is told before them (B1), so that no reader has to look ahead.
 */
import { outputFactBytesMax } from './limits.ts';
import type { PtyEvent } from './vocabulary.ts';

export class Transcript {
  readonly #facts: PtyEvent[] = [];
  #chunks: Uint8Array[] = [];
  #from = 0;
  #gathered = 0;
  /** Places in the stream where a fact must end, rising. */
  readonly #cuts: number[] = [];
  /** Output in it that is not taken yet. */
  bytes = 0;
  /** Somebody waits for a fact in it, or it holds as much output as one fact may. */
  isUrgent = false;

  output(offset: number, bytes: Uint8Array): void {
    this.bytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const left = bytes.length - at;
      // Rather two facts than all of it copied once more.
      if (this.#gathered * 2 >= outputFactBytesMax && this.#gathered + left > outputFactBytesMax) {
        this.#close();
        this.isUrgent = true;
      }
      const cut = (this.#cuts[0] ?? Infinity) - offset;
      const end = Math.min(bytes.length, cut, at + outputFactBytesMax - this.#gathered);
      if (this.#gathered === 0) this.#from = offset + at;
      this.#chunks.push(bytes.subarray(at, end));
      this.#gathered += end - at;
      at = end;
      const asks = at === cut;
      if (asks) this.#cuts.shift();
      else if (this.#gathered < outputFactBytesMax) continue;
      this.#close(asks);
      this.isUrgent = true;
    }
  }

  /** A fact is to end at this place of the stream, still to come, where a question ends. */
  cut(offset: number): void {
    this.#cuts.push(offset);
  }

  /** Of the output that comes next: these bytes are not shown. */
  hide(from: number, to: number): void {
    this.#close();
    this.#facts.push({ type: 'pty.hidden', ranges: [[from, to]] });
  }

  say(event: PtyEvent): void {
    this.#close();
    this.#facts.push(event);
    this.isUrgent = true;
  }

  get isEmpty(): boolean {
    return this.#facts.length === 0 && this.#gathered === 0;
  }

  /** The oldest facts, at most so many, and no more output than one turn of an actor should take. */
  take(most: number, bytesMax: number): readonly PtyEvent[] {
    this.#close();
    let count = 0;
    for (let bytes = 0; count < Math.min(most, this.#facts.length); count++) {
      const fact = this.#facts[count];
      bytes += fact?.type === 'pty.output' ? fact.bytes.length : 0;
      if (bytes > bytesMax && count > 0) break;
    }
    const taken = this.#facts.splice(0, count);
    for (const fact of taken) if (fact.type === 'pty.output') this.bytes -= fact.bytes.length;
    this.isUrgent = this.#facts.length > 0;
    return taken;
  }

  #close(asks = false): void {
    if (this.#gathered === 0) return;
    const [only] = this.#chunks;
    const bytes =
      this.#chunks.length === 1 && only !== undefined ? only : joined(this.#chunks, this.#gathered);
    this.#facts.push({ type: 'pty.output', offset: this.#from, bytes, ...(asks && { asks }) });
    this.#chunks = [];
    this.#gathered = 0;
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
