/** Statecharts of guests, from what their apps tell of them: drawn as any other, one at a time. */
import { collapsedChart } from '../../../actors/chart/collapsed.ts';
import { chartLayout } from '../../chart/chartLayout.ts';
import type { ChartOfKind } from '../../chart/chartFor.ts';
import { json } from '../incoming.ts';
import { route } from '../route.ts';
import type { AnyRoute, Call } from '../route.ts';
import {
  chartAnswer,
  chartQuery,
  mermaidAnswer,
  mermaidAnswerOf,
  pictureAnswer,
  pictureOf,
  pictureQuery,
} from './charts.ts';
import { guestOf } from './guests.ts';

const readGuestChart: AnyRoute = route({
  name: 'readGuestChart',
  method: 'GET',
  path: '/v1/guests/{kind}/{id}/chart',
  summary: 'The statechart of a guest, and where everything of its picture is',
  needs: 'whole',
  query: chartQuery,
  answers: { 200: chartAnswer },
  run: async (call) => json(await chartOfCall(call)),
});

const drawGuestChart: AnyRoute = route({
  name: 'drawGuestChart',
  method: 'GET',
  path: '/v1/guests/{kind}/{id}/chart.svg',
  summary: 'The picture of that statechart',
  needs: 'whole',
  query: pictureQuery,
  answers: { 200: pictureAnswer },
  run: async (call) => pictureOf(await chartOfCall(call), call.query),
});

const writeGuestChart: AnyRoute = route({
  name: 'writeGuestChart',
  method: 'GET',
  path: '/v1/guests/{kind}/{id}/chart.mmd',
  summary: 'That statechart as the text of a Mermaid diagram',
  needs: 'whole',
  answers: { 200: mermaidAnswer },
  run: (call) => mermaidAnswerOf(guestOf(call).chart()),
});

export const guestChartRoutes: readonly AnyRoute[] = [readGuestChart, drawGuestChart, writeGuestChart];

type ChartCall = Pick<Call<{ readonly collapsed?: readonly string[] }>, 'desk' | 'params' | 'query'>;

/** Each layout takes a thread for a while, and who tells of machines may tell of any number of them. */
let turn: Promise<unknown> = Promise.resolve();

async function chartOfCall(call: ChartCall): Promise<ChartOfKind> {
  const chart = collapsedChart(guestOf(call).chart(), call.query.collapsed ?? []);
  const made = turn.then(async () => chartLayout(chart));
  // Whoever asked is told of a failure; the next one has nothing to do with it.
  turn = made.catch(() => undefined);
  return { kind: call.params['kind'] ?? '', version: 0, chart, layout: await made };
}
