/**
 * What a server tells of itself: whether it lives, whether it is ready, its figures, its description.
 */
import { Type } from 'typebox';
import { json } from '../incoming.ts';
import { metricsOf } from '../metrics.ts';
import { openApiOf } from '../openApi.ts';
import { route } from '../route.ts';
import type { AnyRoute, Desk } from '../route.ts';
import { anything, labels, texts } from '../schemas.ts';

const standing = Type.Object({ ok: Type.Boolean(), reason: Type.Optional(Type.String()) });

const readHealth: AnyRoute = route({
  name: 'readHealth',
  method: 'GET',
  path: '/healthz',
  summary: 'Whether the server answers at all',
  needs: 'nothing',
  answers: { 200: standing },
  run: () => json({ ok: true }),
});

const readReadiness: AnyRoute = route({
  name: 'readReadiness',
  method: 'GET',
  path: '/readyz',
  summary: 'Whether it takes work: not closing, and all of its workers up',
  needs: 'nothing',
  answers: { 200: standing, 503: standing },
  run: ({ desk }) => {
    const reason = unready(desk);
    return reason === undefined ? json({ ok: true }) : json({ ok: false, reason }, 503);
  },
});

function unready({ isClosing, troupe }: Desk): string | undefined {
  if (isClosing()) return 'it is closing';
  const down = troupe.opened.hosting.standing().find(({ state, stuck }) => state !== 'up' || stuck);
  return down === undefined ? undefined : `worker ${down.slot} is ${down.stuck ? 'stuck' : down.state}`;
}

const readMetrics: AnyRoute = route({
  name: 'readMetrics',
  method: 'GET',
  path: '/metrics',
  summary: 'Figures for Prometheus',
  needs: 'whole',
  answers: { 200: { content: 'text/plain', about: 'Prometheus text format' } },
  run: async ({ desk }) => {
    const { type, text } = await metricsOf(desk);
    return { status: 200, headers: { 'content-type': type }, body: text };
  },
});

const readOpenApi: AnyRoute = route({
  name: 'readOpenApi',
  method: 'GET',
  path: '/v1/openapi.json',
  summary: 'This description',
  needs: 'nothing',
  answers: { 200: anything },
  run: ({ desk }) => json(openApiOf(desk.table)),
});

const readAccess: AnyRoute = route({
  name: 'readAccess',
  method: 'GET',
  path: '/v1/access',
  summary: 'Who asks, as the server knows them, and what they may do',
  needs: 'name',
  answers: { 200: Type.Object({ by: Type.String(), can: texts, labels }) },
  run: ({ access: { by, can, labels: forced = {} } }) => json({ by, can, labels: forced }),
});

export const servingRoutes: readonly AnyRoute[] = [
  readHealth,
  readReadiness,
  readMetrics,
  readOpenApi,
  readAccess,
];
