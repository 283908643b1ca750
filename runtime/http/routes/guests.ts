/**
 * Guests: machines that apps run by themselves and tell of, in the words of Stately's inspection protocol.
 * They live in the memory of this server, and go with it. The paths are those of actors, as far as guests
 * have what actors have; who sees a part of the actors sees none of them.
 */
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { TroupeError } from '../../../actors/troupeError.ts';
import type { Guest } from '../../guests/guest.ts';
import { watchGuests } from '../../guests/watchGuests.ts';
import type { GuestChanges } from '../../guests/watchGuests.ts';
import { inspected } from '../../stately/inspected.ts';
import type { InspectedFilter } from '../../stately/inspected.ts';
import type { StatelyInspection } from '../../stately/protocol.ts';
import { assertWhole, labelsWithin } from '../access.ts';
import { frameOf } from '../frame.ts';
import { json } from '../incoming.ts';
import { inspectionsMax, pageDefault, pageMax } from '../limits.ts';
import { route } from '../route.ts';
import type { AnyRoute, Call } from '../route.ts';
import { anything, fact, labels, row, seq, snapshot } from '../schemas.ts';
import { eventStream, streamed } from '../stream.ts';

const status = Type.Union([Type.Literal('live'), Type.Literal('ended'), Type.Literal('left')]);
const guestRow = Type.Object({ ...row.properties, status });
const name = Type.String({ minLength: 1, maxLength: 100 });

const inspectionQuery = Type.Object({
  kind: Type.Optional(Type.String()),
  id: Type.Optional(Type.String()),
  labels: Type.Optional(labels),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageMax })),
  /** Of an app that tells of machines of its own. */
  name: Type.Optional(name),
  /** For who can set no headers: a browser's WebSocket. */
  token: Type.Optional(Type.String()),
});
export type InspectionQuery = Static<typeof inspectionQuery>;

export const openInspection = route({
  name: 'openInspection',
  method: 'GET',
  path: '/v1/inspect',
  summary: "Actors in the words of Stately's inspection protocol; over a WebSocket, guests are told of, too",
  needs: 'read',
  query: inspectionQuery,
  answers: {
    101: { content: 'application/json', about: 'A WebSocket: one event a message, either way' },
    200: { content: 'text/event-stream', about: 'Without an upgrade: what is told, as server-sent events' },
  },
  run: (call) =>
    streamed<StatelyInspection>(call, {
      open: (signal) => inspected(call.desk.troupe, inspectedFilter(call), signal),
      told: (told) => ({ frame: frameOf({ event: 'inspection', data: told }), isLast: false }),
    }),
});

/** Which actors a reader wants, of those they may see. */
export function inspectedFilter({
  access,
  query,
}: Pick<Call<InspectionQuery>, 'access' | 'query'>): InspectedFilter {
  const { kind, id, limit, labels: wanted } = query;
  return {
    ...(kind !== undefined && { kind }),
    ...(id !== undefined && { id }),
    ...(limit !== undefined && { limit }),
    ...labelsWithin(access, wanted),
  };
}

const tellGuests: AnyRoute = route({
  name: 'tellGuests',
  method: 'POST',
  path: '/v1/guests',
  summary:
    "What became of an app's own machines, as events of @statelyai/inspect; troupe/inspect sends these",
  needs: 'send',
  body: Type.Object({
    /** Unique to the app's process, or page. */
    sender: name,
    /** As it is shown. */
    name: Type.Optional(name),
    events: Type.Array(anything, { maxItems: inspectionsMax }),
    /** Events that were dropped before they were sent, so far. */
    dropped: Type.Optional(Type.Integer({ minimum: 0 })),
    /** Nothing more is to come. */
    isLast: Type.Optional(Type.Boolean()),
  }),
  answers: {
    200: Type.Object({
      /** Actors whose `@xstate.actor` is wanted. */
      unknown: Type.Array(Type.String()),
      refused: Type.Integer({ description: 'So many were nothing of the protocol, or had no room' }),
    }),
  },
  run: ({ desk, access, body }) => {
    assertServed(desk);
    assertWhole(access);
    // Nobody speaks for a WebSocket.
    const key = `app ${body.sender}`;
    const taken = desk.guests.take(key, body.name, body.events, body.dropped);
    if (body.isLast === true) desk.guests.left(key);
    return json(taken);
  },
});

const listGuests: AnyRoute = route({
  name: 'listGuests',
  method: 'GET',
  path: '/v1/guests',
  summary: 'Rows of guests',
  needs: 'whole',
  answers: { 200: Type.Object({ items: Type.Array(guestRow) }) },
  run: ({ desk }) => json({ items: desk.guests.rows() }),
});

const watchRows: AnyRoute = route({
  name: 'watchGuests',
  method: 'GET',
  path: '/v1/guests/watch',
  summary: 'Rows of guests, and then what changes of them',
  needs: 'whole',
  answers: { 200: eventStream },
  run: (call) =>
    streamed<GuestChanges>(call, {
      open: (signal) => watchGuests(call.desk.guests, signal),
      told: (changes) => ({ frame: frameOf({ event: 'rows', data: changes }), isLast: false }),
    }),
});

const readMoments: AnyRoute = route({
  name: 'readGuestEvents',
  method: 'GET',
  path: '/v1/guests/{kind}/{id}/events',
  summary: 'The last events of a guest',
  needs: 'whole',
  query: Type.Object({
    after: Type.Optional(seq),
    before: Type.Optional(seq),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageMax })),
    reverse: Type.Optional(Type.Boolean()),
  }),
  answers: { 200: Type.Object({ items: Type.Array(fact), head: seq }) },
  run: (call) => {
    const guest = guestOf(call);
    const { limit = pageDefault, ...range } = call.query;
    return json({ items: guest.facts({ ...range, limit }), head: guest.head });
  },
});

const readGuestSnapshot: AnyRoute = route({
  name: 'readGuestSnapshot',
  method: 'GET',
  path: '/v1/guests/{kind}/{id}/snapshot',
  summary: 'Where a guest stands, or stood after the event `at`',
  needs: 'whole',
  query: Type.Object({ at: Type.Optional(Type.Integer({ minimum: 1 })) }),
  answers: { 200: Type.Object({ ...snapshot.properties, status }) },
  run: (call) => json(guestOf(call).snapshot(call.query.at)),
});

export const guestRoutes: readonly AnyRoute[] = [
  openInspection,
  tellGuests,
  listGuests,
  watchRows,
  readMoments,
  readGuestSnapshot,
];

/** `NOT_FOUND` when it is gone. */
export function guestOf({ desk, params }: Pick<Call, 'desk' | 'params'>): Guest {
  assertServed(desk);
  return desk.guests.get(`${params['kind'] ?? ''}/${params['id'] ?? ''}`);
}

/** Guests are there to be looked at. */
function assertServed({ inspector }: Call['desk']): void {
  if (inspector !== 'off') return;
  throw new TroupeError('INVALID_REQUEST', 'This server does not serve the inspector.', { status: 404 });
}
