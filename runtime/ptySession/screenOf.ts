/**
 * What a terminal shows, as values (W1).
 */
import { createHash } from 'node:crypto';
import type { Cell, Emulator, Modes } from './emulator.ts';
import { colourOf, sgr } from './look.ts';

/** A place on the screen: its text and its looks. */
export interface ScreenCell {
  /** Empty behind a wide character, and where nothing was printed. */
  readonly text: string;
  readonly width: number;
  /** A number of the palette, or `#rrggbb`; absent: the default. */
  readonly fg?: number | string;
  readonly bg?: number | string;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly inverse?: true;
  readonly strikethrough?: true;
}

/** What a terminal shows at one moment. */
export interface Screen {
  /** The last fact that is in it. */
  readonly seq: number;
  /** As many as it has rows, without the blanks at their ends. */
  readonly lines: readonly string[];
  /** From 0; `x` is at most the last column. */
  readonly cursor: { readonly x: number; readonly y: number; readonly visible: boolean };
  readonly title: string;
  readonly cols: number;
  readonly rows: number;
  /** A full-screen program has its own buffer on. */
  readonly alternate: boolean;
  readonly modes: Modes;
  /** Equal for screens that look the same, colours and cursor included. */
  readonly hash: string;
  readonly cells?: readonly (readonly ScreenCell[])[];
}

/** What of a screen is wanted. */
export interface ScreenOptions {
  /** Also every cell with its colours. */
  readonly cells?: boolean;
}

export function screenOf(emulator: Emulator, seq: number, { cells = false }: ScreenOptions = {}): Screen {
  const { size, isAlternate, title, modes } = emulator;
  const { cols, rows } = size;
  const buffer = emulator.active.cells;
  const cursor = {
    x: Math.min(buffer.cursorX, cols - 1),
    y: buffer.cursorY,
    visible: modes.cursorVisible,
  };
  const hash = createHash('sha256').update(JSON.stringify([cols, rows, cursor, isAlternate, title]));
  const lines: string[] = [];
  const table: ScreenCell[][] = [];
  for (let y = 0; y < rows; y++) {
    const row = rowOf(emulator, buffer.baseY + y);
    lines.push(textOf(row));
    hash.update(`${styledOf(row)}\n`);
    if (cells) table.push(row.map(cellOf));
  }
  const digest = hash.digest('hex').slice(0, 32);
  const screen = { seq, lines, cursor, title, cols, rows, alternate: isAlternate, modes, hash: digest };
  return cells ? { ...screen, cells: table } : screen;
}

/** The cells of a line, counted from the oldest that scrolled off. */
function rowOf(emulator: Emulator, y: number): readonly Cell[] {
  const line = emulator.active.cells.getLine(y);
  const row: Cell[] = [];
  for (let x = 0; x < Math.min(emulator.size.cols, line?.length ?? 0); x++) {
    const cell = line?.getCell(x) as Cell | undefined; // Its class has what `Cell` names.
    if (cell !== undefined) row.push(cell);
  }
  return row;
}

/** The text of any line, also of one that scrolled off. */
export function lineTextOf(emulator: Emulator, y: number): string {
  return emulator.active.cells.getLine(y)?.translateToString(true).trimEnd() ?? '';
}

function printed(cell: Cell): string {
  if (cell.getWidth() === 0) return '';
  return cell.getChars() === '' ? ' ' : cell.getChars();
}

function textOf(row: readonly Cell[]): string {
  return row.map(printed).join('').trimEnd();
}

function styledOf(row: readonly Cell[]): string {
  let [text, last] = ['', ''];
  for (const cell of row) {
    const next = sgr(cell);
    if (next !== last) text += next;
    last = next;
    text += printed(cell);
  }
  return text;
}

function cellOf(cell: Cell): ScreenCell {
  const [fg, bg] = [colourOf(cell, 'fg'), colourOf(cell, 'bg')];
  return {
    text: cell.getChars(),
    width: cell.getWidth(),
    ...(fg !== undefined && { fg }),
    ...(bg !== undefined && { bg }),
    ...(cell.isBold() !== 0 && { bold: true as const }),
    ...(cell.isDim() !== 0 && { dim: true as const }),
    ...(cell.isItalic() !== 0 && { italic: true as const }),
    ...(cell.isUnderline() !== 0 && { underline: true as const }),
    ...(cell.isInverse() !== 0 && { inverse: true as const }),
    ...(cell.isStrikethrough() !== 0 && { strikethrough: true as const }),
  };
}
