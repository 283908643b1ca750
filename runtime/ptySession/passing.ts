/**
 * The text that passes on a screen from some point on, as a waiter looks for it: what is shown and what has
 * scrolled off since. Wrapped lines are one; blanks that were printed count.
 *   - `everything`: also what was shown when it began.
 *   - `new`: only lines from the cursor's on, and lines above it that are not as they were; of the cursor's
 *     own line what comes behind the cursor. A prompt that still stands there is not taken for the next.
 */
import type { Emulator, Mark } from './emulator.ts';
import type { Look } from './player.ts';

export class Passing implements Look {
  readonly #emulator: Emulator;
  /** The buffer that was on when it began: lines of the other one are all new. */
  readonly #startsAlternate: boolean;
  /** What stood on the screen, by row. */
  readonly #known: readonly string[];
  /** The row of the cursor. */
  readonly #row: number;
  /** What stood before the cursor in its line. */
  #prefix: string;
  /** The line that it began with; undefined: everything in the buffer came later. */
  #start: Mark | undefined;
  #here: Mark | undefined;

  constructor(emulator: Emulator, from: 'everything' | 'new') {
    const { cursorX, cursorY, baseY } = emulator.active.cells;
    const isNew = from === 'new';
    this.#emulator = emulator;
    this.#startsAlternate = emulator.isAlternate;
    this.#row = isNew ? cursorY : 0;
    this.#start = emulator.mark(cursorY - this.#row);
    this.#prefix = isNew ? rowText(emulator, baseY + cursorY, cursorX) : '';
    const rows = Array.from({ length: emulator.size.rows }, (_, y) => rowText(emulator, baseY + y));
    this.#known = isNew ? rows : [];
  }

  before(): void {
    this.#here = this.#emulator.mark();
  }

  after(): void {
    const emulator = this.#emulator;
    const wasErased = this.#here?.line() === -1;
    this.#here?.forget();
    this.#here = undefined;
    if (this.#startsAlternate || emulator.isAlternate || this.#start?.line() !== -1) return;
    this.#prefix = '';
    // Erased with the screen: what stands there now is new, what scrolled off before is not.
    this.#start = wasErased ? emulator.mark(emulator.active.cells.cursorY) : undefined;
  }

  text(): string {
    const emulator = this.#emulator;
    const { length, baseY } = emulator.active.cells;
    if (emulator.isAlternate !== this.#startsAlternate) return joined(emulator, baseY, length);
    if (this.#startsAlternate) return this.#changed(0, length, 0);
    const start = this.#start?.line();
    if (start === undefined) return joined(emulator, 0, length);
    const text = joined(emulator, Math.max(0, start), length);
    const own = text.startsWith(this.#prefix) ? text.slice(this.#prefix.length) : text;
    return `${this.#changed(baseY, start, start - this.#row)}${own}`;
  }

  /** Lines in a range that are not as they were; row 0 was where `top` is now. */
  #changed(from: number, to: number, top: number): string {
    let text = '';
    for (let y = from; y < to; y++) {
      const row = rowText(this.#emulator, y);
      if (row !== this.#known[y - top]) text += `${row}\n`;
    }
    return text;
  }
}

function joined(emulator: Emulator, from: number, to: number): string {
  let text = '';
  for (let y = from; y < to; y++) {
    if (y > from && emulator.active.cells.getLine(y)?.isWrapped !== true) text += '\n';
    text += rowText(emulator, y);
  }
  return text;
}

function rowText(emulator: Emulator, y: number, columns?: number): string {
  const line = emulator.active.cells.getLine(y);
  const text =
    columns === undefined ? line?.translateToString(true) : line?.translateToString(false, 0, columns);
  return text ?? '';
}
