/**
 * A terminal as the bytes that make a fresh one like it (W8): both buffers with what scrolled off, colours,
 * cursor, margins, tab stops and modes. What is fed after it goes on as if it had been there all along, so it
 * is also how a screen is put away and taken up again. Order matters:
 *
 *   reset ▸ colours, title ▸ the normal buffer ▸ the alternate one, if it is on ▸ tab stops, modes
 *         ▸ cursor (after the margins and the origin mode, which move it) ▸ pen ▸ character sets
 *         ▸ insert and wrap modes, which change how all this is printed ▸ what has begun and is not over
 *
 * Not in it: links (OSC 8), images, and the character sets of a saved cursor.
 */
import type { Cell, Emulator, Look, Modes, Page } from './emulator.ts';
import { sgr } from './look.ts';

const esc = '\u001B';
const csi = `${esc}[`;
const plain = `${csi}0m`;

export function repaintOf(emulator: Emulator): Uint8Array {
  const { normal, alternate, isAlternate } = emulator;
  const text = [
    `${esc}c`,
    ...[...emulator.palette.colours].map(([name, colour]) => `${esc}]${name};${colour}\u0007`),
    emulator.title === '' ? '' : `${esc}]2;${emulator.title}\u0007`,
    painted(normal, emulator),
    // Going there saves the cursor, so it stands where it was saved.
    isAlternate
      ? `${placed(normal.saved)}${sgr(normal.saved.look)}${csi}?1049h${plain}${painted(alternate, emulator)}`
      : '',
    tabStops(emulator.active, emulator.size.cols),
    saved(emulator.active),
    modes(emulator),
    cursor(emulator),
    charsets(emulator),
    lastModes(emulator.modes),
  ];
  return Buffer.concat([Buffer.from(text.join('')), emulator.open]);
}

/** Line after line, as if it were printed: what does not fit scrolls off, and wrapped lines stay one. */
function painted({ cells, margins }: Page, { size }: Emulator): string {
  const lines: string[] = [];
  for (let y = 0; y < cells.length; y++) {
    const isContinued = cells.getLine(y + 1)?.isWrapped === true;
    lines.push(lineOf(cells, y, size.cols, isContinued));
    // The pen is plain again, also within a wrapped line: each row says its own looks.
    lines.push(isContinued || y === cells.length - 1 ? plain : `${plain}\r\n`);
  }
  const hasMargins = margins.top > 0 || margins.bottom < size.rows - 1;
  const region = hasMargins ? `${csi}${margins.top + 1};${margins.bottom + 1}r` : '';
  return `${lines.join('')}${plain}${region}`;
}

function lineOf(cells: Page['cells'], y: number, cols: number, isContinued: boolean): string {
  const line = cells.getLine(y);
  let [text, look, empty] = ['', plain, 0];
  const flush = (): void => {
    // Erased, not printed: a reader who copies it gets no spaces.
    if (empty > 0) text += `${csi}${empty}X${csi}${empty}C`;
    empty = 0;
  };
  for (let x = 0; x < Math.min(cols, line?.length ?? 0); x++) {
    const cell = line?.getCell(x) as Cell | undefined;
    if (cell === undefined || cell.getWidth() === 0) continue;
    const isEmpty = cell.getChars() === '' && !isContinued;
    const next = sgr(cell);
    if (next !== look) {
      flush();
      text += next;
      look = next;
    }
    if (isEmpty) {
      empty++;
      continue;
    }
    flush();
    text += cell.getChars() === '' ? ' ' : cell.getChars();
  }
  if (empty > 0 && look !== plain) text += `${csi}${empty}X`;
  return text;
}

function placed({ x, y }: { readonly x: number; readonly y: number }): string {
  return `${csi}${y + 1};${x + 1}H`;
}

function saved({ saved: { x, y, look } }: Page): string {
  const isDefault = x === 0 && y === 0 && sgr(look) === plain;
  return isDefault ? '' : `${placed({ x, y })}${sgr(look)}${esc}7${plain}`;
}

function tabStops({ tabs }: Page, cols: number): string {
  const usual = Array.from({ length: Math.ceil(cols / 8) }, (_, i) => i * 8);
  const inside = tabs.filter((column) => column < cols);
  if (inside.join() === usual.join()) return '';
  return `${csi}3g${inside.map((column) => `${csi}${column + 1}G${esc}H`).join('')}`;
}

const mouseModes = { none: '', x10: '9', vt200: '1000', drag: '1002', any: '1003' };
const mouseEncodings = { DEFAULT: '', SGR: '1006', SGR_PIXELS: '1016' };

function modes(emulator: Emulator): string {
  const are = emulator.modes;
  const style = emulator.cursorStyle;
  const on = [
    are.applicationCursor && '1',
    are.applicationKeypad && '66',
    are.bracketedPaste && '2004',
    are.focusEvents && '1004',
    are.reverseWrap && '45',
    mouseModes[are.mouse],
    mouseEncodings[are.mouseEncoding],
  ].filter((mode) => mode !== false && mode !== '');
  const set = on.map((mode) => `${csi}?${mode}h`).join('');
  return `${set}${style === undefined ? '' : `${csi}${style} q`}`;
}

/** Behind the last column only printing brings it: what stands there is printed once more. */
function cursor(emulator: Emulator): string {
  const { cells, margins } = emulator.active;
  const { cursorX: x, cursorY: y } = cells;
  const { cols } = emulator.size;
  const { origin } = emulator.modes;
  const from = origin ? margins.top : 0;
  const at = (column: number): string => `${csi}${y - from + 1};${column + 1}H`;
  const set = origin ? `${csi}?6h` : '';
  if (x < cols) return `${set}${at(x)}${sgr(emulator.pen)}`;
  const line = cells.getLine(cells.baseY + y);
  const column = line?.getCell(cols - 1)?.getWidth() === 0 ? cols - 2 : cols - 1;
  const cell = line?.getCell(column) as (Cell & Look) | undefined;
  const printed = cell === undefined ? '' : `${sgr(cell)}${cell.getChars() || ' '}`;
  return `${set}${at(column)}${printed}${sgr(emulator.pen)}`;
}

const levels = ['', '\u000E', `${esc}n`, `${esc}o`];

function charsets({ charsets: { level, names } }: Emulator): string {
  const set = names.map((name, i) => (name === 'B' ? '' : `${esc}${'()*+'[i]}${name}`));
  return `${set.join('')}${levels[level] ?? ''}`;
}

function lastModes({ insert, wrap, cursorVisible, synchronizedOutput }: Modes): string {
  return [
    insert ? `${csi}4h` : '',
    wrap ? '' : `${csi}?7l`,
    cursorVisible ? '' : `${csi}?25l`,
    synchronizedOutput ? `${csi}?2026h` : '',
  ].join('');
}
