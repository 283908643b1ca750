/**
 * An outbox over HTTP: post, lease, acknowledge, and what nobody could deal with. Whatever is asked for again
 * with its Idempotency-Key after a lost answer is done once; a lease is the same.
 */
import { Type } from 'typebox';
import { limits } from '../../../actors/outbox/limits.ts';
import { vocabulary } from '../../../actors/outbox/vocabulary.ts';
import { TroupeError } from '../../../actors/troupeError.ts';
import type { NoteOptions, OutboxPost } from '../../outbox.ts';
import { json, noContent } from '../incoming.ts';
import { plain } from '../plain.ts';
import { outboxOf, sentAs, visible } from '../reach.ts';
import { route } from '../route.ts';
import type { AnyRoute, Call } from '../route.ts';
import { anything } from '../schemas.ts';

const { type: _type, ...posted } = vocabulary['outbox.post'].properties;
const { type: _drain, max, leaseMs, maxConsecutive, maxAttempts } = vocabulary['outbox.drain'].properties;
const { type: _release, leaseId: _id, ...released } = vocabulary['outbox.release'].properties;

const count = Type.Integer({ minimum: 0 });
const positions = Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: limits.drain });
const counts = Type.Object({ ready: count, leased: count, dead: count });

const record = Type.Object({
  ...posted,
  kind: Type.String(),
  position: count,
  at: count,
  attempts: count,
  redelivered: Type.Boolean(),
  seq: count,
  post: anything,
  count: Type.Optional(count),
  firstChildSeq: Type.Optional(count),
});

const postRecord: AnyRoute = route({
  name: 'postRecord',
  method: 'POST',
  path: '/v1/outboxes/{id}/records',
  summary: 'Posts what a child has to tell; one fact of one child is one record, however often it is sent',
  needs: 'send',
  body: Type.Object(posted),
  answers: { 200: counts },
  run: async (call) => {
    const outbox = outboxOf(call);
    const post: OutboxPost = call.body;
    return json(await sentAs(call, outbox, keyIn(call), async (options) => outbox.post(post, options)));
  },
});

const leaseRecords: AnyRoute = route({
  name: 'leaseRecords',
  method: 'POST',
  path: '/v1/outboxes/{id}/leases',
  summary: 'Leases the oldest records that nobody has; without any, leaseId is null',
  needs: 'send',
  body: Type.Object({
    max: Type.Optional(max),
    leaseMs: Type.Optional(leaseMs),
    maxConsecutive,
    maxAttempts,
  }),
  isBodyOptional: true,
  answers: {
    200: Type.Object({ leaseId: Type.Union([count, Type.Null()]), records: Type.Array(record) }),
  },
  run: async (call) => {
    const outbox = await visible(call, outboxOf(call));
    // A body that was left out is none.
    const asked = (call.body as typeof call.body | undefined) ?? {};
    const { leaseId, records } = await outbox.drain({ ...asked, ...keyIn(call) });
    return json({ leaseId: leaseId ?? null, records: plain(records) });
  },
});

const ackRecords: AnyRoute = route({
  name: 'ackRecords',
  method: 'POST',
  path: '/v1/outboxes/{id}/leases/{leaseId}/ack',
  summary: 'They are dealt with, and gone for good',
  needs: 'send',
  body: Type.Object({ positions }),
  answers: { 204: Type.Null() },
  run: async (call) => {
    const outbox = await visible(call, outboxOf(call));
    await outbox.ack({ leaseId: leaseIn(call), records: [] }, call.body.positions, notesIn(call));
    return noContent;
  },
});

const releaseRecords: AnyRoute = route({
  name: 'releaseRecords',
  method: 'POST',
  path: '/v1/outboxes/{id}/leases/{leaseId}/release',
  summary: 'Gives them back before their time: at once, or in `retryMs`',
  needs: 'send',
  body: Type.Object(released),
  isBodyOptional: true,
  answers: { 204: Type.Null() },
  run: async (call) => {
    const outbox = await visible(call, outboxOf(call));
    const options = (call.body as typeof call.body | undefined) ?? {};
    await outbox.release({ leaseId: leaseIn(call) }, options, notesIn(call));
    return noContent;
  },
});

const readPending: AnyRoute = route({
  name: 'readPending',
  method: 'GET',
  path: '/v1/outboxes/{id}/pending',
  summary: 'How much waits, is leased, is dead',
  needs: 'read',
  answers: { 200: counts },
  run: async (call) => json(await (await visible(call, outboxOf(call))).pending()),
});

const listDeadLetters: AnyRoute = route({
  name: 'listDeadLetters',
  method: 'GET',
  path: '/v1/outboxes/{id}/dead-letters',
  summary: 'Records that nobody could deal with',
  needs: 'read',
  answers: {
    200: Type.Object({ items: Type.Array(Type.Object({ ...record.properties, reason: Type.String() })) }),
  },
  run: async (call) => json({ items: plain(await (await visible(call, outboxOf(call))).deadLetters()) }),
});

const some = Type.Object({ positions: Type.Optional(positions) });

const retryDeadLetters: AnyRoute = route({
  name: 'retryDeadLetters',
  method: 'POST',
  path: '/v1/outboxes/{id}/dead-letters/retry',
  summary: 'Dead letters get another chance; without positions, all',
  needs: 'send',
  body: some,
  isBodyOptional: true,
  answers: { 204: Type.Null() },
  run: async (call) => {
    const outbox = await visible(call, outboxOf(call));
    await outbox.retry((call.body as typeof call.body | undefined)?.positions, notesIn(call));
    return noContent;
  },
});

const purgeDeadLetters: AnyRoute = route({
  name: 'purgeDeadLetters',
  method: 'POST',
  path: '/v1/outboxes/{id}/dead-letters/purge',
  summary: 'Dead letters go',
  needs: 'send',
  body: Type.Object({ positions }),
  answers: { 204: Type.Null() },
  run: async (call) => {
    const outbox = await visible(call, outboxOf(call));
    await outbox.purge({ positions: call.body.positions }, notesIn(call));
    return noContent;
  },
});

const turnOutbox: AnyRoute = route({
  name: 'turnOutbox',
  method: 'POST',
  path: '/v1/outboxes/{id}/turn',
  summary: 'The parent had a turn of its own: its loop budget is counted anew',
  needs: 'send',
  answers: { 204: Type.Null() },
  run: async (call) => {
    await (await visible(call, outboxOf(call))).turn(notesIn(call));
    return noContent;
  },
});

export const outboxRoutes: readonly AnyRoute[] = [
  postRecord,
  leaseRecords,
  ackRecords,
  releaseRecords,
  readPending,
  listDeadLetters,
  retryDeadLetters,
  purgeDeadLetters,
  turnOutbox,
];

/** One that is no number was never given: that is told as of one that has expired, by its own name. */
function leaseIn({ params: { leaseId: given = '' } }: Call): number {
  const id = Number(given);
  if (Number.isSafeInteger(id) && String(id) === given && id >= 0) return id;
  const text = `The lease "${given.slice(0, 100)}" was never given. Its records come again: drain anew.`;
  throw new TroupeError('LEASE_EXPIRED', text, { leaseId: given.slice(0, 100) });
}

function keyIn({ incoming }: Call): { readonly id?: string } {
  const id = incoming.header('idempotency-key');
  return id === undefined ? {} : { id };
}

function notesIn(call: Call): NoteOptions {
  return { ...keyIn(call), by: call.access.by };
}
