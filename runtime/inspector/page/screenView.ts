/** What a PTY's terminal showed at the moment: the same scrubber that moves the chart moves the screen. */
import { read } from './api.ts';
import { el, fill } from './dom.ts';
import { idOf } from './place.ts';
import type { Watched } from './watched.ts';

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly fg?: number | string;
  readonly bg?: number | string;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly inverse?: true;
  readonly strikethrough?: true;
}

interface Screen {
  readonly seq: number;
  readonly cursor: { readonly x: number; readonly y: number; readonly visible: boolean };
  readonly title: string;
  readonly cols: number;
  readonly rows: number;
  readonly cells: readonly (readonly Cell[])[];
}

/** A sign of the page's monospaced font is so wide for its height, and a line so high. */
const signWidth = 0.61;
const lineHeight = 1.28;
const fontMax = 15;

export class ScreenView {
  readonly element: HTMLElement;
  readonly #watched: Watched;
  readonly #failed: (error: unknown) => void;
  readonly #title = el('p', { class: 'screentitle' });
  readonly #glass = el('div', { class: 'glass' });
  readonly #room: HTMLElement;
  #shown = '';
  #size = { cols: 80, rows: 24 };

  constructor(watched: Watched, failed: (error: unknown) => void) {
    this.#watched = watched;
    this.#failed = failed;
    this.#room = el(
      'div',
      { class: 'room', tabindex: 0, role: 'region', 'aria-label': 'Screen' },
      this.#glass,
    );
    this.element = el(
      'section',
      { class: 'chartview screenview', 'aria-label': 'Screen' },
      this.#title,
      this.#room,
    );
    new ResizeObserver(() => this.#fit()).observe(this.#room);
  }

  show(): void {
    const { address, moment } = this.#watched;
    const seq = moment?.snapshot.seq;
    const key = `${address}@${seq ?? 0}`;
    if (seq === undefined || key === this.#shown) return;
    this.#shown = key;
    const path = `ptys/${encodeURIComponent(idOf(address))}/screen?cells=true&at=${seq}`;
    read<Screen>(path).then((screen) => key === this.#shown && this.#draw(screen, seq), this.#failed);
  }

  #draw({ cols, rows, cells, cursor, title }: Screen, seq: number): void {
    this.#size = { cols, rows };
    const size = `${cols} × ${rows}`;
    fill(this.#title, title === '' ? size : `${title} · ${size}`);
    const lines = cells.map((row, y) => lineOf(row, cursor.visible && cursor.y === y ? cursor.x : undefined));
    fill(this.#glass, ...lines);
    this.#glass.setAttribute('data-seq', String(seq));
    this.#fit();
  }

  #fit(): void {
    const { cols, rows } = this.#size;
    const { clientWidth, clientHeight } = this.#room;
    const font = Math.min((clientWidth - 28) / (cols * signWidth), (clientHeight - 28) / (rows * lineHeight));
    this.#glass.style.fontSize = `${Math.max(6, Math.min(fontMax, font)).toFixed(2)}px`;
    this.#glass.style.width = `${cols}ch`;
  }
}

/** Cells that look alike are one piece of text. */
function lineOf(row: readonly Cell[], cursorX: number | undefined): HTMLElement {
  const line = el('div', { class: 'line' });
  let piece: { readonly look: string; readonly element: HTMLElement } | undefined;
  let x = 0;
  for (const cell of row) {
    const isCursor = x === cursorX;
    const look = JSON.stringify({ ...cell, text: '', width: 1, isCursor });
    if (piece?.look !== look) {
      piece = { look, element: pieceOf(cell, isCursor) };
      line.append(piece.element);
    }
    // What is behind a wide sign has no text of its own.
    piece.element.append(cell.text === '' && cell.width > 0 ? ' ' : cell.text);
    x++;
  }
  if (cursorX !== undefined && cursorX >= x) line.append(' '.repeat(cursorX - x), cursorBehind());
  return line;
}

function cursorBehind(): HTMLElement {
  return el('span', { class: 'caret' }, ' ');
}

function pieceOf({ fg, bg, inverse, ...cell }: Cell, isCursor: boolean): HTMLElement {
  const looks = (['bold', 'dim', 'italic', 'underline', 'strikethrough'] as const).filter((one) => cell[one]);
  const element = el('span', { class: [...looks, ...(isCursor ? ['caret'] : [])].join(' ') || undefined });
  const [ink, paper] = inverse === true ? [bg ?? 'var(--glass)', fg ?? 'var(--glass-ink)'] : [fg, bg];
  if (ink !== undefined) element.style.color = colourOf(ink);
  if (paper !== undefined) element.style.background = colourOf(paper);
  return element;
}

/** A number of the palette of 256 as terminals have it, or a colour itself. */
function colourOf(colour: number | string): string {
  if (typeof colour === 'string') return colour;
  if (colour < 16) return `var(--tty${colour})`;
  if (colour >= 232) {
    const grey = 8 + (colour - 232) * 10;
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const step = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const cube = colour - 16;
  const parts = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(step);
  return `rgb(${parts.join(' ')})`;
}
