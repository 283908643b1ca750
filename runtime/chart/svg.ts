/**
 * The picture of a chart as the text of an SVG: the same in a file, on a page and in the inspector, so
 * nothing here needs Node or a browser. Colours are the style sheet's (theme.ts): no attribute says one, and
 * a page with a strict content policy leaves the style out and brings `chartStyle` itself.
 *
 *   V1. Frames first, then arrows, then headers, boxes and labels: nothing covers a text. An arrow into a
 *       frame from above goes on behind its header.
 *   V2. Every text says how wide it is, so that no font can move it out of its place.
 *   V3. Whatever came from a machine is escaped.
 */
import { statesOf } from '../../actors/chart.ts';
import type { Chart, ChartState } from '../../actors/chart.ts';
import { isWithin } from './layout.ts';
import type { ChartLayout } from './layout.ts';
import { arrowsOf } from './svgArrows.ts';
import { attribute, escaped, n } from './svgText.ts';
import { boxOf, dotOf, frameOf, headerOf } from './svgStates.ts';
import { chartStyle } from './theme.ts';
import type { Theme } from './theme.ts';

/** How a chart is drawn. */
export interface SvgOptions {
  /** Paths of active states, as rows and receipts name them; what holds one is active with it. */
  readonly active?: readonly string[];
  /** How hot a state is, from 0 to 1, by its path. */
  readonly heat?: Readonly<Record<string, number>>;
  /** `none` writes no style: the page has `chartStyle` itself. */
  readonly theme?: Theme | 'none';
}

/** A chart that was laid out, as a drawing. */
export function svgOf(chart: Chart, layout: ChartLayout, options: SvgOptions = {}): string {
  const { active = [], heat = {}, theme = 'auto' } = options;
  const states = new Map(statesOf(chart).map((state) => [state.path, state]));
  const look = {
    title: chart.title,
    listed: layout.listed !== undefined,
    isActive: (path: string) => active.some((one) => isWithin(one, path)),
    heatOf: (path: string) => Math.min(1, Math.max(0, heat[path] ?? 0)),
  };
  const drawn = layout.states.flatMap((box) => {
    const state = states.get(box.path);
    return state === undefined ? [] : [{ state, box }];
  });
  const holders = drawn.filter(({ state }) => state.states.length > 0);
  const leaves = drawn.filter(({ state }) => state.states.length === 0);
  const { arrows, labels } = arrowsOf(chart, layout);
  const width = n(layout.width);
  const height = n(layout.height);
  const id = `chart-${chart.hash.slice(0, 8)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" width="${width}" height="${height}"` +
      ` viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">${escaped(chart.title)}</title>`,
    `<desc id="${id}-desc">${escaped(descriptionOf(chart))}</desc>`,
    ...(theme === 'none' ? [] : [`<style>${chartStyle(theme)}</style>`]),
    `<rect class="page"${attribute('width', width)}${attribute('height', height)}/>`,
    ...holders.map(({ state, box }) => frameOf(state, box, parentOf(state, states), look)),
    ...layout.dots.map(dotOf),
    ...arrows,
    ...holders.map(({ state, box }) => headerOf(state, box, look)),
    ...leaves.map(({ state, box }) => boxOf(state, box, look)),
    ...labels,
    '</svg>',
    '',
  ].join('\n');
}

function parentOf({ path }: ChartState, states: ReadonlyMap<string, ChartState>): ChartState | undefined {
  return path === '' ? undefined : states.get(path.slice(0, Math.max(0, path.lastIndexOf('.'))));
}

/** What somebody hears who cannot see the picture. */
function descriptionOf(chart: Chart): string {
  const states = statesOf(chart).slice(1);
  const finals = states.filter(({ type }) => type === 'final').map(({ path }) => path);
  const count = statesOf(chart).reduce((sum, { transitions }) => sum + transitions.length, 0);
  const start = chart.root.initial;
  return [
    `Statechart of ${chart.title}: ${states.length} states, ${count} transitions.`,
    ...(start === undefined ? [] : [`It starts in ${start}.`]),
    ...(finals.length === 0 ? [] : [`It ends in ${finals.join(', ')}.`]),
    `States: ${states.map(({ path }) => path).join(', ') || 'none'}.`,
  ].join(' ');
}
