/**
 * The bodies of an outbox's records: they are not in its context but in its own history, read when they are
 * handed out.
 */
import type { Entry } from '../actors/outbox/queue.ts';
import type { OutboxEvent, Post } from '../actors/outbox/vocabulary.ts';
import { isTroupeError } from '../actors/troupeError.ts';
import type { Fact } from '../actors/fact.ts';
import type { outbox } from './builtIn.ts';
import type { Ref } from './ref.ts';

/** What a child has to tell, as its parent gets it. */
export interface OutboxRecord extends Partial<Omit<Post, 'type' | 'kind'>> {
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
  readonly post: Post;
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
      if (fact !== undefined && post !== undefined) records.push(recordOf(entry, fact.at, post));
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
): Promise<Map<number, Fact<OutboxEvent>> | string> {
  const [first, last] = [entries[0]?.seq ?? 0, entries.at(-1)?.seq ?? 0];
  const facts = new Map<number, Fact<OutboxEvent>>();
  try {
    const types = ['outbox.post', 'outbox.receive'] as const;
    for await (const fact of ref.history({ after: first - 1, before: last + 1, types }))
      facts.set(fact.seq, fact);
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

function postOf(event: OutboxEvent, { index }: Entry): Post | undefined {
  if (event.type === 'outbox.post') return event;
  return event.type === 'outbox.receive' ? event.records[index ?? 0] : undefined;
}

function recordOf(
  { position, seq, attempts, count, firstChildSeq }: Entry,
  at: number,
  post: Post,
): OutboxRecord {
  const { type: _, ...fields } = post;
  const merged = count === undefined ? {} : { count, ...(firstChildSeq !== undefined && { firstChildSeq }) };
  return { ...fields, position, at, attempts, redelivered: attempts > 0, seq, post, ...merged };
}
