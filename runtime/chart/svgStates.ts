/** States as SVG: frames of what holds states, boxes of what does not, circles of histories. */
import type { ChartState } from '../../actors/chart.ts';
import { contentOf, fullText, ringGap } from './content.ts';
import type { Content } from './content.ts';
import type { Rect } from './layout.ts';
import { attribute, escaped, n, textOf } from './svgText.ts';
import { heatOpacity } from './theme.ts';

/** How the states of one picture are drawn. */
export interface Look {
  readonly title: string;
  readonly listed: boolean;
  readonly isActive: (path: string) => boolean;
  readonly heatOf: (path: string) => number;
}

const radius = 9;

/** The border of a state that holds others; in a parallel one each region is dashed. */
export function frameOf(state: ChartState, box: Rect, parent: ChartState | undefined, look: Look): string {
  const kinds = ['state', state.type, ...(parent?.type === 'parallel' ? ['region'] : [])];
  return group(state, kinds, look, [rect('frame', box, radius), heatOver(state, box, look)]);
}

/** What is written in such a state, over the arrows that come in from above. */
export function headerOf(state: ChartState, box: Rect, look: Look): string {
  const content = contentOf(state, nameOf(state, look), look.listed);
  const hasRows = content.height > content.band;
  return group(state, ['header', state.type], look, [
    ...(hasRows ? [`<path class="rows" d="${headPath(box, content.height)}"/>`] : []),
    `<path class="band" d="${headPath(box, content.band)}"/>`,
    line(box, box.y + content.band),
    ...(hasRows ? [line(box, box.y + content.height)] : []),
    ...textsOf(content, box.x, box.y),
  ]);
}

export function boxOf(state: ChartState, box: Rect, look: Look): string {
  if (state.type === 'history') return historyOf(state, box, look);
  const content = contentOf(state, nameOf(state, look), look.listed);
  const isBare = content.height <= content.band;
  const isFinal = state.type === 'final';
  const inner = isFinal ? shrunk(box, ringGap) : box;
  // A name alone stands in the middle.
  const left = isBare ? inner.x + (inner.width - content.width) / 2 : inner.x;
  const top = isBare ? inner.y + (inner.height - content.height) / 2 : inner.y;
  return group(state, ['state', state.type], look, [
    ...(isFinal ? [rect('ring', box, radius + ringGap)] : []),
    rect('box', inner, radius),
    heatOver(state, inner, look),
    ...(isBare ? [] : [line(inner, inner.y + content.band)]),
    ...textsOf(content, left, top),
  ]);
}

const shrunk = ({ x, y, width, height }: Rect, by: number): Rect => {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by };
};

export function dotOf({ x, y, width, height }: Rect): string {
  return `<circle class="dot" cx="${n(x + width / 2)}" cy="${n(y + height / 2)}" r="${n(width / 2)}"/>`;
}

function historyOf(state: ChartState, { x, y, width, height }: Rect, look: Look): string {
  const centre = { x: x + width / 2, y: y + height / 2 };
  const sign = state.history === 'deep' ? 'H*' : 'H';
  return group(state, ['state', 'history'], look, [
    `<circle class="box" cx="${n(centre.x)}" cy="${n(centre.y)}" r="${n(width / 2)}"/>`,
    `<text class="event" x="${n(centre.x)}" y="${n(centre.y + 4.3)}" text-anchor="middle">${sign}</text>`,
  ]);
}

const nameOf = ({ path, key }: ChartState, { title }: Look): string => (path === '' ? title : key);

function group(state: ChartState, kinds: readonly string[], look: Look, parts: readonly string[]): string {
  const classes = [...kinds, ...(look.isActive(state.path) ? ['active'] : [])].join(' ');
  const full = [nameOf(state, look), state.description ?? '', fullText(state.transitions)]
    .filter((part) => part !== '')
    .join('\n');
  const title = `<title>${escaped(full)}</title>`;
  return `<g class="${classes}"${attribute('data-state', state.path)}>${title}${parts.join('')}</g>`;
}

function textsOf({ runs, chips }: Content, left: number, top: number): readonly string[] {
  return [
    ...runs.map((run) => textOf(run, left, top)),
    ...chips.map((chip) => {
      const size = { width: chip.chipWidth, height: chip.chipHeight };
      const back = rect('chip', { x: left + chip.left, y: top + chip.top, ...size }, 8);
      return `<g>${back}${textOf(chip, left, top)}</g>`;
    }),
  ];
}

function heatOver({ path }: ChartState, box: Rect, look: Look): string {
  const heat = look.heatOf(path);
  if (heat === 0) return '';
  return `${rect('heat', box, radius).slice(0, -2)} fill-opacity="${heatOpacity(heat).toFixed(2)}"/>`;
}

function rect(kind: string, { x, y, width, height }: Rect, r: number): string {
  const size = `${attribute('width', width)}${attribute('height', height)}`;
  return `<rect class="${kind}"${attribute('x', x)}${attribute('y', y)}${size} rx="${r}"/>`;
}

/** The upper part of a frame: inside its border, and round where that is. */
function headPath({ x, y, width }: Rect, height: number): string {
  const inset = 0.6;
  const r = radius - inset;
  const across = width - 2 * inset - 2 * r;
  return (
    `M${n(x + inset)} ${n(y + height)}v${n(-(height - inset - r))}a${n(r)} ${n(r)} 0 0 1 ${n(r)} ${n(-r)}` +
    `h${n(across)}a${n(r)} ${n(r)} 0 0 1 ${n(r)} ${n(r)}v${n(height - inset - r)}z`
  );
}

function line({ x, width }: Rect, y: number): string {
  return `<path class="rule" d="M${n(x)} ${n(y)}h${n(width)}"/>`;
}
