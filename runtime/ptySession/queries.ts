/**
 * What programs ask their terminal, and what a terminal answers (W2), so that one that probes does not wait
 * for nothing. Who writes the answer is the session; attached terminals must not answer as well.
 *
 *   DA1  CSI c · DA2  CSI > c · DSR  CSI 5 n · CPR  CSI 6 n, CSI ? 6 n · DECRQM  CSI [?] n $ p
 *   XTVERSION  CSI > q · colours  OSC 10 ? · OSC 11 ? · the kitty keyboard protocol  CSI ? u
 *
 * Answers are those of the terminal that screens are shown on (xterm.js): a VT100 with advanced video, and as
 * version what makes vim send the mouse as that terminal does. The kitty query is known and has no answer: a
 * terminal without that protocol says nothing, and keys are sent the usual way (actors/ptySession/keys.ts).
 */
import type { Modes } from './emulator.ts';
import type { Screen } from './screenOf.ts';
import { Sequences } from './sequences.ts';

export type Query =
  | { readonly kind: 'attributes' | 'secondaryAttributes' | 'status' | 'version' | 'kittyKeyboard' }
  | { readonly kind: 'cursor'; readonly isPrivate: boolean }
  | { readonly kind: 'mode'; readonly isPrivate: boolean; readonly mode: number }
  /** The answer ends as the question did. */
  | { readonly kind: 'colour'; readonly of: 10 | 11; readonly end: string };

export interface FoundQuery {
  readonly query: Query;
  readonly end: number;
}

/** Finds queries, wherever the output is cut. */
export class Queries {
  readonly #sequences = new Sequences();
  readonly #heard: ((sequence: Uint8Array) => void) | undefined;

  /** Who else wants to know of every sequence. */
  constructor(heard?: (sequence: Uint8Array) => void) {
    this.#heard = heard;
  }

  /** Those that end in these bytes, each with the place in them where it ends. */
  feed(bytes: Uint8Array): readonly FoundQuery[] {
    const queries: FoundQuery[] = [];
    this.#sequences.feed(bytes, (sequence, end) => {
      this.#heard?.(sequence);
      // Most of what is printed is none: that is seen at its last byte.
      if (sequence.length > queryBytesMax || !lastBytes.has(sequence.at(-1) ?? 0)) return;
      const query = queryOf(Buffer.from(sequence).toString('latin1'));
      if (query !== undefined) queries.push({ query, end });
    });
    return queries;
  }
}

/** The longest of them has less. */
const queryBytesMax = 32;
/** Of CSI, and of OSC. */
const lastBytes: ReadonlySet<number> = new Set(Buffer.from('cnpqu\u0007\\'));

const plain: Readonly<Record<string, Query>> = {
  '[c': { kind: 'attributes' },
  '[0c': { kind: 'attributes' },
  '[>c': { kind: 'secondaryAttributes' },
  '[>0c': { kind: 'secondaryAttributes' },
  '[5n': { kind: 'status' },
  '[6n': { kind: 'cursor', isPrivate: false },
  '[?6n': { kind: 'cursor', isPrivate: true },
  '[>q': { kind: 'version' },
  '[>0q': { kind: 'version' },
  '[?u': { kind: 'kittyKeyboard' },
};

function queryOf(sequence: string): Query | undefined {
  const body = sequence.slice(1);
  const known = plain[body];
  if (known !== undefined) return known;
  const mode = /^\[(\??)(\d{1,5})\$p$/.exec(body);
  if (mode !== null) return { kind: 'mode', isPrivate: mode[1] === '?', mode: Number(mode[2]) };
  const end = ['\u0007', '\u001B\\'].find((ending) => body.endsWith(ending));
  if (end === undefined) return undefined;
  const of = ({ ']10;?': 10, ']11;?': 11 } as const)[body.slice(0, -end.length)];
  return of && { kind: 'colour', of, end };
}

/** Whether the answer depends on what is shown: only then is a screen needed for it. */
export function asksForScreen({ kind }: Query): boolean {
  return kind === 'cursor' || kind === 'mode';
}

/** What is shown where the query stands in the output: all output before it, and none behind. */
export type Asked = Pick<Screen, 'cursor' | 'modes'>;

/** What the terminal sends for it: nothing, for what it does not know. */
export function replyTo(query: Query, screen: Asked | undefined): string {
  if (query.kind === 'cursor') {
    const { x, y } = screen?.cursor ?? { x: 0, y: 0 };
    return `\u001B[${query.isPrivate ? '?' : ''}${y + 1};${x + 1}R`;
  }
  if (query.kind === 'mode') {
    const mark = query.isPrivate ? '?' : '';
    return `\u001B[${mark}${query.mode};${modeOf(query, screen?.modes)}$y`;
  }
  if (query.kind === 'colour') {
    // Light on dark, as screens are drawn where nobody says otherwise.
    const colour = query.of === 10 ? 'ffff/ffff/ffff' : '0000/0000/0000';
    return `\u001B]${query.of};rgb:${colour}${query.end}`;
  }
  return replies[query.kind];
}

const replies = {
  attributes: '\u001B[?1;2c',
  secondaryAttributes: '\u001B[>0;276;0c',
  status: '\u001B[0n',
  version: '\u001BP>|troupe\u001B\\',
  kittyKeyboard: '',
};

const [unknown, set, reset] = [0, 1, 2];

function modeOf(query: Extract<Query, { kind: 'mode' }>, modes: Modes | undefined): number {
  if (modes === undefined) return unknown;
  const isOn = query.isPrivate ? privateModes(modes)[query.mode] : { 4: modes.insert }[query.mode];
  return isOn === undefined ? unknown : isOn ? set : reset;
}

function privateModes(modes: Modes): Readonly<Record<number, boolean>> {
  return {
    1: modes.applicationCursor,
    6: modes.origin,
    7: modes.wrap,
    9: modes.mouse === 'x10',
    25: modes.cursorVisible,
    45: modes.reverseWrap,
    66: modes.applicationKeypad,
    1000: modes.mouse === 'vt200',
    1002: modes.mouse === 'drag',
    1003: modes.mouse === 'any',
    1004: modes.focusEvents,
    1006: modes.mouseEncoding === 'SGR',
    1016: modes.mouseEncoding === 'SGR_PIXELS',
    2004: modes.bracketedPaste,
    2026: modes.synchronizedOutput,
  };
}
