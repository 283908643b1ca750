/**
 * The bodies of an outbox's records: they are not in its context but in its own history, read when they are
 * handed out.
 */
import type { Entry } from '../actors/outbox/queue.ts';
import type { MoveRefused, OutboxEvent, Received } from '../actors/outbox/vocabulary.ts';
import { isTroupeError } from '../actors/troupeError.ts';
import type { Fact } from '../actors/fact.ts';
import type { outbox } from './builtIn.ts';
import type { Ref } from './ref.ts';

/** What a child has to tell, as its parent gets it. */
export interface OutboxRecord extends Partial<Omit<Received, 'type' | 'kind' | 'was'>> {
  readonly position: number;
  readonly child: string;
  readonly childSeq: number;
  readonly kind: string;
  /** When it was posted. */
  readonly at: number;
  /** How often it was delivered before. */
  readonly attempts: number;
  readonly redelivered: boolean;
  /** News of the same kind that it stands for, itself included; absent: one. */
  readonly count?: number;
  readonly firstChildSeq?: number;
  /** The outbox's fact that holds it. */
  readonly seq: number;
  /** As it was posted. */
  readonly post: Received;
  /** @internal Under which id. */
  readonly sentAs?: string;
}

export interface Unreadable {
  readonly entry: Entry;
  readonly reason: string;
}

export interface Read {
  /** In the order of their positions. */
  readonly records: readonly OutboxRecord[];
  readonly unreadable: readonly Unreadable[];
}

type Telling = Fact<OutboxEvent | MoveRefused>;

/** The facts that bring records. */
const bringing: ReadonlySet<string> = new Set(['outbox.post', 'outbox.receive', 'send.refused']);

/** Facts between two records that are read along rather than asked for apart. */
const gapMax = 16;

export async function readRecords(ref: Ref<typeof outbox>, entries: readonly Entry[]): Promise<Read> {
  const records: OutboxRecord[] = [];
  const unreadable: Unreadable[] = [];
  for (const stretch of stretchesOf(entries)) {
    const facts = await factsOf(ref, stretch);
    for (const entry of stretch) {
      const fact = facts instanceof Map ? facts.get(entry.seq) : undefined;
      const post = fact && postOf(fact.event, entry);
      if (fact !== undefined && post !== undefined) records.push(recordOf(entry, fact, post));
      else unreadable.push({ entry, reason: facts instanceof Map ? 'its bytes were erased' : facts });
    }
  }
  return { records: records.toSorted((a, b) => a.position - b.position), unreadable };
}

/** Records whose facts stand close together. */
function stretchesOf(entries: readonly Entry[]): Entry[][] {
  const stretches: Entry[][] = [];
  for (const entry of entries.toSorted((a, b) => a.seq - b.seq)) {
    const last = stretches.at(-1);
    if (last !== undefined && entry.seq - (last.at(-1)?.seq ?? 0) <= gapMax) last.push(entry);
    else stretches.push([entry]);
  }
  return stretches;
}

/** The facts by seq, or why they cannot be read; of several, each is tried alone. */
async function factsOf(
  ref: Ref<typeof outbox>,
  entries: readonly Entry[],
): Promise<Map<number, Telling> | string> {
  const [first, last] = [entries[0]?.seq ?? 0, entries.at(-1)?.seq ?? 0];
  const facts = new Map<number, Telling>();
  try {
    for await (const fact of ref.history({ after: first - 1, before: last + 1 })) {
      if (bringing.has(fact.event.type)) facts.set(fact.seq, fact as Telling);
    }
    return facts;
  } catch (error) {
    if (!isTroupeError(error, 'CORRUPT')) throw error;
    if (entries.length === 1) return error.message;
  }
  for (const entry of entries) {
    const one = await factsOf(ref, [entry]);
    if (one instanceof Map) for (const [seq, fact] of one) facts.set(seq, fact);
  }
  return facts;
}

function postOf(event: Telling['event'], { index }: Entry): Received | undefined {
  return recordsIn(event)[index ?? 0];
}

/** What a fact brought. */
export function recordsIn(event: Telling['event']): readonly Received[] {
  if (event.type === 'outbox.post') return [event];
  if (event.type === 'send.refused') return event.event.records;
  return event.type === 'outbox.receive' ? event.records : [];
}

function recordOf(
  { position, seq, attempts, count, firstChildSeq }: Entry,
  { at, id, event }: Telling,
  post: Received,
): OutboxRecord {
  const { type: _, was, ...fields } = post;
  const merged = count === undefined ? {} : { count, ...(firstChildSeq !== undefined && { firstChildSeq }) };
  const sentAs = event.type === 'outbox.post' ? id : was?.id;
  return {
    ...fields,
    position,
    at: was?.at ?? at,
    attempts,
    redelivered: attempts > 0,
    seq,
    post,
    ...(sentAs !== undefined && { sentAs }),
    ...merged,
  };
}
