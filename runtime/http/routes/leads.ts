/**
 * What histories tell when they are looked into: what led to facts and what they led to, and how long an
 * actor was where.
 */
import { Type } from 'typebox';
import { leadsOf } from '../../leads.ts';
import type { Lead } from '../../leads.ts';
import { visitsOf } from '../../visits.ts';
import { notFound } from '../../history.ts';
import type { Opened } from '../../opened.ts';
import { isScoped, isWithin } from '../access.ts';
import type { Access } from '../access.ts';
import { json } from '../incoming.ts';
import { refOf, visible } from '../reach.ts';
import { route } from '../route.ts';
import type { AnyRoute } from '../route.ts';
import { pageMax } from '../limits.ts';
import { seq, time } from '../schemas.ts';

const end = Type.Object({ address: Type.String(), seq, to: seq, at: time });

const lead = Type.Object({
  kind: Type.Union([
    Type.Literal('message'),
    Type.Literal('birth'),
    Type.Literal('stop'),
    Type.Literal('end'),
    Type.Literal('timer'),
    Type.Literal('task'),
    Type.Literal('driver'),
    Type.Literal('post'),
  ]),
  name: Type.String(),
  from: Type.Optional(end),
  to: Type.Optional(end),
  peer: Type.Optional(Type.String()),
});

const readLeads: AnyRoute = route({
  name: 'readLeads',
  method: 'GET',
  path: '/v1/actors/{kind}/{id}/leads',
  summary: 'What led to facts of an actor and what they led to: messages, timers, tasks, drivers, children',
  needs: 'read',
  query: Type.Object({
    after: Type.Optional(seq),
    before: Type.Optional(seq),
  }),
  answers: { 200: Type.Object({ items: Type.Array(lead), head: seq }) },
  run: async (call) => {
    const { access, query } = call;
    const { opened, address } = await visible(call, refOf(call));
    const head = (await opened.journal.last(address))?.seq;
    if (head === undefined) throw notFound(address);
    const before = Math.min(query.before ?? head + 1, head + 1);
    const after = Math.max(query.after ?? 0, before - 1 - pageMax);
    const leads = await leadsOf(opened.journal, address, { after, before });
    return json({ items: await visibleOf(leads, access, opened), head });
  },
});

const readVisits: AnyRoute = route({
  name: 'readVisits',
  method: 'GET',
  path: '/v1/actors/{kind}/{id}/visits',
  summary: 'How often an actor came into each state, and for how long, up to the fact `until`',
  needs: 'read',
  query: Type.Object({ until: Type.Optional(seq) }),
  answers: {
    200: Type.Object({
      items: Type.Array(Type.Object({ state: Type.String(), count: Type.Integer(), ms: Type.Number() })),
      from: seq,
    }),
  },
  run: async (call) => {
    const { opened, address } = await visible(call, refOf(call));
    const last = await opened.journal.last(address);
    if (last === undefined) throw notFound(address);
    const { until = last.seq } = call.query;
    const isNow = until >= last.seq && !last.sealed;
    const range = { until: Math.min(until, last.seq), ...(isNow && { now: opened.plan.now() }) };
    return json(await visitsOf(opened.journal, address, range));
  },
});

export const leadRoutes: readonly AnyRoute[] = [readLeads, readVisits];

/** Q1: what leads to somebody else's is not told. */
async function visibleOf(
  leads: readonly Lead[],
  access: Access,
  { journal }: Opened,
): Promise<readonly Lead[]> {
  if (!isScoped(access)) return leads;
  const peers = new Set(leads.flatMap(({ peer }) => peer ?? []));
  const mine = await Promise.all(
    Array.from(peers, async (peer) => {
      const row = (await journal.last(peer))?.row;
      return row !== undefined && isWithin(access, row.labels) ? [peer] : [];
    }),
  );
  const theirs = new Set(mine.flat());
  return leads.filter(({ peer }) => peer === undefined || theirs.has(peer));
}
