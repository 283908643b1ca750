/**
 * The statechart of an outbox: what children owe a parent, until it is acknowledged. Its regions are few
 * because its book (book.ts) says the rest; guards are named for what they say.
 */
import { assign, enqueueActions, setup } from 'xstate';
import {
  acked,
  areDead,
  areReady,
  drained,
  ended,
  holds,
  isKnown,
  leaseOfOnly,
  moved,
  posted,
  purged,
  quarantined,
  received,
  retried,
  sizeOf,
  startBook,
} from './book.ts';
import type { Book } from './book.ts';
import { limits } from './limits.ts';
import type { LeaseExpired, MoveRefused, OutboxEvent } from './vocabulary.ts';

export interface OutboxContext {
  readonly book: Book;
}

export type OutboxMachineEvent = OutboxEvent | LeaseExpired | MoveRefused;

interface Args {
  readonly context: OutboxContext;
  readonly event: OutboxMachineEvent;
}

/** The seq of the fact that a step is for; the host gives it with every step. */
export function seqOf(self: unknown): number {
  return (self as { readonly seq?: number }).seq ?? 0;
}

const timerOf = (leaseId: number): string => `lease.${leaseId}`;
/** Instead of it, once a lease was given back for later. */
const pauseOf = (leaseId: number): string => `pause.${leaseId}`;

/** The book after an event that changes it. */
function after({ book }: OutboxContext, event: OutboxMachineEvent, seq: number): Book {
  switch (event.type) {
    case 'outbox.post':
      return posted(book, event, seq);
    case 'outbox.receive':
      return received(book, event.records, seq);
    case 'outbox.drain':
      return drained(book, event, seq);
    case 'outbox.ack':
      return acked(book, event.leaseId, event.positions);
    case 'outbox.release':
      return event.retryMs === undefined ? ended(book, event.leaseId, event.untouched ? 0 : 1) : book;
    case 'outbox.expired':
      return ended(book, event.leaseId);
    case 'outbox.turn':
      return { ...book, consecutive: 0 };
    case 'outbox.quarantine':
      return quarantined(book, event.position, event.reason);
    case 'outbox.retry':
      return retried(book, event.positions);
    case 'outbox.purge':
      return purged(book, event.positions);
    case 'outbox.move':
      return moved(book, event.positions);
    case 'send.refused':
      return received(book, event.event.records, seq);
    default:
      return book;
  }
}

const guards = {
  'there is room': ({ context: { book }, event }: Args) =>
    sizeOf(book) + (event.type === 'outbox.receive' ? event.records.length : 1) <= limits.records,
  'records wait, and the budget is not spent': ({ context: { book }, event }: Args) =>
    event.type === 'outbox.drain' &&
    book.readyCount > 0 &&
    book.consecutive < (event.maxConsecutive ?? Infinity),
  'the lease is live': ({ context: { book }, event }: Args) =>
    event.type === 'outbox.ack'
      ? holds(book, event.leaseId, event.positions)
      : 'leaseId' in event && book.leases[event.leaseId] !== undefined,
  'the record is known': ({ context: { book }, event }: Args) =>
    event.type === 'outbox.quarantine' && isKnown(book, event.position),
  'they are dead letters': ({ context: { book }, event }: Args) =>
    (event.type === 'outbox.retry' || event.type === 'outbox.purge') && areDead(book, event.positions),
  'they wait, of that child': ({ context: { book }, event }: Args) =>
    event.type === 'outbox.move' &&
    event.positions.length === event.records.length &&
    areReady(book, event.child, event.positions),
};

export const outboxMachine = setup({
  types: { context: {} as OutboxContext, events: {} as OutboxMachineEvent },
  guards,
  actions: {
    book: assign({ book: ({ context, event, self }) => after(context, event, seqOf(self)) }),
    'watch the lease': enqueueActions(({ event, self, enqueue }) => {
      if (event.type !== 'outbox.drain') return;
      const leaseId = seqOf(self);
      enqueue.raise({ type: 'outbox.expired', leaseId }, { id: timerOf(leaseId), delay: event.leaseMs });
    }),
    'let go of what is over': enqueueActions(({ context: { book }, event, enqueue }) => {
      if (!('leaseId' in event) || book.leases[event.leaseId] !== undefined) return;
      enqueue.cancel(timerOf(event.leaseId));
      enqueue.cancel(pauseOf(event.leaseId));
    }),
    'let go of its lease': enqueueActions(({ context: { book }, event, enqueue }) => {
      if (event.type !== 'outbox.quarantine') return;
      const leaseId = leaseOfOnly(book, event.position);
      if (leaseId === undefined) return;
      enqueue.cancel(timerOf(leaseId));
      enqueue.cancel(pauseOf(leaseId));
    }),
    'expire later': enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'outbox.release' || event.retryMs === undefined) return;
      const { leaseId, retryMs } = event;
      enqueue.cancel(timerOf(leaseId));
      enqueue.raise({ type: 'outbox.expired', leaseId }, { id: pauseOf(leaseId), delay: retryMs });
    }),
    'pass on': enqueueActions(({ event, self, enqueue }) => {
      if (event.type !== 'outbox.move') return;
      const { to, records } = event;
      const passed = { type: 'outbox.receive', from: self.id, records };
      // The types of an action within `setup` cannot name one beside it.
      (enqueue as unknown as (action: object) => void)({
        type: 'troupe.send',
        params: { to, event: passed },
      });
    }),
    // The host takes it: nothing is called.
    'troupe.send': (_, _params: { readonly to: string; readonly event: object }) => undefined,
  },
}).createMachine({
  id: 'outbox',
  context: { book: startBook },
  initial: 'open',
  states: {
    open: {
      on: {
        'outbox.post': { guard: 'there is room', actions: 'book' },
        'outbox.receive': { guard: 'there is room', actions: 'book' },
        'outbox.drain': {
          guard: 'records wait, and the budget is not spent',
          actions: ['book', 'watch the lease'],
        },
        'outbox.ack': { guard: 'the lease is live', actions: ['book', 'let go of what is over'] },
        'outbox.release': {
          guard: 'the lease is live',
          actions: ['book', 'let go of what is over', 'expire later'],
        },
        'outbox.expired': { guard: 'the lease is live', actions: 'book' },
        'outbox.turn': { actions: 'book' },
        'outbox.quarantine': {
          guard: 'the record is known',
          actions: ['let go of its lease', 'book'],
        },
        'outbox.retry': { guard: 'they are dead letters', actions: 'book' },
        'outbox.purge': { guard: 'they are dead letters', actions: 'book' },
        'outbox.move': { guard: 'they wait, of that child', actions: ['pass on', 'book'] },
        // They have been here before, so that no bound keeps them out.
        'send.refused': { actions: 'book' },
        'outbox.seal': 'sealed',
      },
    },
    sealed: { type: 'final', tags: ['final', 'completed'] },
  },
});
