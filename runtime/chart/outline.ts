/**
 * The simpler layout, for charts that no arrows can be drawn for in time: boxes in boxes, one under the
 * other, with the transitions listed in them.
 */
import type { Chart, ChartState } from '../../actors/chart.ts';
import { contentOf, historySize, ringGap } from './content.ts';
import type { ChartLayout, StateBox } from './layout.ts';

const margin = 16;
const gap = 12;

/** `reason`: why there are no arrows. */
export function outlineOf(chart: Chart, reason: string): ChartLayout {
  const states: StateBox[] = [];
  const { width, height } = place(chart.root, chart.title, { x: margin, y: margin }, states);
  return {
    width: width + 2 * margin,
    height: height + 2 * margin,
    states,
    dots: [],
    arrows: [],
    listed: reason,
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function place(
  state: ChartState,
  title: string,
  at: { readonly x: number; readonly y: number },
  boxes: StateBox[],
): Size {
  const ownAt = boxes.length;
  const content = contentOf(state, title, true);
  if (state.type === 'history') {
    const size = { width: historySize, height: historySize };
    boxes.push({ path: state.path, ...at, ...size });
    return size;
  }
  const ring = state.type === 'final' ? 2 * ringGap : 0;
  const own = { width: content.width + ring, height: content.height + ring };
  boxes.push({ path: state.path, ...at, ...own });
  if (state.states.length === 0) return own;
  let y = at.y + content.height + gap;
  let { width } = content;
  for (const inner of state.states) {
    const size = place(inner, inner.key, { x: at.x + margin, y }, boxes);
    width = Math.max(width, size.width + 2 * margin);
    y += size.height + gap;
  }
  const size = { width, height: y - at.y + margin - gap };
  boxes[ownAt] = { path: state.path, ...at, ...size };
  return size;
}
