/**
 * What an outbox answers: after a drain its lease, after anything else how much waits. Pure, so that whoever
 * asks again is told the same.
 */
import type { Book } from './book.ts';
import type { OutboxContext, OutboxMachineEvent } from './machine.ts';
import type { Entry } from './queue.ts';

export interface Leased {
  readonly leaseId: number;
  readonly entries: readonly Entry[];
}

export interface OutboxReply {
  readonly ready: number;
  readonly leased: number;
  readonly dead: number;
  readonly lease?: Leased;
}

export function outboxReply(
  event: { readonly type: string },
  _before: unknown,
  { context: { book } }: { readonly context: OutboxContext },
): OutboxReply {
  const counts = countsOf(book);
  if (event.type !== 'outbox.drain') return counts;
  return { ...counts, lease: { leaseId: book.newest, entries: book.leases[book.newest] ?? [] } };
}

/** The sends whose records a move brought. */
export function outboxIds(event: OutboxMachineEvent): readonly string[] {
  return event.type === 'outbox.receive' ? event.records.flatMap(({ was }) => was?.id ?? []) : [];
}

export function countsOf({ readyCount, leasedCount, dead }: Book): OutboxReply {
  return { ready: readyCount, leased: leasedCount, dead: dead.length };
}
