/**
 * A chart as ELK's layered algorithm takes it, and its answer as a layout. ELK's graph is plain JSON, so this
 * needs none of its code.
 *
 * States are written in the order of a life, and a picture reads best in that order. So an arrow back to an
 * earlier state is given to ELK turned round, and turned again in its answer: ELK's own ways to keep an order
 * (MODEL_ORDER, considerModelOrder) fail in elkjs 0.12 where arrows cross borders or have inline labels.
 */
import { statesOf } from '../../actors/chart.ts';
import type { Chart, ChartState } from '../../actors/chart.ts';
import { boxWidthMin, contentOf, dotSize, historySize, isLabelled, labelOf, ringGap } from './content.ts';
import { isWithin, waysOf } from './layout.ts';
import type { Arrow, ChartLayout, Way, Point, Rect, StateBox } from './layout.ts';

export type Direction = 'RIGHT' | 'DOWN';

/** The part of ELK's JSON that is used. */
export interface GraphNode {
  readonly id: string;
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly layoutOptions?: Readonly<Record<string, string>>;
  readonly children?: readonly GraphNode[];
  readonly edges?: readonly GraphEdge[];
}

interface GraphEdge {
  readonly id: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly labels?: readonly GraphLabel[];
  readonly sections?: readonly GraphSection[];
}

interface GraphLabel extends Partial<Rect> {
  readonly text: string;
  readonly layoutOptions?: Readonly<Record<string, string>>;
}

interface GraphSection {
  readonly startPoint: Point;
  readonly endPoint: Point;
  readonly bendPoints?: readonly Point[];
}

const layered = {
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': '[top=16,left=16,bottom=16,right=16]',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.nodePlacement.favorStraightEdges': 'true',
};

/** Regions that nothing crosses into are packed like tiles; each is laid out for itself. */
const packed = {
  'elk.algorithm': 'rectpacking',
  'elk.hierarchyHandling': 'SEPARATE_CHILDREN',
  'elk.rectpacking.whiteSpaceElimination.strategy': 'EQUAL_BETWEEN_STRUCTURES',
  'elk.aspectRatio': '1.6',
  'elk.spacing.nodeNode': '14',
};

const spacing = {
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '6',
  'elk.spacing.labelLabel': '6',
  'elk.spacing.nodeSelfLoop': '14',
  'elk.spacing.componentComponent': '24',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
};

/** The frame and its states have numbers, because a path could be anything. */
export function graphOf(chart: Chart, direction: Direction): GraphNode {
  const states = statesOf(chart);
  const numbers = new Map(states.map(({ path }, i) => [path, i]));
  const idOf = (path: string): string => `s${numbers.get(path) ?? path}`;
  const dots = states.filter(({ initial }) => initial !== undefined);
  const ways = waysOf(chart);
  const order = orderOf(chart);
  return {
    id: 'picture',
    layoutOptions: { ...layered, ...spacing, 'elk.direction': direction },
    children: [nodeOf(chart.root, chart.title, { idOf, direction, ways, apart: false })],
    edges: [
      ...dots.map(({ path, initial = '' }, i) => {
        return { id: `i${i}`, sources: [`${idOf(path)}.dot`], targets: [idOf(initial)] };
      }),
      ...ways.map((way, i) => {
        const { from, to, transitions } = way;
        const [source, target] = isBack(way, order) ? [to, from] : [from, to];
        const ends = { sources: [idOf(source)], targets: [idOf(target)] };
        if (!isLabelled(transitions)) return { id: `a${i}`, ...ends };
        const { width, height } = labelOf(transitions);
        return {
          id: `a${i}`,
          ...ends,
          labels: [{ text: 'label', width, height, layoutOptions: { 'elk.edgeLabels.inline': 'true' } }],
        };
      }),
    ],
  };
}

/** By place in the document, the initial state of each state first. */
function orderOf(chart: Chart): ReadonlyMap<string, number> {
  const order = new Map<string, number>();
  const add = (state: ChartState): void => {
    order.set(state.path, order.size);
    const first = state.states.filter(({ path }) => path === state.initial);
    const others = state.states.filter(({ path }) => path !== state.initial);
    for (const inner of [...first, ...others]) add(inner);
  };
  add(chart.root);
  return order;
}

/** Not so between a state and what it holds: either way that leads along, not back. */
function isBack({ from, to }: Way, order: ReadonlyMap<string, number>): boolean {
  if (isWithin(from, to) || isWithin(to, from)) return false;
  return (order.get(from) ?? 0) > (order.get(to) ?? 0);
}

