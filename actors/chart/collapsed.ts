/**
 * A chart with some of its states closed: what is in them is not drawn, and arrows from or to it begin and
 * end at the closed state.
 */
import { hashed, hashOf, startHash } from '../ptySession/sha256.ts';
import type { Chart, ChartState, ChartTransition } from '../chart.ts';

/** Paths that hold no states are left as they are; the root cannot be closed. */
export function collapsedChart(chart: Chart, paths: readonly string[]): Chart {
  const closed = new Set(paths.filter((path) => path !== ''));
  if (closed.size === 0) return chart;
  const root = stateOf(chart.root, closed);
  const bytes = new TextEncoder().encode(JSON.stringify({ title: chart.title, root }));
  return { title: chart.title, hash: hashOf(hashed(startHash, bytes)), root };
}

function stateOf(state: ChartState, closed: ReadonlySet<string>): ChartState {
  if (state.states.length > 0 && closed.has(state.path)) return closedOf(state, closed);
  return {
    ...state,
    transitions: state.transitions.map((transition) => redirected(transition, closed)),
    states: state.states.map((inner) => stateOf(inner, closed)),
  };
}

function closedOf({ initial: _, ...state }: ChartState, closed: ReadonlySet<string>): ChartState {
  const leaving = transitionsIn(state.states)
    .map((transition) => ({ ...redirected(transition, closed), from: state.path }))
    .filter(({ to }) => to.some((path) => path !== state.path));
  const own = state.transitions.map((transition) => redirected(transition, closed));
  return {
    ...state,
    key: `${state.key} ⋯`,
    type: 'atomic',
    initialActions: [],
    transitions: [...own, ...leaving],
    states: [],
  };
}

function transitionsIn(states: readonly ChartState[]): readonly ChartTransition[] {
  return states.flatMap(({ transitions, states: inner }) => [...transitions, ...transitionsIn(inner)]);
}

function redirected(transition: ChartTransition, closed: ReadonlySet<string>): ChartTransition {
  const to = transition.to.map((path) => shownAs(path, closed));
  return { ...transition, to: [...new Set(to)] };
}

/** The outermost closed state that holds it. */
function shownAs(path: string, closed: ReadonlySet<string>): string {
  const keys = path.split('.');
  for (let length = 1; length < keys.length; length++) {
    const holder = keys.slice(0, length).join('.');
    if (closed.has(holder)) return holder;
  }
  return path;
}
