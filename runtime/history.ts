/**
 * Reading what is recorded, in the callers' thread: page by page from the journal, nothing held in between.
 * Facts whose payload was erased are passed over; events are told as they were recorded, whatever version of
 * the machine they were sent to.
 */
import { TroupeError } from '../actors/troupeError.ts';
import type { AnyEvent, Fact } from '../actors/fact.ts';
import type { StoredFact } from '../storage/commit.ts';
import type { CommitPage, Journal, Range } from '../storage/journal.ts';
import { unpack } from '../storage/values.ts';
import { assertBound, assertNames, assertOneOf, assertTexts } from './invalidOption.ts';
import type { BodyOf } from '../storage/values.ts';

/** Which part of a history, and in which direction. */
export interface HistoryOptions<T extends string = string> {
  /** Exclusive, both. */
  readonly after?: number;
  readonly before?: number;
  readonly limit?: number;
  /** Newest first. */
  readonly reverse?: boolean;
  /** Only events of these types; the others are read, and left out. */
  readonly types?: readonly T[];
}

/** The facts of one actor; `NOT_FOUND` when it has no history. */
export async function* historyOf(
  journal: Journal,
  address: string,
  options: HistoryOptions = {},
): AsyncGenerator<Fact, void, undefined> {
  assertHistoryOptions(options);
  await assertKnown(journal, address);
  const { after = 0, before = Infinity, limit = Infinity, reverse = false } = options;
  const types = options.types === undefined ? undefined : new Set(options.types);
  let range: Range = {
    after,
    reverse,
    ...(before !== Infinity && { before }),
    ...(limit !== Infinity && types === undefined && { limit }),
  };
  let left = limit;
  while (left > 0) {
    const page = await journal.read(address, range);
    const bodies = await bodiesOf(journal, address, page);
    for (const stored of storedIn(page, reverse)) {
      // A page may reach beyond its range: commits are never cut.
      if (stored.seq <= after || stored.seq >= before || stored.event === undefined) continue;
      const fact = factOf(stored, stored.event, bodies);
      if (types?.has(fact.event.type) === false) continue;
      yield fact;
      if (--left === 0) return;
    }
    if (page.next === undefined) return;
    range = page.next;
  }
}

const names: Readonly<Record<keyof HistoryOptions, true>> = {
  after: true,
  before: true,
  limit: true,
  reverse: true,
  types: true,
};

function assertHistoryOptions(options: HistoryOptions): void {
  assertNames('history', options, names);
  for (const name of ['after', 'before', 'limit'] as const) assertBound(name, options[name]);
  assertOneOf('reverse', options.reverse, [true, false]);
  assertTexts('types', options.types);
}

/** Throws `NOT_FOUND` unless the address has a history: reading never makes one. */
export async function assertKnown(journal: Journal, address: string): Promise<void> {
  if ((await journal.last(address)) === undefined) throw notFound(address);
}

export function notFound(address: string): TroupeError {
  const text = `${address} has no history. An actor is born by the first event it accepts.`;
  return new TroupeError('NOT_FOUND', text, { address });
}

function storedIn({ commits }: CommitPage, reverse: boolean): readonly StoredFact[] {
  return commits.flatMap(({ facts }) => (reverse ? facts.toReversed() : facts));
}

async function bodiesOf(
  journal: Journal,
  address: string,
  { commits }: CommitPage,
): Promise<BodyOf | undefined> {
  const hashes = commits.flatMap(({ bodies }) => bodies);
  return hashes.length === 0 ? undefined : journal.bodies(address, hashes);
}

/** A stored fact as its readers get it. */
export function factOf(
  { seq, at, id, by, trace }: StoredFact,
  event: Uint8Array,
  bodies: BodyOf | undefined,
): Fact {
  return {
    seq,
    to: seq,
    at,
    event: unpack(event, bodies) as AnyEvent, // Only events are stored as events.
    ...(id !== undefined && { id }),
    ...(by !== undefined && { by }),
    ...(trace !== undefined && { trace }),
  };
}
