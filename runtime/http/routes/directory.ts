/**
 * What is told of many actors at once: rows, usage, definitions, and what was set aside.
 */
import { Type } from 'typebox';
import type { Access } from '../access.ts';
import { assertCan, isScoped, labelsWithin } from '../access.ts';
import { TroupeError } from '../../../actors/troupeError.ts';
import { usageCountNames } from '../../../actors/agentRun/usage.ts';
import type { UsageCounts } from '../../../actors/agentRun/usage.ts';
import { rowsPageOf } from '../../list.ts';
import type { Troupe } from '../../troupe.ts';
import type { UsageOptions, UsageRow } from '../../usage.ts';
import { json, noContent } from '../incoming.ts';
import { pageDefault, pageMax } from '../limits.ts';
import { plain } from '../plain.ts';
import { route } from '../route.ts';
import type { AnyRoute } from '../route.ts';
import { anything, labels, pageOf, row, texts, time, verified } from '../schemas.ts';

const listActors: AnyRoute = route({
  name: 'listActors',
  method: 'GET',
  path: '/v1/actors',
  summary: 'Rows of actors, newest first unless asked otherwise; `next` is the `after` of the next page',
  needs: 'read',
  query: Type.Object({
    kind: Type.Optional(Type.String()),
    status: Type.Optional(row.properties.status),
    tags: Type.Optional(texts),
    labels: Type.Optional(labels),
    parent: Type.Optional(Type.String()),
    since: Type.Optional(time),
    until: Type.Optional(time),
    order: Type.Optional(Type.Union([Type.Literal('newest'), Type.Literal('oldest')])),
    after: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageMax })),
  }),
  answers: { 200: pageOf(row) },
  run: async ({ desk, access, query }) => {
    const { labels: wanted, limit = pageDefault, ...filter } = query;
    const page = await rowsPageOf(desk.troupe.opened, {
      ...filter,
      limit,
      ...labelsWithin(access, wanted),
    });
    return json({ items: plain(page.rows), next: page.next ?? null });
  },
});

const readUsage: AnyRoute = route({
  name: 'readUsage',
  method: 'GET',
  path: '/v1/usage',
  summary: 'What runs used, told apart by hour, model, engine or index labels',
  needs: 'read',
  query: Type.Object({
    since: Type.Optional(time),
    until: Type.Optional(time),
    by: Type.Optional(texts),
  }),
  answers: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({
          by: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
          ...Object.fromEntries(usageCountNames.map((name) => [name, Type.Number()])),
        }),
      ),
    }),
  },
  run: async ({ desk, access, query }) => json({ items: await usageWithin(desk.troupe, access, query) }),
});

/** Q1: told apart by the labels that are forced, and of those only what is theirs. */
async function usageWithin(
  troupe: Troupe<unknown>,
  access: Access,
  options: UsageOptions,
): Promise<readonly UsageRow[]> {
  if (!isScoped(access)) return troupe.usage(options);
  const forced = Object.entries(access.labels ?? {});
  const { by = [] } = options;
  const indexed = troupe.opened.plan.indexLabels;
  const missing = forced.find(([name]) => !indexed.includes(name));
  if (missing !== undefined) {
    const text = `Usage is not counted by the label "${missing[0]}". Give it to openTroupe in indexLabels.`;
    throw new TroupeError('UNSUPPORTED', text, { label: missing[0] });
  }
  const rows = await troupe.usage({ ...options, by: [...by, ...forced.map(([name]) => name)] });
  const sums = new Map<string, UsageRow>();
  for (const one of rows.filter((told) => forced.every(([name, value]) => told.by[name] === value))) {
    const key = Object.fromEntries(by.map((part) => [part, one.by[part] ?? '']));
    const name = JSON.stringify(key);
    sums.set(name, { ...summed(sums.get(name), one), by: key });
  }
  return [...sums.values()];
}

function summed(sum: UsageCounts | undefined, one: UsageCounts): UsageCounts {
  const entries = usageCountNames.map((name) => [name, (sum?.[name] ?? 0) + one[name]]);
  return Object.fromEntries(entries) as UsageCounts; // All of its names.
}

const shape = Type.Object({
  kind: Type.String(),
  version: Type.Integer(),
  passive: texts,
  structure: anything,
  events: Type.Record(Type.String(), anything, { description: 'JSON Schemas of events, where known' }),
  own: Type.Array(Type.String(), { description: 'Events that nobody may send' }),
});

const listDefinitions: AnyRoute = route({
  name: 'listDefinitions',
  method: 'GET',
  path: '/v1/definitions',
  summary: 'The kinds that are hosted, with their statecharts as plain data',
  needs: 'read',
  query: Type.Object({ kind: Type.Optional(Type.String()) }),
  answers: { 200: Type.Object({ items: Type.Array(shape) }) },
  run: async ({ desk, query }) => json({ items: plain(await desk.troupe.definitions(query.kind)) }),
});

const listQuarantined: AnyRoute = route({
  name: 'listQuarantined',
  method: 'GET',
  path: '/v1/quarantined',
  summary: 'Actors that were set aside, and why',
  needs: 'whole',
  answers: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({ address: Type.String(), reason: Type.String(), details: anything, since: time }),
      ),
    }),
  },
  run: async ({ desk }) => json({ items: plain(await desk.troupe.quarantined()) }),
});

const verifyAll: AnyRoute = route({
  name: 'verifyAll',
  method: 'GET',
  path: '/v1/verify',
  summary: 'Whether every history is what was written',
  needs: 'whole',
  answers: {
    200: Type.Object({
      ok: Type.Boolean(),
      actors: Type.Integer(),
      bad: Type.Array(Type.Object({ address: Type.String(), ...verified.properties })),
    }),
  },
  run: async ({ desk }) => json(await desk.troupe.verify()),
});

const readStats: AnyRoute = route({
  name: 'readStats',
  method: 'GET',
  path: '/v1/stats',
  summary: 'What the runtime counts',
  needs: 'whole',
  answers: {
    200: Type.Object({
      workers: Type.Array(anything),
      journal: anything,
      sends: anything,
      effects: Type.Number(),
      quarantined: Type.Number(),
      failures: Type.Number(),
      subscriptions: anything,
    }),
  },
  run: async ({ desk }) => json(plain(await desk.troupe.stats())),
});

const compactJournal: AnyRoute = route({
  name: 'compactJournal',
  method: 'POST',
  path: '/v1/compact',
  summary: 'Moves old history together and lets go of what was erased; the file shrinks at the next opening',
  needs: 'whole',
  answers: { 204: Type.Null() },
  run: async ({ desk, access }) => {
    assertCan(access, 'send');
    await desk.troupe.compact();
    return noContent;
  },
});

export const directoryRoutes: readonly AnyRoute[] = [
  listActors,
  readUsage,
  listDefinitions,
  listQuarantined,
  verifyAll,
  readStats,
  compactJournal,
];
