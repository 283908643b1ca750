/** Arrows and their labels as SVG: right angles with round corners, the label on the line. */
import type { Chart } from '../../actors/chart.ts';
import { fullText, labelOf } from './content.ts';
import { waysOf } from './layout.ts';
import type { Arrow, ChartLayout, Way, Point } from './layout.ts';
import { attribute, escaped, n, textOf } from './svgText.ts';

const cornerRadius = 7;
const headLength = 8;
const headHalf = 4.2;

/** Both in the order of the layout; labels come later in the picture, so that no line crosses a text. */
export function arrowsOf(
  chart: Chart,
  layout: ChartLayout,
): { readonly arrows: readonly string[]; readonly labels: readonly string[] } {
  const ways = new Map(waysOf(chart).map((way) => [keyOf(way), way]));
  const wayOf = (arrow: Arrow): Way | undefined => (arrow.initial ? undefined : ways.get(keyOf(arrow)));
  return {
    arrows: layout.arrows.map((arrow) => arrowOf(arrow, wayOf(arrow))),
    labels: layout.arrows.map((arrow) => labelAt(arrow, wayOf(arrow))).filter((label) => label !== ''),
  };
}

const keyOf = ({ from, to }: { readonly from: string; readonly to: string }): string =>
  JSON.stringify([from, to]);

/** The numbers of the transitions, so that a page can find an arrow by one. */
const numbersOf = ({ transitions }: Way): string =>
  attribute('data-transitions', transitions.map((transition) => transition.number).join(' '));

function arrowOf({ points, initial }: Arrow, way: Way | undefined): string {
  const [end, before] = [points.at(-1), points.at(-2)];
  if (end === undefined || before === undefined) return '';
  const tip = { x: Math.sign(end.x - before.x), y: Math.sign(end.y - before.y) };
  const neck = { x: end.x - tip.x * headLength, y: end.y - tip.y * headLength };
  const across = { x: tip.y * headHalf, y: tip.x * headHalf };
  const head =
    `M${n(end.x)} ${n(end.y)}L${n(neck.x - across.x)} ${n(neck.y - across.y)}` +
    `L${n(neck.x + across.x)} ${n(neck.y + across.y)}z`;
  const line = roundedPath([...points.slice(0, -1), { x: end.x - tip.x * 5, y: end.y - tip.y * 5 }]);
  const kind = initial ? 'arrow initial' : 'arrow';
  const numbers = way === undefined ? '' : numbersOf(way);
  return `<g class="${kind}"${numbers}><path class="path" d="${line}"/><path class="head" d="${head}"/></g>`;
}

/** Each corner starts where half of the shorter side is left at most. */
function roundedPath(points: readonly Point[]): string {
  const steps = points.map((point, i) => {
    const before = points[i - 1];
    const after = points[i + 1];
    if (before === undefined) return `M${n(point.x)} ${n(point.y)}`;
    if (after === undefined) return `L${n(point.x)} ${n(point.y)}`;
    const r = Math.min(cornerRadius, distance(before, point) / 2, distance(point, after) / 2);
    const from = towards(point, before, r);
    const to = towards(point, after, r);
    return `L${n(from.x)} ${n(from.y)}Q${n(point.x)} ${n(point.y)} ${n(to.x)} ${n(to.y)}`;
  });
  return steps.join('');
}

const distance = (a: Point, b: Point): number => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);

function towards(from: Point, to: Point, length: number): Point {
  return {
    x: from.x + Math.sign(to.x - from.x) * length,
    y: from.y + Math.sign(to.y - from.y) * length,
  };
}

function labelAt({ label: place }: Arrow, way: Way | undefined): string {
  if (place === undefined || way === undefined) return '';
  const { runs } = labelOf(way.transitions);
  const size = `${attribute('width', place.width)}${attribute('height', place.height)}`;
  const back = `<rect class="label"${attribute('x', place.x)}${attribute('y', place.y)}${size} rx="6"/>`;
  const title = `<title>${escaped(fullText(way.transitions))}</title>`;
  const texts = runs.map((run) => textOf(run, place.x, place.y)).join('');
  return `<g class="caption"${numbersOf(way)}>${title}${back}${texts}</g>`;
}
