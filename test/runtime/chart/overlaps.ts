/**
 * What is wrong with the geometry of a laid-out chart, in words: nothing, for a picture that can be read.
 * It knows rectangles only, not how they came about.
 */
import { statesOf } from '../../../actors/chart.ts';
import type { Chart } from '../../../actors/chart.ts';
import { contentOf, labelOf } from '../../../runtime/chart/content.ts';
import { waysOf } from '../../../runtime/chart/layout.ts';
import type { ChartLayout, Point, Rect } from '../../../runtime/chart/layout.ts';

interface Named extends Rect {
  readonly name: string;
}

export function overlapsOf(chart: Chart, layout: ChartLayout): readonly string[] {
  const states = new Map(statesOf(chart).map((state) => [state.path, state]));
  const boxes = layout.states.map((box) => ({ name: `state ${box.path}`, ...box }));
  const leaves = boxes.filter(({ path }) => states.get(path)!.states.length === 0);
  const holders = boxes.filter(({ path }) => states.get(path)!.states.length > 0);
  const headers = holders.map((box) => {
    const state = states.get(box.path)!;
    const { width, height } = contentOf(state, nameOf(chart, state), layout.listed !== undefined);
    return { name: `header ${box.path}`, x: box.x, y: box.y, width: Math.max(box.width, width), height };
  });
  const labels = layout.arrows.flatMap(({ from, to, label }) =>
    label === undefined ? [] : [{ name: `label ${from} to ${to}`, ...label }],
  );
  const dots = layout.dots.map((dot, i) => ({ name: `dot ${i}`, ...dot }));
  const picture = { name: 'picture', x: 0, y: 0, width: layout.width, height: layout.height };
  const solid: readonly Named[] = [...leaves, ...headers, ...labels, ...dots];
  return [
    ...solid.flatMap((one, i) =>
      solid
        .slice(i + 1)
        .filter((other) => overlap(one, other))
        .map(both(one)),
    ),
    ...[...solid, ...holders]
      .filter((one) => !contains(picture, one))
      .map(({ name }) => `${name} sticks out`),
    ...boxes.flatMap((box) => {
      const holder = boxes.find(({ path }) => box.path !== '' && path === holderOf(box.path));
      return holder === undefined || contains(holder, box)
        ? []
        : [`${box.name} is outside of ${holder.name}`];
    }),
    ...holders.flatMap((one, i) =>
      holders
        .slice(i + 1)
        .filter((other) => !isWithin(one.path, other.path) && overlap(one, other))
        .map(both(one)),
    ),
    ...narrowBoxes(chart, layout),
    ...narrowLabels(chart, layout),
    ...layout.arrows.flatMap(({ from, to, points }) =>
      leaves
        .filter(({ path }) => path !== from && path !== to)
        .filter((leaf) => crosses(points, leaf))
        .map((leaf) => `the arrow ${from} to ${to} crosses ${leaf.name}`),
    ),
    ...struckLabels(layout),
    ...looseArrows(layout),
  ];
}

const nameOf = (chart: Chart, { path, key }: { readonly path: string; readonly key: string }): string =>
  path === '' ? chart.title : key;

const both =
  (one: Named) =>
  (other: Named): string =>
    `${one.name} overlaps ${other.name}`;

const holderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));

const isWithin = (one: string, other: string): boolean =>
  one === '' || other === '' || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function contains(outer: Rect, inner: Rect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

/** Boxes that are too small for what is written in them. */
function narrowBoxes(chart: Chart, layout: ChartLayout): readonly string[] {
  return layout.states.flatMap((box) => {
    const state = statesOf(chart).find(({ path }) => path === box.path)!;
    if (state.type === 'history') return [];
    const content = contentOf(state, nameOf(chart, state), layout.listed !== undefined);
    const texts = [...content.runs, ...content.chips].map((run) => run.x + run.width);
    const isFit =
      content.width <= box.width && content.height <= box.height && Math.max(...texts) <= content.width;
    return isFit ? [] : [`state ${box.path} is too small for its text`];
  });
}

function narrowLabels(chart: Chart, layout: ChartLayout): readonly string[] {
  return waysOf(chart).flatMap(({ from, to, transitions }) => {
    const { width, height, runs } = labelOf(transitions);
    const place = layout.arrows.find(
      (arrow) => arrow.from === from && arrow.to === to && !arrow.initial,
    )?.label;
    if (place === undefined) return [];
    const isFit = width <= place.width && height <= place.height;
    const isInside = runs.every((run) => run.x >= 0 && run.x + run.width <= width && run.y <= height);
    return isFit && isInside ? [] : [`the label ${from} to ${to} is too small for its text`];
  });
}

function crosses(points: readonly Point[], { x, y, width, height }: Rect): boolean {
  return points.slice(1).some((end, i) => {
    const start = points[i]!;
    const [left, right] = [Math.min(start.x, end.x), Math.max(start.x, end.x)];
    const [top, bottom] = [Math.min(start.y, end.y), Math.max(start.y, end.y)];
    return left < x + width - 1 && right > x + 1 && top < y + height - 1 && bottom > y + 1;
  });
}

/** Labels that another arrow than their own goes through. */
function struckLabels({ arrows }: ChartLayout): readonly string[] {
  return arrows.flatMap((one) =>
    arrows
      .filter((other) => other !== one && one.label !== undefined && crosses(other.points, one.label))
      .map((other) => `the arrow ${other.from} to ${other.to} crosses the label ${one.from} to ${one.to}`),
  );
}

/** Arrows that do not begin and end at the borders of their states, and lines at other than right angles. */
function looseArrows({ states, arrows }: ChartLayout): readonly string[] {
  const boxOf = (path: string): Rect => states.find((box) => box.path === path)!;
  return arrows.flatMap(({ from, to, initial, points }) => {
    const name = `the arrow ${from} to ${to}`;
    const isSquare = points.slice(1).every((end, i) => {
      return Math.abs(end.x - points[i]!.x) < 0.2 || Math.abs(end.y - points[i]!.y) < 0.2;
    });
    return [
      ...(isSquare ? [] : [`${name} is oblique`]),
      ...(initial || isAtBorder(points[0]!, boxOf(from)) ? [] : [`${name} begins nowhere`]),
      ...(isAtBorder(points.at(-1)!, boxOf(to)) ? [] : [`${name} ends nowhere`]),
    ];
  });
}

function isAtBorder({ x, y }: Point, box: Rect): boolean {
  const [across, down] = [x - box.x, y - box.y];
  const near = (value: number): boolean => Math.abs(value) < 0.5;
  const isBeside = across > -0.5 && across < box.width + 0.5 && down > -0.5 && down < box.height + 0.5;
  return isBeside && [across, across - box.width, down, down - box.height].some(near);
}
