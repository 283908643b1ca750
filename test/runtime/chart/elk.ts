/** ELK's layouts in the tests' own thread: both directions, of which a picture is one. */
import ELK from 'elkjs';
import type { ElkNode } from 'elkjs';
import type { Chart } from '../../../actors/chart.ts';
import { graphOf, layoutOfGraph } from '../../../runtime/chart/graph.ts';
import type { Direction, GraphNode } from '../../../runtime/chart/graph.ts';
import type { ChartLayout } from '../../../runtime/chart/layout.ts';

const elk = new ELK.default();

export async function laidOut(chart: Chart, direction: Direction): Promise<ChartLayout> {
  // ELK writes into the graph it is given.
  const graph = structuredClone(graphOf(chart, direction)) as ElkNode;
  return layoutOfGraph(chart, (await elk.layout(graph)) as GraphNode);
}
