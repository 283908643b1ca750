/**
 * The digest of an outbox: what came and what became of it, folded from its facts. What still waits is added
 * when it is sealed, from the book: at most so many records by name, all of them by number.
 */
import type { Fact } from '../fact.ts';
import { limits } from './limits.ts';
import type { OutboxContext } from './machine.ts';
import type { MoveRefused, OutboxEvent, Post } from './vocabulary.ts';

export interface Waiting {
  readonly ready: number;
  readonly leased: number;
  readonly dead: number;
  /** The oldest of them. */
  readonly records: readonly { readonly position: number; readonly child: string; readonly kind: string }[];
}

export interface OutboxDigest {
  readonly schema: 1;
  readonly seq: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly posted: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly received: number;
  readonly moved: number;
  /** Of those: the other outbox did not take them. */
  readonly movedBack: number;
  readonly drains: number;
  readonly acked: number;
  readonly released: number;
  readonly expired: number;
  readonly quarantined: number;
  readonly retried: number;
  readonly purged: number;
  /** Once it is sealed. */
  readonly waiting?: Waiting;
}

type Counter =
  | 'received'
  | 'moved'
  | 'movedBack'
  | 'drains'
  | 'acked'
  | 'released'
  | 'expired'
  | 'quarantined';

const start: OutboxDigest = {
  schema: 1,
  seq: 0,
  firstAt: 0,
  lastAt: 0,
  posted: 0,
  byKind: {},
  received: 0,
  moved: 0,
  movedBack: 0,
  drains: 0,
  acked: 0,
  released: 0,
  expired: 0,
  quarantined: 0,
  retried: 0,
  purged: 0,
};

function fold(digest: OutboxDigest, { seq, at, event }: Fact): OutboxDigest {
  const next = { ...digest, seq, firstAt: digest.seq === 0 ? at : digest.firstAt, lastAt: at };
  const timer = (event as { readonly timer?: unknown }).timer;
  if (event.type === 'timer.fired' && String(timer).startsWith('lease.')) return counted(next, 'expired', 1);
  // The machine accepted it; other words of the host fall through.
  return folded(next, event as OutboxEvent | MoveRefused);
}

function folded(digest: OutboxDigest, event: OutboxEvent | MoveRefused): OutboxDigest {
  switch (event.type) {
    case 'outbox.post':
      return withPost(digest, event);
    case 'outbox.receive':
      return event.records.reduce(withPost, counted(digest, 'received', event.records.length));
    case 'outbox.move':
      return counted(digest, 'moved', event.positions.length);
    case 'send.refused':
      return counted(digest, 'movedBack', event.event.records.length);
    case 'outbox.drain':
      return counted(digest, 'drains', 1);
    case 'outbox.ack':
      return counted(digest, 'acked', new Set(event.positions).size);
    case 'outbox.release':
      return counted(digest, 'released', 1);
    case 'outbox.quarantine':
      return counted(digest, 'quarantined', 1);
    case 'outbox.retry':
      return { ...digest, retried: digest.retried + new Set(event.positions).size };
    case 'outbox.purge':
      return { ...digest, purged: digest.purged + new Set(event.positions).size };
    default:
      return digest;
  }
}

function withPost(digest: OutboxDigest, { kind }: Post): OutboxDigest {
  const byKind = { ...digest.byKind, [kind]: (digest.byKind[kind] ?? 0) + 1 };
  return { ...digest, posted: digest.posted + 1, byKind };
}

function counted(digest: OutboxDigest, name: Counter, by: number): OutboxDigest {
  return { ...digest, [name]: digest[name] + by };
}

/** What is still owed belongs into the seal. */
function sealed(
  digest: OutboxDigest,
  { context: { book } }: { readonly context: OutboxContext },
): OutboxDigest {
  const leased = Object.values(book.leases).flat();
  const records = [...leased, ...book.ready.flat(), ...book.dead]
    .toSorted((a, b) => a.position - b.position)
    .slice(0, limits.sealed)
    .map(({ position, child, kind }) => ({ position, child: child.slice(0, 128), kind }));
  const waiting = { ready: book.readyCount, leased: book.leasedCount, dead: book.dead.length, records };
  return { ...digest, waiting };
}

export const outboxFold = { schema: 1, start: (): OutboxDigest => start, fold, sealed };
