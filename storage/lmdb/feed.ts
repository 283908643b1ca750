/**
 * The tail of the whole journal: every durable commit after a cursor, slot by slot, in the order of each
 * log. What compaction has moved is given from its pages, batch by batch, so that no cursor meets a hole.
 *   cursor = for each slot: the last group given; inside a compacted batch also the last address given
 *   F1. A history that went on in another slot is given in its own order: a slot waits where it continues
 *       what another has not given yet. Commits depend on earlier ones only, so somebody always goes on.
 */
import type { Address } from '../../actors/address.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Commit } from '../commit.ts';
import { decodeCommit } from '../commitCodec.ts';
import type { Cursor, TailPage } from '../journal.ts';
import { pageBytesMax, slotsMax } from '../limits.ts';
import { weightOf } from '../weight.ts';
import type { Environment } from './environment.ts';
import { erasureOf } from './erasures.ts';
import { entriesOf, nowhere, readPosition } from './group.ts';
import type { GroupEntry, Position } from './group.ts';
import { holed } from './heads.ts';
import { withoutPayload } from './history.ts';
import { addressKey, logKey, logNumberOf } from './keys.ts';
import { metaNumber } from './meta.ts';
import { pageEntriesOf, pageHolding } from './pages.ts';

interface Place {
  n: number;
  /** Set while a compacted batch is being given: up to and with this address it was. */
  address?: Address;
  /** What retention had taken by then: only what it took since is missing. */
  expired?: number;
}

const limitDefault = 1000;
const groupsPerSlot = 64;

/** `edge` tells the last group of a slot that may be shown. */
export function readFeed(
  environment: Environment,
  edge: (slot: number) => number,
  cursor: Cursor | undefined,
  limit = limitDefault,
): TailPage {
  const feed: Feed = { environment, places: placesOf(cursor), commits: [], limit, bytes: 0 };
  const edges = Array.from({ length: slotsMax }, (_, slot) => edge(slot));
  edges.forEach((last, slot) => {
    if (last > 0) visit(feed, slot, last, cursor === undefined);
  });
  for (let progress = true; progress && !isFull(feed);) {
    progress = false;
    edges.forEach((last, slot) => {
      const place = feed.places.get(slot) ?? { n: 0 };
      if (isAtEnd(place, last) || isFull(feed)) return;
      if (giveSlot(feed, slot, place, last)) progress = true;
    });
  }
  const end = edges.every((last, slot) => isAtEnd(feed.places.get(slot) ?? { n: 0 }, last));
  return { commits: feed.commits, cursor: cursorOf(feed.places), end };
}

/** One page being filled. */
interface Feed {
  readonly environment: Environment;
  readonly places: Map<number, Place>;
  readonly commits: Commit[];
  readonly limit: number;
  bytes: number;
}

function isFull({ commits, limit, bytes }: Feed): boolean {
  return commits.length >= limit || bytes >= pageBytesMax;
}

function isAtEnd({ n, address }: Place, last: number): boolean {
  return n >= last && address === undefined;
}

/** Whether the place has moved; it stays where it must wait (F1). */
function giveSlot(feed: Feed, slot: number, place: Place, last: number): boolean {
  const before = { ...place };
  const compacted = metaNumber(feed.environment, 'compacted', slot);
  while (place.n < compacted || place.address !== undefined) {
    if (isFull(feed)) return true;
    if (!giveBatch(feed, slot, place, compacted)) return isMoved(before, place);
  }
  giveGroups(feed, slot, place, last);
  return isMoved(before, place);
}

function isMoved(before: Place, { n, address }: Place): boolean {
  return n !== before.n || address !== before.address;
}

function giveGroups(feed: Feed, slot: number, place: Place, last: number): void {
  const { environment } = feed;
  const range = { start: logKey(slot, place.n + 1), end: logKey(slot, last + 1), limit: groupsPerSlot };
  for (const { key, value } of environment.tables.log.range(range)) {
    const n = logNumberOf(key);
    if (n !== place.n + 1) throw gap(slot, place.n, n);
    const entries = [...entriesOf(value)];
    if (!entries.every(({ previous, address }) => isGiven(feed, slot, previous, address))) return;
    for (const entry of entries) give(feed, value, entry);
    place.n = n;
    if (isFull(feed)) return;
  }
  if (place.n < last && environment.tables.log.get(logKey(slot, place.n + 1)) === undefined)
    throw gap(slot, place.n, last);
}

