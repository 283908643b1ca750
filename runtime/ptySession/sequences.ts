/**
 * Control sequences in output, wherever it is cut: each whole one as its bytes, and what has begun and is not
 * over (`open`), a character of several bytes included. Text is jumped over, so it costs next to nothing.
 *   - What is held is bounded: the rest of a longer sequence (an image) is passed over until its end.
 *   - Eight-bit controls do not occur in UTF-8 output, and are text here.
 */
import { openSequenceBytesMax } from './limits.ts';

const [bel, can, sub, esc] = [0x07, 0x18, 0x1a, 0x1b];

const nothing = new Uint8Array(0);

/** Where the parser stands: in text, behind ESC, in a CSI, in an OSC, in a DCS, APC, PM or SOS. */
type State = 'text' | 'escape' | 'csi' | 'osc' | 'string';

/** A whole sequence, its ESC and its end included, and how many bytes of what was fed it ends behind. */
export type Found = (sequence: Uint8Array, end: number) => void;

export class Sequences {
  #state: State = 'text';
  #held: number[] = [];
  /** The last byte of a string was ESC: a backslash ends it. */
  #isEnding = false;
  /** Bytes of what is being fed that were taken. */
  #taken = 0;
  /** The last bytes of text, which may be a part of a character. */
  #tail: Uint8Array = nothing;

  /** What has begun and is not over: what comes next goes on with it. */
  get open(): Uint8Array {
    return this.#state === 'text' ? openCharacter(this.#tail) : Uint8Array.from(this.#held);
  }

  feed(bytes: Uint8Array, found?: Found): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#state !== 'text') {
        this.#taken = at + 1;
        this.#take(bytes[at++] ?? 0, found);
        continue;
      }
      const start = bytes.indexOf(esc, at);
      if (start < 0) {
        this.#tail = lastOf(this.#tail, bytes.subarray(at));
        return;
      }
      const end = endOf(bytes, start);
      if (end === undefined) {
        this.#begin();
        at = start + 1;
        continue;
      }
      if (this.#tail.length > 0) this.#tail = nothing;
      found?.(bytes.subarray(start, end), end);
      at = end;
    }
  }

  #begin(): void {
    this.#state = 'escape';
    this.#held = [esc];
    this.#isEnding = false;
    this.#tail = nothing;
  }

  #take(byte: number, found: Found | undefined): void {
    if (byte === can || byte === sub) {
      this.#state = 'text';
      return;
    }
    if (this.#state === 'osc' || this.#state === 'string') return this.#inString(byte, found);
    if (byte === esc) return this.#begin();
    // Other controls are carried out where they stand, and are no part of the sequence.
    if (byte < 0x20) return;
    this.#hold(byte);
    if (this.#state === 'escape') return this.#afterEscape(byte, found);
    if (byte >= 0x40 && byte <= 0x7e) this.#end(found);
  }

  #afterEscape(byte: number, found: Found | undefined): void {
    const isFirst = this.#held.length === 2;
    if (isFirst && byte === 0x5b) this.#state = 'csi';
    else if (isFirst && byte === 0x5d) this.#state = 'osc';
    // P, X, ^ and _: only their ends matter.
    else if (isFirst && [0x50, 0x58, 0x5e, 0x5f].includes(byte)) this.#state = 'string';
    else if (byte >= 0x30) this.#end(found);
  }

  #inString(byte: number, found: Found | undefined): void {
    if (this.#isEnding && byte !== 0x5c) {
      // An ESC that begins something else ends the string as well.
      this.#end(found);
      this.#begin();
      return this.#take(byte, found);
    }
    this.#hold(byte);
    if (this.#isEnding || (byte === bel && this.#state === 'osc')) return this.#end(found);
    this.#isEnding = byte === esc;
  }

  #hold(byte: number): void {
    if (this.#held.length < openSequenceBytesMax) this.#held.push(byte);
  }

  #end(found: Found | undefined): void {
    this.#state = 'text';
    if (this.#held.length < openSequenceBytesMax) found?.(Uint8Array.from(this.#held), this.#taken);
    this.#held = [];
  }
}

/** Where a short sequence ends, if all of it is here and there is nothing odd in it: most are like that. */
function endOf(bytes: Uint8Array, start: number): number | undefined {
  let at = start + 1;
  const kind = bytes[at] ?? 0;
  if (kind !== 0x5b) return kind >= 0x30 && kind < 0x50 ? at + 1 : undefined;
  let byte = 0;
  do byte = bytes[++at] ?? 0;
  while (byte >= 0x20 && byte < 0x40);
  return byte >= 0x40 && byte <= 0x7e ? at + 1 : undefined;
}

/** The last three bytes: a character has four at most. */
function lastOf(before: Uint8Array, after: Uint8Array): Uint8Array {
  if (after.length >= 3) return after.slice(-3);
  return Uint8Array.from([...before, ...after]).slice(-3);
}

/** The part of a character at the end of text. */
function openCharacter(tail: Uint8Array): Uint8Array {
  for (let length = 1; length <= tail.length; length++) {
    const byte = tail[tail.length - length] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const whole = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length < whole ? tail.slice(-length) : new Uint8Array(0);
  }
  return new Uint8Array(0);
}
