/**
 * Statecharts as pictures: the model with its layout, the picture itself, and Mermaid's text. The inspector
 * draws from these, and so can anybody.
 */
import { Type } from 'typebox';
import type { Static } from 'typebox';
import type { Chart } from '../../../actors/chart.ts';
import { mermaidOf } from '../../../actors/chart/mermaid.ts';
import { chartFor } from '../../chart/chartFor.ts';
import type { ChartOfKind } from '../../chart/chartFor.ts';
import { svgOf } from '../../chart/svg.ts';
import { json } from '../incoming.ts';
import type { Answer } from '../incoming.ts';
import { plain } from '../plain.ts';
import { route } from '../route.ts';
import type { AnyRoute, Call } from '../route.ts';
import { anything, texts } from '../schemas.ts';

/** Paths of states whose insides are not drawn. */
const collapsed = Type.Optional(texts);

export const chartQuery = Type.Object({ collapsed });
export const pictureQuery = Type.Object({
  collapsed,
  active: Type.Optional(texts),
  theme: Type.Optional(
    Type.Union([Type.Literal('auto'), Type.Literal('light'), Type.Literal('dark'), Type.Literal('none')]),
  ),
});
export const chartAnswer = Type.Object({
  kind: Type.String(),
  version: Type.Integer(),
  chart: anything,
  layout: anything,
});
export const pictureAnswer = { content: 'image/svg+xml', about: 'A picture' } as const;
export const mermaidAnswer = { content: 'text/plain', about: 'stateDiagram-v2' } as const;

const readChart: AnyRoute = route({
  name: 'readChart',
  method: 'GET',
  path: '/v1/definitions/{kind}/chart',
  summary: 'The statechart of a kind, and where everything of its picture is',
  needs: 'read',
  query: chartQuery,
  answers: { 200: chartAnswer },
  run: async (call) => json(plain(await chartOfCall(call))),
});

const drawChart: AnyRoute = route({
  name: 'drawChart',
  method: 'GET',
  path: '/v1/definitions/{kind}/chart.svg',
  summary: 'The picture of that statechart; with `theme=none` whoever shows it brings the style',
  needs: 'read',
  query: pictureQuery,
  answers: { 200: pictureAnswer },
  run: async (call) => pictureOf(await chartOfCall(call), call.query),
});

const writeChart: AnyRoute = route({
  name: 'writeChart',
  method: 'GET',
  path: '/v1/definitions/{kind}/chart.mmd',
  summary: 'That statechart as the text of a Mermaid diagram',
  needs: 'read',
  query: chartQuery,
  answers: { 200: mermaidAnswer },
  run: async (call) => mermaidAnswerOf((await chartOfCall(call)).chart),
});

export const chartRoutes: readonly AnyRoute[] = [readChart, drawChart, writeChart];

type Drawn = Pick<ChartOfKind, 'chart' | 'layout'>;

export function pictureOf({ chart, layout }: Drawn, query: Static<typeof pictureQuery>): Answer {
  return {
    status: 200,
    headers: {
      'content-type': 'image/svg+xml; charset=utf-8',
      // Opened by itself it is a page, whose texts came from a machine.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    },
    body: svgOf(chart, layout, query),
  };
}

export function mermaidAnswerOf(chart: Chart): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: mermaidOf(chart),
  };
}

type ChartCall = Pick<Call<{ readonly collapsed?: readonly string[] }>, 'desk' | 'params' | 'query'>;

async function chartOfCall({ desk, params, query }: ChartCall): Promise<ChartOfKind> {
  return chartFor(desk.troupe, params['kind'] ?? '', query.collapsed);
}
