/**
 * A plot as SVG: lines over axes that grow by factors of ten, because what we ask is how a figure changes
 * when another grows tenfold. No more than the pages in docs/ need.
 */
import type { Line, Plot } from './report.ts';

const size = { width: 640, height: 320 } as const;
const area = { left: 72, right: 616, top: 44, bottom: 268 } as const;
const colours = ['#2463eb', '#d9480f', '#2f9e44', '#9c36b5'] as const;

/** From values to places: the logarithm of the value, between whole powers of ten. */
interface Axis {
  readonly low: number;
  readonly high: number;
  readonly at: (value: number) => number;
}

/** The plot as the text of an SVG file; it reads on white and on black paper. */
export function svgOf({ title, x, y, lines }: Plot): string {
  const points = lines.flatMap((line) => line.points);
  const across = axisOf(
    points.map(([value]) => value),
    area.left,
    area.right,
  );
  const up = axisOf(
    points.map(([, value]) => value),
    area.bottom,
    area.top,
  );
  const parts = [
    text(area.left, 22, title, 'start', 15),
    ...powersOf(across).map((power) => upright(across.at(10 ** power), label(10 ** power))),
    ...powersOf(up).map((power) => level(up.at(10 ** power), label(10 ** power))),
    text((area.left + area.right) / 2, size.height - 12, x, 'middle', 12),
    text(area.left - 8, area.top - 10, y, 'end', 12),
    ...lines.map((line, i) => drawn(line, i, across, up)),
  ];
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}"`;
  return `${head} font-family="sans-serif" role="img">\n${frame()}\n${parts.join('\n')}\n</svg>\n`;
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

function frame(): string {
  return `<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>`;
}

function upright(x: number, name: string): string {
  return `${stroke(x, area.top, x, area.bottom)}${text(x, area.bottom + 18, name, 'middle', 11)}`;
}

function level(y: number, name: string): string {
  return `${stroke(area.left, y, area.right, y)}${text(area.left - 8, y + 4, name, 'end', 11)}`;
}

function stroke(x1: number, y1: number, x2: number, y2: number): string {
  return `<path d="M${place(x1)} ${place(y1)}L${place(x2)} ${place(y2)}" stroke="#dddddd"/>`;
}

/** A line with its points, and its name in the corner above. */
function drawn({ name, points }: Line, index: number, across: Axis, up: Axis): string {
  const colour = colours[index % colours.length] ?? '#000000';
  const places = points.map(([x, y]) => [place(across.at(x)), place(up.at(y))] as const);
  const path = places.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const dots = places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3.5" fill="${colour}"/>`).join('');
  const named = text(area.right, area.top - 26 + index * 14, name, 'end', 12, colour);
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots}${named}`;
}

function text(
  x: number,
  y: number,
  content: string,
  anchor: string,
  points: number,
  colour = '#222222',
): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const at = `x="${place(x)}" y="${place(y)}"`;
  return `<text ${at} text-anchor="${anchor}" font-size="${points}" fill="${colour}">${escaped}</text>`;
}

/** One decimal is finer than anybody sees. */
function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}
