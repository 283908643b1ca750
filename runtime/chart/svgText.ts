/** Texts and numbers as SVG takes them. */
import type { TextRun } from './typeset.ts';

const names: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Characters that XML cannot hold at all are left out. */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"]/g, (sign) => names[sign] ?? sign);
}

export const attribute = (name: string, value: string | number): string =>
  ` ${name}="${typeof value === 'number' ? n(value) : escaped(value)}"`;

/** A tenth of a pixel is enough. */
export const n = (value: number): string => String(Math.round(value * 10) / 10);

/** A run at its place, fitted into the width that was measured. */
export function textOf({ role, text, x, y, width }: TextRun, left: number, top: number): string {
  const place = `${attribute('x', left + x)}${attribute('y', top + y)}${attribute('textLength', width)}`;
  return `<text class="${role}"${place} lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`;
}
