/**
 * Statecharts as pictures: the model with its layout, the picture itself, and Mermaid's text. The inspector
 * draws from these, and so can anybody.
 */
import { Type } from 'typebox';
import { mermaidOf } from '../../../actors/chart/mermaid.ts';
import { chartFor } from '../../chart/chartFor.ts';
import type { ChartOfKind } from '../../chart/chartFor.ts';
import { svgOf } from '../../chart/svg.ts';
import { json } from '../incoming.ts';
import { plain } from '../plain.ts';
import { route } from '../route.ts';
import type { AnyRoute, Call } from '../route.ts';
import { anything, texts } from '../schemas.ts';

/** Paths of states whose insides are not drawn. */
const collapsed = Type.Optional(texts);

const readChart: AnyRoute = route({
  name: 'readChart',
  method: 'GET',
  path: '/v1/definitions/{kind}/chart',
  summary: 'The statechart of a kind, and where everything of its picture is',
  needs: 'read',
  query: Type.Object({ collapsed }),
  answers: {
    200: Type.Object({ kind: Type.String(), version: Type.Integer(), chart: anything, layout: anything }),
  },
  run: async (call) => json(plain(await chartOfCall(call))),
});

const drawChart: AnyRoute = route({
  name: 'drawChart',
  method: 'GET',
  path: '/v1/definitions/{kind}/chart.svg',
  summary: 'The picture of that statechart; with `theme=none` whoever shows it brings the style',
  needs: 'read',
  query: Type.Object({
    collapsed,
    active: Type.Optional(texts),
    theme: Type.Optional(
      Type.Union([Type.Literal('auto'), Type.Literal('light'), Type.Literal('dark'), Type.Literal('none')]),
    ),
  }),
  answers: { 200: { content: 'image/svg+xml', about: 'A picture' } },
  run: async (call) => {
    const { chart, layout } = await chartOfCall(call);
    return {
      status: 200,
      headers: {
        'content-type': 'image/svg+xml; charset=utf-8',
        // Opened by itself it is a page, whose texts came from a machine.
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      },
      body: svgOf(chart, layout, call.query),
    };
  },
});

const writeChart: AnyRoute = route({
  name: 'writeChart',
  method: 'GET',
  path: '/v1/definitions/{kind}/chart.mmd',
  summary: 'That statechart as the text of a Mermaid diagram',
  needs: 'read',
  query: Type.Object({ collapsed }),
  answers: { 200: { content: 'text/plain', about: 'stateDiagram-v2' } },
  run: async (call) => ({
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: mermaidOf((await chartOfCall(call)).chart),
  }),
});

export const chartRoutes: readonly AnyRoute[] = [readChart, drawChart, writeChart];

type ChartCall = Pick<Call<{ readonly collapsed?: readonly string[] }>, 'desk' | 'params' | 'query'>;

async function chartOfCall({ desk, params, query }: ChartCall): Promise<ChartOfKind> {
  return chartFor(desk.troupe, params['kind'] ?? '', query.collapsed);
}
