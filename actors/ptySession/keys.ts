/**
 * Keys by name as what a terminal sends for them: `keys(['Ctrl+C', 'Up', 'F5'])`. The encoding is xterm's; an
 * application may have asked for the other form of the cursor keys (DECCKM).
 */
import { TroupeError } from '../troupeError.ts';

export interface KeyModes {
  /** The application-cursor mode is on. */
  readonly applicationCursor?: boolean;
}

const esc = '\u001B';

/** Final letters of cursor keys: CSI, or SS3 in application-cursor mode; with modifiers always CSI 1;m. */
const cursorKeys: ReadonlyMap<string, string> = new Map(
  Object.entries({
    up: 'A',
    down: 'B',
    right: 'C',
    left: 'D',
    home: 'H',
    end: 'F',
  }),
);

/** Final letters of the first four function keys: SS3, with modifiers CSI 1;m. */
const firstFunctionKeys: ReadonlyMap<string, string> = new Map(
  Object.entries({ f1: 'P', f2: 'Q', f3: 'R', f4: 'S' }),
);

/** Numbers of CSI n ~. */
const numberedKeys: ReadonlyMap<string, number> = new Map(
  Object.entries({
    insert: 2,
    delete: 3,
    pageup: 5,
    pagedown: 6,
    f5: 15,
    f6: 17,
    f7: 18,
    f8: 19,
    f9: 20,
    f10: 21,
    f11: 23,
    f12: 24,
  }),
);

const plainKeys: ReadonlyMap<string, string> = new Map(
  Object.entries({
    enter: '\r',
    return: '\r',
    tab: '\t',
    escape: esc,
    esc,
    backspace: '\u007F',
    space: ' ',
    plus: '+',
  }),
);

const controls: Readonly<Record<string, string>> = {
  ' ': '\u0000',
  '?': '\u007F',
  '\u007F': '\b',
  '/': '\u001F',
};

interface Chord {
  readonly name: string;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl: boolean;
}

/** The text that these keys send, in order; throws `INVALID_EVENT` for a name that is no key. */
export function keys(names: readonly string[], modes: KeyModes = {}): string {
  return names.map((name) => keyOf(name, modes)).join('');
}

function keyOf(given: string, { applicationCursor = false }: KeyModes): string {
  const chord = chordOf(given);
  const { name } = chord;
  const key = name.toLowerCase();
  const modifier = 1 + Number(chord.shift) + Number(chord.alt) * 2 + Number(chord.ctrl) * 4;
  const cursor = cursorKeys.get(key);
  if (cursor !== undefined) {
    if (modifier > 1) return `${esc}[1;${modifier}${cursor}`;
    return `${esc}${applicationCursor ? 'O' : '['}${cursor}`;
  }
  const first = firstFunctionKeys.get(key);
  if (first !== undefined) return modifier > 1 ? `${esc}[1;${modifier}${first}` : `${esc}O${first}`;
  const number = numberedKeys.get(key);
  if (number !== undefined) return `${esc}[${number}${modifier > 1 ? `;${modifier}` : ''}~`;
  if (key === 'tab' && chord.shift) return `${chord.alt ? esc : ''}${esc}[Z`;
  return `${chord.alt ? esc : ''}${typedOf(chord, given)}`;
}

function typedOf({ name, shift, ctrl }: Chord, given: string): string {
  const typed = plainKeys.get(name.toLowerCase()) ?? (Array.from(name).length === 1 ? name : undefined);
  if (typed === undefined) throw unknownKey(given);
  if (!ctrl) return shift ? typed.toUpperCase() : typed;
  const code = typed.toUpperCase().codePointAt(0) ?? 0;
  // @ A…Z [ \ ] ^ _
  const control =
    controls[typed] ?? (code >= 0x40 && code <= 0x5f ? String.fromCodePoint(code & 0x1f) : undefined);
  if (control === undefined) throw unknownKey(given);
  return control;
}

/** `Ctrl+Alt+x`; a lone `+` is itself. */
function chordOf(given: string): Chord {
  const parts = given === '+' ? ['+'] : given.split('+');
  const name = parts.at(-1) ?? '';
  const held = parts.slice(0, -1).map((part) => part.toLowerCase());
  const known = held.every((part) => /^(?:ctrl|control|alt|meta|option|shift)$/.test(part));
  if (name === '' || !known) throw unknownKey(given);
  const has = (pattern: RegExp): boolean => held.some((part) => pattern.test(part));
  return { name, shift: has(/^shift$/), alt: has(/^(?:alt|meta|option)$/), ctrl: has(/^c(?:trl|ontrol)$/) };
}

function unknownKey(given: string): TroupeError {
  const text =
    `"${given}" is no key. Keys are characters, Enter, Tab, Escape, Backspace, Space, Plus, Up, Down, ` +
    'Left, Right, Home, End, PageUp, PageDown, Insert, Delete and F1 to F12, after Ctrl+, Alt+ or Shift+.';
  return new TroupeError('INVALID_EVENT', text, { key: given });
}
