/**
 * The colours of plots, for a white page and for a black one: an SVG that is shown as an image asks by
 * itself which of them its reader has. Lines are told apart by name and colour, at 4.5 : 1 on both.
 */
const lines = [
  ['#2463eb', '#7fb0ff'],
  ['#c2410c', '#ff9d5c'],
  ['#217a30', '#69d07c'],
  ['#8a2ca0', '#e39bf5'],
] as const;

/** The class of the n-th line; its name has it too. */
export function lineClass(index: number): string {
  return `line${index % lines.length}`;
}

function rulesOf(scheme: 0 | 1): string {
  const [ground, grid, half, word] = [
    ['#ffffff', '#16181d'],
    ['#dddddd', '#3d434f'],
    ['#f1f3f5', '#242932'],
    ['#222222', '#e4e6ea'],
  ].map((pair) => pair[scheme] ?? '');
  const coloured = lines.map((pair, i) => {
    const [name, colour] = [lineClass(i), pair[scheme]];
    return `path.${name}{stroke:${colour}}circle.${name},text.${name}{fill:${colour}}`;
  });
  const plain = `.ground{fill:${ground}}.grid{stroke:${grid}}.half{fill:${half}}.word{fill:${word}}`;
  return plain + coloured.join('');
}

export const plotStyle = `<style>${rulesOf(0)}@media (prefers-color-scheme:dark){${rulesOf(1)}}</style>`;

/** A text in a plot, its markup made harmless. */
export function words(
  content: string,
  { x, y, anchor, points }: { x: number; y: number; anchor: 'start' | 'middle' | 'end'; points: number },
  name = 'word',
): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const at = `x="${place(x)}" y="${place(y)}"`;
  return `<text class="${name}" ${at} text-anchor="${anchor}" font-size="${points}">${escaped}</text>`;
}

/** One decimal is finer than anybody sees. */
export function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}
