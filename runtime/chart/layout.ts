/**
 * Where everything of a chart is: what a layout tells the picture. Plain JSON; one coordinate system, its
 * origin at the left upper corner.
 */
import { statesOf } from '../../actors/chart.ts';
import type { Chart, ChartTransition } from '../../actors/chart.ts';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface StateBox extends Rect {
  readonly path: string;
}

/** An arrow: of all transitions from one state to another, or from the dot to an initial state. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly initial: boolean;
  readonly points: readonly Point[];
  readonly label?: Rect;
}

/** Where everything of a chart is drawn. */
export interface ChartLayout {
  readonly width: number;
  readonly height: number;
  readonly states: readonly StateBox[];
  readonly dots: readonly Rect[];
  readonly arrows: readonly Arrow[];
  /** Said where there are no arrows and transitions are listed in the boxes: why. */
  readonly listed?: string;
}

/** Whether a state is this one or in it, by their paths. */
export function isWithin(path: string, holder: string): boolean {
  return holder === '' || path === holder || path.startsWith(`${holder}.`);
}

/** The transitions that an arrow stands for. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly transitions: readonly ChartTransition[];
}

/** The arrows of a chart without the initial ones, in document order. */
export function waysOf(chart: Chart): readonly Way[] {
  const ways = new Map<string, { from: string; to: string; transitions: ChartTransition[] }>();
  for (const transition of statesOf(chart).flatMap(({ transitions }) => transitions)) {
    const { from } = transition;
    for (const to of transition.to) {
      const key = JSON.stringify([from, to]);
      const way = ways.get(key) ?? { from, to, transitions: [] };
      way.transitions.push(transition);
      ways.set(key, way);
    }
  }
  return [...ways.values()];
}
