/**
 * How a cell looks, as the SGR sequence that makes it look so.
 */
import type { Look } from './emulator.ts';

/** The sequence, from whatever was before. */
export function sgr(look: Look): string {
  return `\u001B[${['0', ...styles(look), ...colour(look, 'fg'), ...colour(look, 'bg')].join(';')}m`;
}

function styles(look: Look): readonly string[] {
  const underline = look.getUnderlineStyle();
  return [
    look.isBold() !== 0 && '1',
    look.isDim() !== 0 && '2',
    look.isItalic() !== 0 && '3',
    // Beyond a single line: double, curly, dotted, dashed.
    look.isUnderline() !== 0 && (underline > 1 ? `4:${underline}` : '4'),
    look.isBlink() !== 0 && '5',
    look.isInverse() !== 0 && '7',
    look.isInvisible() !== 0 && '8',
    look.isStrikethrough() !== 0 && '9',
    look.isOverline() !== 0 && '53',
  ].filter((style) => style !== false);
}

function colour(look: Look, ground: 'fg' | 'bg'): readonly string[] {
  const value = colourOf(look, ground);
  if (value === undefined) return [];
  const first = ground === 'fg' ? 38 : 48;
  // The first sixteen by their own numbers: some terminals brighten those of bold text.
  if (typeof value === 'number' && value < 8) return [`${first - 8 + value}`];
  if (typeof value === 'number' && value < 16) return [`${first + 52 + value - 8}`];
  if (typeof value === 'number') return [`${first};5;${value}`];
  const part = (at: number): number => Number.parseInt(value.slice(at, at + 2), 16);
  return [`${first};2;${part(1)};${part(3)};${part(5)}`];
}

/** A number of the palette, `#rrggbb`, or undefined for the default. */
export function colourOf(look: Look, ground: 'fg' | 'bg'): number | string | undefined {
  const isForeground = ground === 'fg';
  const value = isForeground ? look.getFgColor() : look.getBgColor();
  if (isForeground ? look.isFgPalette() : look.isBgPalette()) return value;
  if (isForeground ? look.isFgRGB() : look.isBgRGB()) return `#${value.toString(16).padStart(6, '0')}`;
  return undefined;
}