interface Scene {
  readonly idOf: (path: string) => string;
  readonly direction: Direction;
  readonly ways: readonly Way[];
  /** Whether what holds the state is laid out for itself. */
  readonly apart: boolean;
}

function nodeOf(state: ChartState, title: string, scene: Scene): GraphNode {
  const id = scene.idOf(state.path);
  if (state.type === 'history') return { id, width: historySize, height: historySize };
  const content = contentOf(state, title, false);
  const width = Math.max(content.width, boxWidthMin);
  const { height } = content;
  const ring = state.type === 'final' ? 2 * ringGap : 0;
  if (state.states.length === 0) return { id, width: width + ring, height: height + ring };
  const dot = {
    id: `${id}.dot`,
    width: dotSize,
    height: dotSize,
    layoutOptions: { 'elk.layered.layering.layerConstraint': 'FIRST' },
  };
  const apart = isApart(state, scene.ways);
  // ELK turns a picture that goes down on its side, and forgets the wanted size of what is in it.
  const turned = scene.direction === 'DOWN' && !apart && !scene.apart;
  return {
    id,
    layoutOptions: {
      ...(apart ? packed : { ...layered, ...spacing, 'elk.direction': scene.direction }),
      'elk.padding': `[top=${height + 16},left=18,bottom=18,right=18]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': turned ? `(${height},${width})` : `(${width},${height})`,
    },
    children: [
      ...(state.initial === undefined ? [] : [dot]),
      ...state.states.map((inner) => nodeOf(inner, inner.key, { ...scene, apart })),
    ],
  };
}

/** Whether every arrow that touches a region is inside of it, from end to end. */
function isApart({ type, states }: ChartState, ways: readonly Way[]): boolean {
  const isInside = (path: string, region: ChartState): boolean =>
    path !== region.path && isWithin(path, region.path);
  const touches = ({ from, to }: Way, region: ChartState): boolean =>
    isWithin(from, region.path) || isWithin(to, region.path);
  const keepsIn = (region: ChartState): boolean =>
    ways
      .filter((way) => touches(way, region))
      .every(({ from, to }) => isInside(from, region) && isInside(to, region));
  return type === 'parallel' && states.every(keepsIn);
}

/** Reads what ELK answered to `graphOf(chart)`. */
export function layoutOfGraph(chart: Chart, graph: GraphNode): ChartLayout {
  const nodes = new Map<string, Rect>();
  noteNodes(graph, nodes);
  const edges = new Map((graph.edges ?? []).map((edge) => [edge.id, edge]));
  const states = statesOf(chart);
  const order = orderOf(chart);
  const starts = states.filter(({ initial }) => initial !== undefined);
  const boxes: StateBox[] = states.map(({ path }, i) => ({ path, ...rectOf(nodes, `s${i}`) }));
  const arrows: Arrow[] = [
    ...starts.map(({ path, initial = '' }, i) => {
      return { from: path, to: initial, initial: true, ...routeOf(edges.get(`i${i}`)) };
    }),
    ...waysOf(chart).map((way, i) => {
      const { from, to } = way;
      const { points, label } = routeOf(edges.get(`a${i}`));
      const turned = isBack(way, order) ? points.toReversed() : points;
      return { from, to, initial: false, points: turned, ...(label !== undefined && { label }) };
    }),
  ];
  const dots = [...nodes].filter(([id]) => id.endsWith('.dot')).map(([, rect]) => rect);
  const { width = 0, height = 0 } = graph;
  return { width: round(width), height: round(height), states: boxes, dots, arrows };
}

function noteNodes({ children = [] }: GraphNode, nodes: Map<string, Rect>): void {
  for (const node of children) {
    nodes.set(node.id, rounded(node));
    noteNodes(node, nodes);
  }
}

function rectOf(nodes: ReadonlyMap<string, Rect>, id: string): Rect {
  const rect = nodes.get(id);
  if (rect === undefined) throw new Error(`the layout has no box ${id}`);
  return rect;
}

function routeOf(edge: GraphEdge | undefined): { readonly points: readonly Point[]; readonly label?: Rect } {
  const [section] = edge?.sections ?? [];
  if (section === undefined) throw new Error('the layout left an arrow out');
  const points = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
  const [label] = edge?.labels ?? [];
  return {
    points: points.map(({ x, y }) => ({ x: round(x), y: round(y) })),
    ...(label !== undefined && { label: rounded(label) }),
  };
}

function rounded({ x = 0, y = 0, width = 0, height = 0 }: Partial<Rect>): Rect {
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}

/** A tenth of a pixel is more than anybody sees, and keeps files small. */
const round = (value: number): number => Math.round(value * 10) / 10;
