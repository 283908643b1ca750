/** A series over time as SVG: straight axes from zero, the second half on grey, where it is judged. */
import { lineClass, place, plotStyle, words } from '../plotStyle.ts';
import type { Point } from './slope.ts';

export interface TimePlot {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly Point[];
}

const size = { width: 640, height: 220 } as const;
const area = { left: 72, right: 624, top: 36, bottom: 184 } as const;
const steps = [1, 2, 2.5, 5, 10] as const;
/** The last one ends where the plot does: beyond it there is no room. */
const times = [
  { part: 0, anchor: 'middle' },
  { part: 0.5, anchor: 'middle' },
  { part: 1, anchor: 'end' },
] as const;

export function timePlot({ title, unit, points }: TimePlot): string {
  const until = Math.max(1, points.at(-1)?.[0] ?? 1);
  const most = points.reduce((max, [, value]) => Math.max(max, value), 0);
  const step = stepOf(most);
  const top = Math.max(step, Math.ceil(most / step) * step);
  const across = (seconds: number): number => area.left + (seconds / until) * (area.right - area.left);
  const up = (value: number): number => area.bottom - (value / top) * (area.bottom - area.top);
  const levels = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
  const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${place(across(x))} ${place(up(y))}`);
  const [middle, height] = [across(until / 2), area.bottom - area.top];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}"`,
    ` font-family="sans-serif" role="img">${plotStyle}`,
    `<rect class="ground" width="${size.width}" height="${size.height}"/>`,
    `<rect x="${place(middle)}" y="${area.top}" width="${place(area.right - middle)}" height="${height}"`,
    ` class="half"/>`,
    words(title, { x: area.left, y: 20, anchor: 'start', points: 14 }),
    ...levels.map((value) => level(up(value), label(value, unit))),
    ...times.map(({ part, anchor }) =>
      words(timeOf(part * until), { x: across(part * until), y: area.bottom + 18, anchor, points: 11 }),
    ),
    `<path class="${lineClass(0)}" d="${path.join('')}" fill="none" stroke-width="1.5"/></svg>\n`,
  ].join('\n');
}

/** Four or five levels: 1, 2, 2.5 or 5 times a power of ten. */
export function stepOf(most: number): number {
  if (most <= 0) return 1;
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * (steps.find((one) => one * power >= rough) ?? 10);
}

function level(y: number, name: string): string {
  const line = `<path class="grid" d="M${area.left} ${place(y)}L${area.right} ${place(y)}"/>`;
  return line + words(name, { x: area.left - 8, y: y + 4, anchor: 'end', points: 11 });
}

function label(value: number, unit: string): string {
  const digits = Number(value.toPrecision(3));
  return value === 0 ? '0' : `${digits >= 10_000 ? `${digits / 1000} k` : digits} ${unit}`.trim();
}

function timeOf(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Number((seconds / 60).toFixed(1))} min`;
}
