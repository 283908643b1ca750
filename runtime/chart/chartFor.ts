/**
 * The chart of a kind that a runtime hosts, with its layout: what a page needs to draw it. Machines live in
 * workers; their shapes are here.
 */
import { chartOfStructure } from '../../actors/chart.ts';
import { collapsedChart } from '../../actors/chart/collapsed.ts';
import { invariant } from '../../actors/invariant.ts';
import type { Chart } from '../../actors/chart.ts';
import type { Shape } from '../shape.ts';
import { chartLayout } from './chartLayout.ts';
import type { ChartLayout } from './layout.ts';

/** The chart of a kind, with its layout. */
export interface ChartOfKind {
  readonly kind: string;
  readonly version: number;
  readonly chart: Chart;
  readonly layout: ChartLayout;
}

/** `UNKNOWN_KIND` if nothing of that kind is hosted. */
export async function chartFor(
  troupe: { definitions(kind: string): Promise<readonly Shape[]> },
  kind: string,
  collapsed: readonly string[] = [],
): Promise<ChartOfKind> {
  const [shape] = await troupe.definitions(kind);
  invariant(shape !== undefined, `definitions('${kind}') refuses a kind that it does not know`);
  const chart = collapsedChart(chartOfStructure(shape.structure, kind), collapsed);
  return { kind, version: shape.version, chart, layout: await chartLayout(chart) };
}
