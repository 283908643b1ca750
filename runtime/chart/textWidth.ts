/**
 * How wide a text is, without a browser: the widths that Helvetica, Arial and Liberation Sans share, per
 * thousand of the font's size. A picture says of each text how wide it is, so another font is fitted into the
 * same place.
 */

/** Characters by width. */
const widths: readonly (readonly [width: number, characters: string])[] = [
  [191, "'"],
  [222, 'ijl'],
  [260, '|'],
  [278, ' !,./:;I[\\]ft'],
  [333, '()-`r'],
  [334, '{}'],
  [355, '"'],
  [389, '*'],
  [469, '^'],
  [500, 'Jckszvxy'],
  [584, '+<=>~'],
  [611, 'FTZ'],
  [667, '&ABEKPSVXY'],
  [722, 'CDHNRUw'],
  [778, 'GOQ'],
  [833, 'Mm'],
  [889, '%'],
  [944, 'W'],
  [1000, '→…'],
  [1015, '@'],
];
const usual = 556;
const boldFactor = 1.07;

const known = new Map(
  widths.flatMap(([width, characters]) => Array.from(characters, (one) => [one, width] as const)),
);

export interface Font {
  readonly size: number;
  readonly bold: boolean;
}

export function textWidth(text: string, { size, bold }: Font): number {
  let sum = 0;
  for (const character of text) sum += known.get(character) ?? widthOfOther(character);
  return Math.ceil((sum * size * (bold ? boldFactor : 1)) / 100) / 10;
}

/** Beyond Latin, Greek and Cyrillic most signs fill a square. */
function widthOfOther(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return usual;
  return code < 0x1100 ? 660 : 1000;
}
