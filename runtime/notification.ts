/**
 * What a subscriber gets, and how facts that crossed threads become it.
 */
import type { AnyEvent, Fact } from '../actors/fact.ts';
import type { Journal } from '../storage/journal.ts';
import { unpack } from '../storage/values.ts';
import type { BodyOf } from '../storage/values.ts';
import type { Pending } from './backlog.ts';
import type { WireFact, WireStanding } from './protocol.ts';

/** A contiguous range of facts; `from` is the end of the notification before, and one (P8). */
export interface Notification<E extends AnyEvent = AnyEvent> {
  readonly address: string;
  readonly from: number;
  readonly to: number;
  /** Oldest first; where the definition merges events, one may stand for several (`seq` to `to`). */
  readonly facts: readonly Fact<E>[];
  readonly state: readonly string[];
  readonly tags: readonly string[];
  /** The last one: the actor has ended. */
  readonly sealed: boolean;
  /** Instead of the facts of its range: where the actor stands after it. Whoever needs them reads history. */
  readonly reset?: Reset;
}

/** What was let go, and where the actor stands. */
export interface Reset {
  readonly seq: number;
  readonly state: readonly string[];
  readonly tags: readonly string[];
  /** Absent when it is larger than a reset may be; `digest()` has it. */
  readonly digest?: unknown;
}

export function factsOf<E extends AnyEvent>(
  facts: readonly WireFact[],
  bodies: BodyOf | undefined,
): Fact<E>[] {
  return facts.map(([seq, to, at, bytes, id, by, trace]) => ({
    seq,
    to,
    at,
    event: unpack(bytes, bodies) as E, // The host sends events of the definition.
    ...(id !== undefined && { id }),
    ...(by !== undefined && { by }),
    ...(trace !== undefined && { trace }),
  }));
}

/** The facts of what waited; `shared`: their reader changes nothing, and has them with all such readers. */
export function pendingFacts<E extends AnyEvent>(
  { facts, source }: Pending,
  bodies: BodyOf | undefined,
  shared: boolean,
): readonly Fact<E>[] {
  if (!shared || source === undefined) return factsOf<E>(facts, bodies);
  source.unpacked ??= factsOf(facts, bodies);
  return source.unpacked as readonly Fact<E>[]; // Of the same actor.
}

export async function bodiesOf(
  journal: Journal,
  address: string,
  hashes: readonly string[],
): Promise<BodyOf | undefined> {
  return hashes.length === 0 ? undefined : journal.bodies(address, hashes);
}

export function resetOf({ seq, state, tags, digest }: WireStanding, maxBytes: number): Reset {
  if (digest === undefined || digest.length > maxBytes) return { seq, state, tags };
  return { seq, state, tags, digest: unpack(digest) };
}

/** How much a fact weighs in a subscriber's buffer. */
export function bytesOf(facts: readonly WireFact[]): number {
  let bytes = 0;
  for (const fact of facts) bytes += fact[3].length + factBytes;
  return bytes;
}

/** Of a fact beside its event. */
const factBytes = 64;
