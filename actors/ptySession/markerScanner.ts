/**
 * Finds a session's markers in its output, wherever the output is cut.
 *   C3. Output before a marker, the marker and the output after it come in this order; each marker gives
 *       exactly one piece, and no byte of it is in any output.
 *   C5. Anything that only looks like a marker passes as output.
 *   H1. `openAt` is where a marker begins that may still become one: nothing from there on is over.
 * There is one beginning to look for, however many commands wait, so a thousand of them cost nothing (C4).
 */
import { markerBytesMax, markerEnd, markerOf, markerStart } from './marker.ts';
import type { Marker } from './marker.ts';

export type Piece =
  | { readonly kind: 'output'; readonly offset: number; readonly bytes: Uint8Array }
  | {
      readonly kind: 'marker';
      readonly from: number;
      readonly to: number;
      /** The marker itself: it is recorded, and hidden (B1). */
      readonly bytes: Uint8Array;
      readonly marker: Marker;
    };

const escape = 0x1b;
const nothing = new Uint8Array(0);

/** Where a marker that begins here ends; 'open' if the bytes end before that can be told. */
type Look = { readonly marker: Marker; readonly end: number } | 'open' | 'none';

export class MarkerScanner {
  readonly #start: Uint8Array;
  readonly #text = new TextDecoder('latin1');
  /** The beginning of what may become a marker. */
  #held: Uint8Array = nothing;
  /** Of the next byte that was not given out. */
  #offset: number;

  constructor(token: string, offset = 0) {
    this.#start = new TextEncoder().encode(markerStart(token));
    this.#offset = offset;
  }

  /** Everything before this offset was given out. */
  get openAt(): number {
    return this.#offset;
  }

  feed(chunk: Uint8Array): readonly Piece[] {
    const bytes = this.#held.length === 0 ? chunk : joined(this.#held, chunk);
    this.#held = nothing;
    const pieces: Piece[] = [];
    let given = 0;
    const giveUpTo = (end: number): void => {
      if (end > given)
        pieces.push({ kind: 'output', offset: this.#offset, bytes: bytes.subarray(given, end) });
      this.#offset += end - given;
      given = end;
    };
    for (let at = bytes.indexOf(escape); at >= 0; at = bytes.indexOf(escape, at)) {
      const look = this.#look(bytes, at);
      if (look === 'open') {
        giveUpTo(at);
        this.#held = bytes.slice(at);
        return pieces;
      }
      if (look === 'none') {
        at += 1;
        continue;
      }
      giveUpTo(at);
      const length = look.end - at;
      const [from, to] = [this.#offset, this.#offset + length];
      pieces.push({
        kind: 'marker',
        from,
        to,
        bytes: bytes.subarray(at, look.end),
        marker: look.marker,
      });
      this.#offset = to;
      given = look.end;
      at = look.end;
    }
    giveUpTo(bytes.length);
    return pieces;
  }

  /** There is no more: what was held back is output. */
  flush(): readonly Piece[] {
    const bytes = this.#held;
    if (bytes.length === 0) return [];
    const offset = this.#offset;
    this.#held = nothing;
    this.#offset += bytes.length;
    return [{ kind: 'output', offset, bytes }];
  }

  #look(bytes: Uint8Array, at: number): Look {
    const start = this.#start;
    for (let i = 1; i < start.length; i++) {
      if (at + i === bytes.length) return 'open';
      if (bytes[at + i] !== start[i]) return 'none';
    }
    const bodyAt = at + start.length;
    for (let end = bodyAt; end < at + markerBytesMax; end++) {
      const byte = bytes[end];
      if (byte === undefined) return 'open';
      if (byte === markerEnd) {
        const marker = markerOf(this.#text.decode(bytes.subarray(bodyAt, end)));
        return marker === undefined ? 'none' : { marker, end: end + 1 };
      }
      // A marker's body is plain text; a shell that draws in the middle of it has not sent one.
      if (byte < 0x20 || byte > 0x7e) return 'none';
    }
    return 'none';
  }
}

function joined(before: Uint8Array, after: Uint8Array): Uint8Array {
  const all = new Uint8Array(before.length + after.length);
  all.set(before);
  all.set(after, before.length);
  return all;
}