/** Whether the commit at `previous`, in another slot, was given before. */
function isGiven(feed: Feed, slot: number, previous: Position, address: Address): boolean {
  if (previous.n === 0 || previous.slot === slot) return true;
  const place = feed.places.get(previous.slot) ?? { n: 0 };
  if (place.n < previous.n) return false;
  if (place.address === undefined || place.address >= address) return true;
  // Inside a batch: it was given if an earlier batch held it.
  const range = { start: logKey(previous.slot, previous.n), end: logKey(previous.slot, place.n), limit: 1 };
  for (const _ of feed.environment.tables.moved.keys(range)) return true;
  return false;
}

/** The next actor of the batch that compaction made of the groups after the place; false where it waits. */
function giveBatch(feed: Feed, slot: number, place: Place, compacted: number): boolean {
  const { environment } = feed;
  const start =
    place.address === undefined
      ? logKey(slot, place.n + 1)
      : Buffer.concat([logKey(slot, place.n), addressKey(place.address), Buffer.from([0])]);
  // What lies behind the mark is a compaction on its way.
  const range = { start, end: logKey(slot, compacted + 1), limit: 1 };
  for (const { key, value } of environment.tables.moved.range(range)) {
    const n = logNumberOf(key);
    if (place.address !== undefined && n !== place.n) break;
    const address = key.toString('latin1', 7);
    const previous = value.length > 12 ? readPosition(value, 12) : nowhere;
    if (!isGiven(feed, slot, previous, address)) return false;
    giveMoved(feed, address, value.readUIntBE(0, 6), value.readUIntBE(6, 6));
    place.n = n;
    place.address = address;
    return true;
  }
  // The batch is given: the place stands behind it, no longer inside.
  if (place.address === undefined) place.n = compacted;
  else delete place.address;
  return true;
}

function giveMoved(feed: Feed, address: Address, from: number, to: number): void {
  const { environment } = feed;
  for (let next = Math.max(from, erasureOf(environment, address).historyTo + 1); next <= to;) {
    const page = pageHolding(environment, address, next);
    if (page === undefined) throw holed(address, next - 1, to);
    for (const entry of pageEntriesOf(page)) {
      if (entry.to < next || entry.seq > to) continue;
      give(feed, page, entry);
      next = entry.to + 1;
    }
  }
}

function give(feed: Feed, bytes: Buffer, entry: GroupEntry): void {
  const erasure = erasureOf(feed.environment, entry.address);
  if (entry.to <= erasure.historyTo) return;
  const stored = decodeCommit(Buffer.from(bytes.subarray(entry.record, entry.end)));
  const commit = entry.to <= erasure.bodiesTo ? withoutPayload(stored) : stored;
  feed.commits.push(commit);
  feed.bytes += weightOf(commit);
}

/** The place in a slot as of now. What retention has taken since the cursor was given was never given. */
function visit({ environment, places }: Feed, slot: number, last: number, isFirst: boolean): void {
  const place = places.get(slot) ?? { n: 0 };
  const expired = metaNumber(environment, 'expired', slot);
  const isKept = isFirst || isAtEnd(place, last) || expired <= Math.max(place.n, place.expired ?? 0);
  const now = { ...place, expired };
  places.set(slot, now);
  if (isKept) return;
  const oldest = new Map(places);
  oldest.set(slot, { n: expired, expired });
  const text = 'This cursor is older than the retention of the journal. Start again from `details.oldest`.';
  throw new TroupeError('CURSOR_GONE', text, { oldest: cursorOf(oldest) });
}

function gap(slot: number, n: number, next: number): TroupeError {
  const text = `The log of slot ${slot} has a gap between group ${n} and ${next}. Restore a backup.`;
  return new TroupeError('CORRUPT', text, { slot, n, next });
}

function cursorOf(places: ReadonlyMap<number, Place>): Cursor {
  const list = [...places].map(([slot, { n, address, expired }]) => [slot, n, address ?? null, expired ?? 0]);
  return Buffer.from(JSON.stringify(list)).toString('base64url');
}

function placesOf(cursor: Cursor | undefined): Map<number, Place> {
  if (cursor === undefined) return new Map();
  type Stored = [number, number, string | null, number];
  try {
    const list = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Stored[];
    return new Map(
      list.map(([slot, n, address, expired]) => {
        if (![slot, n, expired].every(Number.isSafeInteger)) throw new RangeError('no place');
        return [slot, address === null ? { n, expired } : { n, expired, address }];
      }),
    );
  } catch (error) {
    const text = `"${cursor.slice(0, 40)}" is not a cursor of this journal's tail.`;
    throw new TroupeError('INVALID_OPTION', text, { option: 'cursor', cursor }, error);
  }
}
