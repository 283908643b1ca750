/**
 * Lists over the directory: the index entries of one question in time order, and over them the rows that are
 * still in the tails. The most telling filter chooses the index; the rest is looked at row by row.
 */
import type { Address } from '../../actors/address.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Row, RowPage, RowQuery } from '../journal.ts';
import { isSelected } from '../row.ts';
import type { Environment } from './environment.ts';
import { Head } from './head.ts';
import { isNewer } from './heads.ts';
import { addressKey, directoryPrefix, timeOf } from './keys.ts';
import type { Tail } from './tail.ts';

const limitMax = 1000;
/** Index entries looked at for one page: a filter that finds nothing must not hold the thread. */
const scanMax = 20_000;

interface Place {
  readonly at: number;
  readonly address: Address;
}

export function listRows(environment: Environment, tails: Iterable<Tail>, query: RowQuery): RowPage {
  const newest = (query.order ?? 'newest') === 'newest';
  const limit = Math.min(query.limit ?? 100, limitMax);
  const after = query.after === undefined ? undefined : placeOf(query.after);
  const isBefore = (a: Place, b: Place) => (newest ? comparePlaces(b, a) < 0 : comparePlaces(a, b) < 0);
  const fresh = freshRows(environment, tails);
  const overlay = [...fresh.values()]
    .filter((row) => isSelected(row, query) && (after === undefined || isBefore(after, row)))
    .toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
  const rows: Row[] = [];
  let scanned = 0;
  let last: Place | undefined;
  let i = 0;
  for (const place of indexed(environment, query, newest, after)) {
    while (rows.length < limit && i < overlay.length && isBefore(overlay[i] as Row, place))
      rows.push(overlay[i++] as Row);
    if (rows.length >= limit || ++scanned > scanMax) return { rows, next: cursorOf(rows.at(-1) ?? last) };
    last = place;
    if (fresh.has(place.address)) continue;
    const bytes = environment.tables.actors.view(addressKey(place.address));
    const row = bytes === undefined ? undefined : Head.from(place.address, bytes).row;
    if (row !== undefined && isSelected(row, query)) rows.push(row);
  }
  while (rows.length < limit && i < overlay.length) rows.push(overlay[i++] as Row);
  return { rows, next: i < overlay.length || rows.length >= limit ? cursorOf(rows.at(-1)) : undefined };
}

/** Rows that are newer in a tail than in the table. */
function freshRows(environment: Environment, tails: Iterable<Tail>): Map<Address, Row> {
  const rows = new Map<Address, Row>();
  for (const tail of tails) {
    for (const { address, row } of tail.dirty) {
      if (row !== undefined && row.seq > (rows.get(address)?.seq ?? 0)) rows.set(address, row);
    }
  }
  for (const [address, row] of rows) {
    if (!isNewer(environment, address, row.seq)) rows.delete(address);
  }
  return rows;
}

function* indexed(
  environment: Environment,
  query: RowQuery,
  newest: boolean,
  after?: Place,
): Generator<Place> {
  const prefix = directoryPrefix(prefixOf(query));
  const low = Buffer.concat([prefix, u48(timeOf(query.since ?? 0))]);
  const high = Buffer.concat([
    prefix,
    query.until === undefined ? Buffer.alloc(7, 0xff) : u48(timeOf(query.until)),
  ]);
  const place =
    after === undefined
      ? undefined
      : Buffer.concat([prefix, u48(timeOf(after.at)), addressKey(after.address)]);
  const range = newest
    ? { start: earlier(place, high), end: low, reverse: true }
    : { start: later(place, low), end: high };
  for (const key of environment.tables.directory.keys(range)) {
    // The start of either direction is inclusive, and the place itself was given already.
    if (place?.equals(key) === true || (newest && key.compare(high) >= 0)) continue;
    const at = key.readUIntBE(prefix.length, 6);
    yield { at, address: key.toString('latin1', prefix.length + 6) };
  }
}

function earlier(place: Buffer | undefined, high: Buffer): Buffer {
  return place !== undefined && place.compare(high) < 0 ? place : high;
}

function later(place: Buffer | undefined, low: Buffer): Buffer {
  return place !== undefined && place.compare(low) > 0 ? place : low;
}

/** The index with the fewest entries to look at, by experience. */
function prefixOf({ parent, labels, tags, kind, status }: RowQuery): string {
  if (parent !== undefined) return `p${parent}`;
  const [label] = Object.entries(labels ?? {});
  if (label !== undefined) return `l${label[0]}=${label[1]}`;
  const [tag] = tags ?? [];
  if (tag !== undefined) return `t${tag}`;
  if (kind !== undefined) return `k${kind}`;
  return status === undefined ? 'a' : `s${status}`;
}

function comparePlaces(a: Place, b: Place): number {
  const [x, y] = [timeOf(a.at), timeOf(b.at)];
  if (x !== y) return x - y;
  if (a.address === b.address) return 0;
  return a.address < b.address ? -1 : 1;
}

function u48(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(6);
  bytes.writeUIntBE(value, 0, 6);
  return bytes;
}

function cursorOf(place: Place | undefined): string | undefined {
  if (place === undefined) return undefined;
  return Buffer.from(JSON.stringify([place.at, place.address])).toString('base64url');
}

function placeOf(cursor: string): Place {
  try {
    const [at, address] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [number, string];
    if (typeof at === 'number' && typeof address === 'string') return { at, address };
  } catch {
    // Told below, like any other text that is no cursor.
  }
  throw new TroupeError('INVALID_OPTION', `"${cursor.slice(0, 40)}" is not a cursor of a list.`, {
    option: 'cursor',
    cursor,
  });
}
