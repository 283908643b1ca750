/**
 * The output of a session as it is to be shown (B1): the bytes of its facts, less what was told to be hidden.
 */
import type { Fact } from '../../actors/fact.ts';
import type { PtyEvent } from '../../actors/ptySession/vocabulary.ts';

/** A piece of output as terminals get it. */
export interface ShownPiece {
  readonly seq: number;
  /** Of its first byte in the stream. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

type Ranges = readonly (readonly [from: number, to: number])[];

/** Takes facts in their order; hidden ranges stand before the output they hide. */
export class ShownOutput {
  #hidden: Ranges = [];

  take({ seq, event: recorded }: Fact): readonly ShownPiece[] {
    const event = recorded as PtyEvent; // Its schema was checked at the door.
    if (event.type === 'pty.hidden') this.#hidden = [...this.#hidden, ...event.ranges];
    if (event.type !== 'pty.output') return [];
    const { offset, bytes } = event;
    const pieces = shownIn(offset, bytes, this.#hidden).map((piece) => ({ seq, ...piece }));
    this.#hidden = this.#hidden.filter(([, to]) => to > offset + bytes.length);
    return pieces;
  }
}

function shownIn(offset: number, bytes: Uint8Array, hidden: Ranges): readonly Omit<ShownPiece, 'seq'>[] {
  const pieces: Omit<ShownPiece, 'seq'>[] = [];
  let at = offset;
  const show = (to: number): void => {
    if (to > at) pieces.push({ offset: at, bytes: bytes.subarray(at - offset, to - offset) });
  };
  const end = offset + bytes.length;
  for (const [from, to] of hidden) {
    if (to <= at || from >= end) continue;
    show(from);
    at = Math.min(to, end);
  }
  show(end);
  return pieces;
}
