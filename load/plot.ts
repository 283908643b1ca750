/**
 * A plot as SVG: lines over axes that grow by factors of ten, because what we ask is how a figure changes
 * when another grows tenfold. No more than the pages in docs/ need.
 */
import { lineClass, place, plotStyle, words } from './plotStyle.ts';
import type { Line, Plot } from './report.ts';

const width = 640;
const [left, right] = [72, 616] as const;
/** Of the part with the lines; above it stand the title and, one below the other, the names of the lines. */
const plotHeight = 208;
const titleAt = 22;
const nameHeight = 15;

/** From values to places: the logarithm of the value, between whole powers of ten. */
interface Axis {
  readonly low: number;
  readonly high: number;
  readonly at: (value: number) => number;
}

/** The plot as the text of an SVG file; it reads on white and on black paper. */
export function svgOf({ title, x, y, lines }: Plot): string {
  const top = titleAt + nameHeight * lines.length + 28;
  const bottom = top + plotHeight;
  const height = bottom + 52;
  const points = lines.flatMap((line) => line.points);
  const across = axisOf(
    points.map(([value]) => value),
    left,
    right,
  );
  const up = axisOf(
    points.map(([, value]) => value),
    bottom,
    top,
  );
  const parts = [
    words(title, { x: left, y: titleAt, anchor: 'start', points: 15 }),
    ...powersOf(across).map((power) => upright(across.at(10 ** power), label(10 ** power), [top, bottom])),
    ...powersOf(up).map((power) => level(up.at(10 ** power), label(10 ** power))),
    words(x, { x: (left + right) / 2, y: height - 12, anchor: 'middle', points: 12 }),
    words(y, { x: left - 8, y: top - 12, anchor: 'end', points: 12 }),
    ...lines.map((line, i) => named(line, i)),
    ...lines.map((line, i) => drawn(line, i, across, up)),
  ];
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"`;
  const ground = `<rect class="ground" width="${width}" height="${height}"/>`;
  return `${head} font-family="sans-serif" role="img">\n${plotStyle}${ground}\n${parts.join('\n')}\n</svg>\n`;
}

function axisOf(values: readonly number[], from: number, to: number): Axis {
  const low = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  return { low, high, at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from) };
}

function powersOf({ low, high }: Axis): number[] {
  return Array.from({ length: high - low + 1 }, (_, i) => low + i);
}

function label(value: number): string {
  if (value >= 1e6) return `${value / 1e6} M`;
  return value >= 1000 ? `${value / 1000} k` : String(Number(value.toPrecision(1)));
}

function upright(x: number, name: string, [top, bottom]: readonly [number, number]): string {
  const at = { x, y: bottom + 18, anchor: 'middle', points: 11 } as const;
  return stroke(x, top, x, bottom) + words(name, at);
}

function level(y: number, name: string): string {
  return stroke(left, y, right, y) + words(name, { x: left - 8, y: y + 4, anchor: 'end', points: 11 });
}

function stroke(x1: number, y1: number, x2: number, y2: number): string {
  return `<path class="grid" d="M${place(x1)} ${place(y1)}L${place(x2)} ${place(y2)}"/>`;
}

function named({ name }: Line, index: number): string {
  const y = titleAt + 18 + nameHeight * index;
  const dot = `<circle class="${lineClass(index)}" cx="${left + 4}" cy="${y - 4}" r="3.5"/>`;
  return dot + words(name, { x: left + 14, y, anchor: 'start', points: 12 }, lineClass(index));
}

/** A line with its points. */
function drawn({ points }: Line, index: number, across: Axis, up: Axis): string {
  const name = lineClass(index);
  const places = points.map(([x, y]) => [place(across.at(x)), place(up.at(y))] as const);
  const path = places.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const dots = places.map(([x, y]) => `<circle class="${name}" cx="${x}" cy="${y}" r="3.5"/>`).join('');
  return `<path class="${name}" d="${path}" fill="none" stroke-width="2"/>${dots}`;
}
