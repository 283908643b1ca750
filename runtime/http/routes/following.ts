/**
 * Streams: one actor, rows of many, all facts. `id` is where a reader goes on that lost its connection, sent
 * back as `Last-Event-ID` by a browser, or as `?after`.
 */
import { Type } from 'typebox';
import { TroupeError } from '../../../actors/troupeError.ts';
import { labelsWithin } from '../access.ts';
import { feedOf } from '../../feed.ts';
import { frameOf, sharedFrameOf } from '../frame.ts';
import { noContent } from '../incoming.ts';
import type { Incoming } from '../incoming.ts';
import type { Notification } from '../../notification.ts';
import { notFound } from '../../history.ts';
import { refOf, stillVisible, visible } from '../reach.ts';
import { route } from '../route.ts';
import type { AnyRoute } from '../route.ts';
import { labels, seq, texts, time } from '../schemas.ts';
import { eventStream, streamed } from '../stream.ts';

const windowMs = Type.Integer({ minimum: 0, maximum: 60_000 });
const limit = Type.Integer({ minimum: 1 });

const streamActor: AnyRoute = route({
  name: 'streamActor',
  method: 'GET',
  path: '/v1/actors/{kind}/{id}/stream',
  summary: 'What becomes of an actor, as `facts`, or a `reset`; ends after the seal, or `limit` facts',
  needs: 'read',
  query: Type.Object({
    after: Type.Optional(seq),
    windowMs: Type.Optional(windowMs),
    maxBytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 16 * 1024 * 1024 })),
    /** It does end there; said by whoever counts on it. */
    until: Type.Optional(Type.Literal('sealed')),
    limit: Type.Optional(limit),
  }),
  answers: { 200: eventStream, 204: Type.Null() },
  run: async (call) => {
    const { limit: wanted = Infinity, until: _, after: asked, ...options } = call.query;
    const ref = await visible(call, refOf(call));
    const standing = await ref.opened.journal.last(ref.address);
    if (standing === undefined) throw notFound(ref.address);
    const resumed = seqIn(call.incoming);
    const after = resumed ?? asked;
    assertReached(ref.address, after, standing.seq);
    // Whoever comes back for what follows the seal is told to stay away: a browser would come back for ever.
    if (standing.sealed && resumed === standing.seq) return noContent;
    let facts = 0;
    let subscription: ReturnType<typeof ref.subscribe> | undefined;
    return streamed<Notification>(call, {
      open: (signal) => {
        const from = after === undefined ? {} : { after };
        subscription = ref.subscribe({ ...options, ...from, signal });
        subscription.isEncoded = true;
        return subscription;
      },
      told: (notification) => {
        facts += notification.facts.length;
        const frame = sharedFrameOf(subscription?.source, () =>
          frameOf({
            id: notification.to,
            event: notification.reset === undefined ? 'facts' : 'reset',
            data: notification,
          }),
        );
        return { frame, isLast: notification.sealed || facts >= wanted };
      },
      isVisible: stillVisible(ref),
    });
  },
});

const watchActors: AnyRoute = route({
  name: 'watchActors',
  method: 'GET',
  path: '/v1/watch',
  summary: 'Rows that a filter selects, and then what changes of them',
  needs: 'read',
  query: Type.Object({
    kind: Type.Optional(Type.String()),
    status: Type.Optional(
      Type.Union([Type.Literal('live'), Type.Literal('sealed'), Type.Literal('quarantined')]),
    ),
    tags: Type.Optional(texts),
    labels: Type.Optional(labels),
    parent: Type.Optional(Type.String()),
    since: Type.Optional(time),
    until: Type.Optional(time),
    windowMs: Type.Optional(windowMs),
  }),
  answers: { 200: eventStream },
  run: (call) => {
    const { labels: wanted, windowMs: ms, ...filter } = call.query;
    const { troupe } = call.desk;
    return streamed(call, {
      open: (signal) => {
        const options = { signal, ...(ms !== undefined && { windowMs: ms }) };
        const changes = troupe.watch({ ...filter, ...labelsWithin(call.access, wanted) }, options);
        return changes[Symbol.asyncIterator]();
      },
      told: (changes) => ({ frame: frameOf({ event: 'rows', data: changes }), isLast: false }),
    });
  },
});

const feedFacts: AnyRoute = route({
  name: 'feedFacts',
  method: 'GET',
  path: '/v1/feed',
  summary:
    'Every fact of every actor, at least once, in order per actor; ends with the commit that reaches `limit`',
  needs: 'read',
  query: Type.Object({
    after: Type.Optional(Type.String()),
    kind: Type.Optional(Type.String()),
    types: Type.Optional(texts),
    labels: Type.Optional(labels),
    limit: Type.Optional(limit),
  }),
  answers: { 200: eventStream },
  run: async (call) => {
    const { after: asked, labels: wanted, limit: most, ...filter } = call.query;
    const { troupe } = call.desk;
    const after = call.incoming.header('last-event-id') ?? asked;
    // What a cursor that leads nowhere is told, is told before the stream begins.
    if (after !== undefined) await troupe.opened.journal.tail(after, 1);
    return streamed(call, {
      open: (signal) => {
        const from = after === undefined ? {} : { after };
        const options = { ...filter, ...from, ...labelsWithin(call.access, wanted), signal };
        return feedOf(troupe.opened, options, most);
      },
      told: (page) => ({
        frame: frameOf({ id: page.cursor, event: 'feed', data: page }),
        isLast: false,
      }),
    });
  },
});

export const followingRoutes: readonly AnyRoute[] = [streamActor, watchActors, feedFacts];

function seqIn(incoming: Incoming): number | undefined {
  const text = incoming.header('last-event-id');
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const refused = 'Last-Event-ID is the id of the last event that was read: a seq.';
  throw new TroupeError('INVALID_OPTION', refused, { option: 'last-event-id' });
}

function assertReached(address: string, after: number | undefined, last: number): void {
  if (after === undefined || after <= last) return;
  const text = `${address} has facts 1 to ${last}: nothing comes after ${after} yet.`;
  throw new TroupeError('NOT_FOUND', text, { address, last });
}
