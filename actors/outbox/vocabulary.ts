/**
 * What an outbox is told: one TypeBox schema an event is the source of its type, of the check at the door and
 * of the documentation. Fields that a schema does not name are allowed and kept.
 */
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { event, words } from '../schemaPieces.ts';
import { limits } from './limits.ts';

const count = Type.Integer({ minimum: 0 });
const child = Type.String({ minLength: 1, maxLength: 512 });
const positions = Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: limits.drain });

/** What a child has to tell. Final kinds come once; of the others only the newest may matter. */
const kind = words(
  'finished',
  'failed',
  'stopped',
  'crashed',
  'attention',
  'permission',
  'waiting',
  'custom',
);

const told = {
  child,
  /** Of the child's fact that this is about. */
  childSeq: count,
  kind,
  summary: Type.Optional(Type.String()),
  outcome: Type.Optional(Type.String()),
  costMicroUsd: Type.Optional(count),
  result: Type.Optional(Type.Unknown()),
  sealHash: Type.Optional(Type.String()),
};
const post = event('outbox.post', told);

/** A record that stood in another outbox, and what that one knew of it. */
const received = event('outbox.post', {
  ...told,
  was: Type.Optional(
    Type.Object({
      at: count,
      /** Of the send that posted it: sent again to where it stands now, it is known. */
      id: Type.Optional(Type.String()),
      count: Type.Optional(count),
      firstChildSeq: Type.Optional(count),
    }),
  ),
});

/** The schema of each event, by its type. */
export const vocabulary = {
  'outbox.post': post,
  /** What another outbox had of a child that works for this one now. */
  'outbox.receive': event('outbox.receive', {
    from: child,
    records: Type.Array(received, { minItems: 1, maxItems: limits.drain }),
  }),
  'outbox.drain': event('outbox.drain', {
    max: Type.Integer({ minimum: 1, maximum: limits.drain }),
    leaseMs: Type.Integer({ minimum: 1, maximum: limits.leaseMs }),
    /** At most so many drains with records in a row, until `outbox.turn`. */
    maxConsecutive: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Deliveries, this one included, after which what nobody acknowledged is a dead letter. */
    maxAttempts: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.attemptsMax })),
  }),
  'outbox.ack': event('outbox.ack', { leaseId: count, positions }),
  'outbox.release': event('outbox.release', {
    leaseId: count,
    /** Not before so long. */
    retryMs: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.leaseMs })),
    /** Nobody looked at them: this was no delivery. */
    untouched: Type.Optional(Type.Boolean()),
  }),
  /** The parent had a turn of its own: what it may drain in a row is counted anew. */
  'outbox.turn': event('outbox.turn', {}),
  /** It cannot be read: out of the way of the rest. */
  'outbox.quarantine': event('outbox.quarantine', {
    position: count,
    reason: Type.String({ maxLength: 1024 }),
  }),
  'outbox.retry': event('outbox.retry', { positions }),
  'outbox.purge': event('outbox.purge', { positions }),
  'outbox.move': event('outbox.move', {
    child,
    /** Another outbox's address. */
    to: Type.String({ minLength: 1 }),
    positions,
    records: Type.Array(received, { minItems: 1, maxItems: limits.drain }),
  }),
  'outbox.seal': event('outbox.seal', {}),
};

export type OutboxEventType = keyof typeof vocabulary;
export type OutboxEventOf<T extends OutboxEventType> = Static<(typeof vocabulary)[T]>;
export type OutboxEvent = { [T in OutboxEventType]: OutboxEventOf<T> }[OutboxEventType];
export type Post = OutboxEventOf<'outbox.post'>;
export type Received = Static<typeof received>;

/** A lease came to its end; only the outbox's own timer says so. */
export interface LeaseExpired {
  readonly type: 'outbox.expired';
  readonly leaseId: number;
}

/** The host's word: the outbox that records were moved to does not take them. */
export interface MoveRefused {
  readonly type: 'send.refused';
  readonly to: string;
  readonly event: OutboxEventOf<'outbox.receive'>;
  readonly code: string;
}
