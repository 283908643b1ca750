/**
 * What a subscriber has missed, from the journal in the callers' thread: the actor's worker takes no part.
 */
import { TroupeError } from '../actors/troupeError.ts';
import type { Commit, Reached } from '../storage/commit.ts';
import type { Journal } from '../storage/journal.ts';
import type { Pending } from './backlog.ts';
import { unpack } from '../storage/values.ts';
import type { BodyOf } from '../storage/values.ts';
import { bodiesOf, bytesOf } from './notification.ts';
import type { WireFact } from './protocol.ts';

const pageFacts = 256;
const nowhere: Reached = { paths: [], tags: [] };

export interface Missed {
  readonly address: string;
  /** Inclusive, both. */
  readonly from: number;
  readonly to: number;
  readonly maxBytes: number;
  /** Where the actor stood before `from`, if that is known. */
  readonly reached: Reached | undefined;
}

/** The first page of what was missed: one fact at least, no more than the bytes allow. */
export async function missedPage(journal: Journal, missed: Missed): Promise<Pending> {
  const { address, from, to } = missed;
  const { commits } = await journal.read(address, { after: from - 1, before: to + 1, limit: pageFacts });
  const page: Page = { facts: [], bodies: [], to: from - 1, sealed: false, bytes: 0 };
  let reached = missed.reached ?? (await reachedBefore(journal, address, from, commits[0]));
  for (const commit of commits) {
    const bodyOf = await bodiesOf(journal, address, commit.bodies);
    const isWhole = take(page, commit, missed, bodyOf);
    if (page.to >= commit.to) reached = commit.reached ?? reached;
    if (!isWhole) break;
  }
  const { facts, bodies, sealed } = page;
  const { paths: state, tags } = reached;
  // Retention or erasing may have taken facts: the range goes on behind them.
  return { from, to: commits.length === 0 ? to : page.to, facts, bodies, state, tags, sealed };
}

interface Page {
  readonly facts: WireFact[];
  readonly bodies: string[];
  to: number;
  sealed: boolean;
  bytes: number;
}

/** False: the page is full. */
function take(page: Page, commit: Commit, { from, to, maxBytes }: Missed, bodyOf?: BodyOf): boolean {
  for (const { seq, at, event, id, by, trace } of commit.facts) {
    if (seq < from || seq > to) continue;
    if (event !== undefined) {
      const fact: WireFact = [seq, seq, at, event, id, by, trace];
      const bytes = bytesOf([fact]) + (bodyOf === undefined ? 0 : bodyBytesOf(event, bodyOf));
      if (page.bytes + bytes > maxBytes && page.to >= from) return false;
      page.bytes += bytes;
      page.facts.push(fact);
    }
    page.to = seq;
  }
  page.bodies.push(...commit.bodies);
  page.sealed = commit.seal !== undefined && page.to === commit.to;
  return true;
}

/** Large leaves lie beside the commit; only reading the event tells which are its own. */
function bodyBytesOf(event: Uint8Array, bodyOf: BodyOf): number {
  let bytes = 0;
  unpack(event, (hash) => {
    const body = bodyOf(hash);
    bytes += body?.length ?? 0;
    return body;
  });
  return bytes;
}

/** A commit tells its state only where that changed: looked for backwards. */
async function reachedBefore(
  journal: Journal,
  address: string,
  from: number,
  first: Commit | undefined,
): Promise<Reached> {
  if (first?.reached !== undefined && first.seq >= from) return nowhere;
  for (let before: number | undefined = from; before !== undefined;) {
    const { commits, next } = await journal.read(address, { before, reverse: true, limit: pageFacts });
    const told = commits.find(({ reached }) => reached !== undefined);
    if (told?.reached !== undefined) return told.reached;
    before = next?.before;
  }
  // What told it was erased, or is gone: as it is now.
  const row = (await journal.last(address))?.row;
  return row === undefined ? nowhere : { paths: row.state, tags: row.tags };
}

/** What a reader asks for from `next` on is not there yet. */
export function ahead(address: string, head: number, next: number): TroupeError {
  const text = `${address} has facts 1 to ${head}: nothing comes after ${next - 1} yet.`;
  return new TroupeError('NOT_FOUND', text, { address, last: head });
}
