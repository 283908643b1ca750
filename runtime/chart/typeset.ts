/**
 * Text set in lines: words of several fonts, wrapped at a width, each run of one font with its place. What is
 * too long for a picture is cut; its whole text is in the title of what it stands in.
 */
import { chartLimits } from './limits.ts';
import { textWidth } from './textWidth.ts';
import type { Font } from './textWidth.ts';

/** What a text is, by which it gets its font and colour. */
export type Role = 'name' | 'tag' | 'event' | 'guard' | 'action' | 'word' | 'more';

export const fonts: Readonly<Record<Role, Font>> = {
  name: { size: 14, bold: true },
  tag: { size: 10.5, bold: true },
  event: { size: 12, bold: true },
  guard: { size: 12, bold: false },
  action: { size: 12, bold: false },
  word: { size: 12, bold: false },
  more: { size: 11, bold: false },
};

export interface Piece {
  readonly role: Role;
  readonly text: string;
}

/** A text of one font at its place: the left end of its baseline. */
export interface TextRun extends Piece {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface Paragraph {
  readonly runs: readonly TextRun[];
  readonly width: number;
  readonly height: number;
}

export const lineHeight = 17;
const baseline = 12.5;
/** Of every line of a paragraph but the first. */
const indent = 10;

/** Pieces one after the other with a space between; what does not fit a line goes on in the next one. */
export function typeset(pieces: readonly Piece[], widthMax: number): Paragraph {
  const runs: TextRun[] = [];
  let x = 0;
  let line = 0;
  for (const { role, text } of pieces) {
    const font = fonts[role];
    const words = wordsOf(text);
    const space = textWidth(' ', font);
    // A piece that fits a line of its own is not torn apart.
    const whole = textWidth(words.join(' '), font);
    if (x > 0 && x + space + whole > widthMax && indent + whole <= widthMax) [x, line] = [0, line + 1];
    for (const word of words) {
      const width = textWidth(word, font);
      if (x > 0 && x + space + width > widthMax) [x, line] = [0, line + 1];
      const start = x > 0 ? x + space : line > 0 ? indent : 0;
      const y = line * lineHeight + baseline;
      const last = runs.at(-1);
      if (x > 0 && last?.role === role) {
        runs[runs.length - 1] = { ...last, text: `${last.text} ${word}`, width: start + width - last.x };
      } else runs.push({ role, text: word, x: start, y, width });
      x = start + width;
    }
  }
  const width = Math.max(0, ...runs.map((run) => run.x + run.width));
  return { runs, width, height: runs.length === 0 ? 0 : (line + 1) * lineHeight };
}

function wordsOf(text: string): readonly string[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(cut);
}

export function cut(text: string): string {
  const characters = Array.from(text);
  return characters.length <= chartLimits.wordCharacters
    ? text
    : `${characters.slice(0, chartLimits.wordCharacters - 1).join('')}…`;
}
