/**
 * The terminal that a session's output is shown on: @xterm/headless, loaded when the first screen is asked
 * for; this is the one file that knows it. Its public interface tells the cells, not the pen, the margins,
 * the saved cursor or the mouse's encoding: `Inner` names what is read beside it, and the version is pinned
 * for that. Whatever it would answer to a program is not listened to: the session answers (queries.ts).
 *
 * Measured once, by processor time (Node 24, 80 × 24, 100 lines scrolled off): 70 to 95 MB/s of plain lines,
 * 35 to 50 MB/s of vim's drawing; 0.4 ms to open one, 510 KB each; 0.3 ms for the values of a screen, 1 ms
 * for a repaint of 124 lines. A session that nobody looks at has none.
 */
import type { IBuffer, IBufferCell, Terminal } from '@xterm/headless';
import { scrollbackLines } from './limits.ts';
import { Palette } from './palette.ts';
import { Sequences } from './sequences.ts';

/** The look of a cell, or of what is printed next. */
export interface Look extends Omit<IBufferCell, 'getWidth' | 'getChars' | 'getCode'> {
  getUnderlineStyle(): number;
}
export type Cell = IBufferCell & Look;

/** One of the two buffers, with what belongs to it alone. */
export interface Page {
  readonly cells: IBuffer;
  readonly margins: { readonly top: number; readonly bottom: number };
  readonly saved: { readonly x: number; readonly y: number; readonly look: Look };
  readonly tabs: readonly number[];
}

export interface Modes {
  readonly applicationCursor: boolean;
  readonly applicationKeypad: boolean;
  readonly bracketedPaste: boolean;
  readonly cursorVisible: boolean;
  readonly focusEvents: boolean;
  readonly insert: boolean;
  readonly mouse: 'none' | 'x10' | 'vt200' | 'drag' | 'any';
  readonly mouseEncoding: 'DEFAULT' | 'SGR' | 'SGR_PIXELS';
  readonly origin: boolean;
  readonly reverseWrap: boolean;
  readonly synchronizedOutput: boolean;
  readonly wrap: boolean;
}

export interface Mark {
  /** Counted from the oldest that scrolled off; -1 once it was erased or has left the scrollback. */
  line(): number;
  forget(): void;
}

interface InnerBuffer {
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly savedX: number;
  readonly savedY: number;
  readonly savedCurAttrData: Look;
  readonly ybase: number;
  readonly tabs: Readonly<Record<number, boolean>>;
}

type Charset = Readonly<Record<string, string>> | undefined;

/** As @xterm/headless 6.0 has it. */
interface Inner {
  readonly buffers: { readonly normal: InnerBuffer; readonly alt: InnerBuffer };
  readonly coreService: {
    readonly isCursorHidden: boolean;
    readonly decPrivateModes: { readonly cursorStyle?: string; readonly cursorBlink?: boolean };
  };
  readonly coreMouseService: { readonly activeEncoding: Modes['mouseEncoding'] };
  readonly _charsetService: { readonly glevel: number; readonly _charsets: readonly Charset[] };
  readonly _inputHandler: { readonly _curAttrData: Look };
}

export class Emulator {
  readonly palette: Palette;
  readonly #terminal: Terminal;
  readonly #inner: Inner;
  readonly #sequences = new Sequences();
  #title = '';

  private constructor(terminal: Terminal) {
    this.#terminal = terminal;
    // The pinned version has it; the tests of repaints read every part of it.
    this.#inner = (terminal as unknown as { readonly _core: Inner })._core;
    this.palette = new Palette((id, listener) => {
      terminal.parser.registerOscHandler(id, listener);
    });
    terminal.onTitleChange((title) => {
      this.#title = title;
    });
  }

  static async open(size: { readonly cols: number; readonly rows: number }): Promise<Emulator> {
    const library = await import('@xterm/headless');
    const { cols, rows } = size;
    const options = { cols, rows, scrollback: scrollbackLines, allowProposedApi: true };
    // CommonJS: everything is in its default.
    return new Emulator(new library.default.Terminal(options));
  }

  /** Resolves when it is on the screen. */
  async feed(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#sequences.feed(bytes);
    await new Promise<void>((resolve) => {
      this.#terminal.write(bytes, resolve);
    });
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows);
  }

  dispose(): void {
    this.#terminal.dispose();
  }

  /** What has begun in the output and is not over. */
  get open(): Uint8Array {
    return this.#sequences.open;
  }

  get size(): { readonly cols: number; readonly rows: number } {
    return { cols: this.#terminal.cols, rows: this.#terminal.rows };
  }

  get title(): string {
    return this.#title;
  }

  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  get active(): Page {
    return this.isAlternate ? this.alternate : this.normal;
  }

  get normal(): Page {
    return pageOf(this.#terminal.buffer.normal, this.#inner.buffers.normal);
  }

  get alternate(): Page {
    return pageOf(this.#terminal.buffer.alternate, this.#inner.buffers.alt);
  }

  /** How the next character would look. */
  get pen(): Look {
    return this.#inner._inputHandler._curAttrData;
  }

  /** Which set is in use, and what G0 to G3 are: `B` ASCII, `A` British, `0` line drawing. */
  get charsets(): { readonly level: number; readonly names: readonly string[] } {
    const { glevel, _charsets } = this.#inner._charsetService;
    return { level: glevel, names: [0, 1, 2, 3].map((i) => nameOf(_charsets[i])) };
  }

  /** The number of DECSCUSR; undefined while no program has set one. */
  get cursorStyle(): number | undefined {
    const { cursorStyle, cursorBlink = true } = this.#inner.coreService.decPrivateModes;
    if (cursorStyle === undefined) return undefined;
    const steady = { block: 2, underline: 4, bar: 6 }[cursorStyle] ?? 2;
    return cursorBlink ? steady - 1 : steady;
  }

  get modes(): Modes {
    const modes = this.#terminal.modes;
    return {
      applicationCursor: modes.applicationCursorKeysMode,
      applicationKeypad: modes.applicationKeypadMode,
      bracketedPaste: modes.bracketedPasteMode,
      cursorVisible: !this.#inner.coreService.isCursorHidden,
      focusEvents: modes.sendFocusMode,
      insert: modes.insertMode,
      mouse: modes.mouseTrackingMode,
      mouseEncoding: this.#inner.coreMouseService.activeEncoding,
      origin: modes.originMode,
      reverseWrap: modes.reverseWraparoundMode,
      synchronizedOutput: modes.synchronizedOutputMode,
      wrap: modes.wraparoundMode,
    };
  }

  /** Follows a line of the active buffer as it scrolls: the cursor's, or one so many lines above. */
  mark(above = 0): Mark {
    // None in the alternate buffer, where nothing scrolls off.
    const marker = this.#terminal.registerMarker(-above);
    return { line: () => marker?.line ?? -1, forget: () => marker?.dispose() };
  }
}

function pageOf(cells: IBuffer, inner: InnerBuffer): Page {
  const { scrollTop, scrollBottom, savedX, savedY, savedCurAttrData, ybase, tabs } = inner;
  return {
    cells,
    margins: { top: scrollTop, bottom: scrollBottom },
    saved: { x: savedX, y: Math.max(0, savedY - ybase), look: savedCurAttrData },
    tabs: Object.entries(tabs)
      .filter(([, isSet]) => isSet)
      .map(([column]) => Number(column)),
  };
}

function nameOf(charset: Charset): string {
  if (charset?.['q'] === '─') return '0';
  return charset?.['#'] === '£' ? 'A' : 'B';
}
