/**
 * Reading a memory journal: each function cuts one page out of what is there now.
 */
import { crc32 } from 'node:zlib';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Commit } from '../commit.ts';
import { decodeCommit } from '../commitCodec.ts';
import type { CommitPage, Cursor, Due, Range, Row, RowPage, RowQuery, TailPage } from '../journal.ts';
import { pageBytesMax, pageFactsMax } from '../limits.ts';
import { isSelected } from '../row.ts';
import { weightOf } from '../weight.ts';
import type { Entry, Memory } from './medium.ts';

const rowsPageMax = 100;

/** Commits with a fact strictly between `after` and `before`, up to the page's bounds. */
export function pageOf(entries: readonly Entry[], range: Range): CommitPage {
  const { after = 0, before = Infinity, reverse = false } = range;
  const limit = Math.min(range.limit ?? pageFactsMax, pageFactsMax);
  const factsIn = ({ seq, to }: Entry): number => Math.min(to, before - 1) - Math.max(seq, after + 1) + 1;
  const reached = entries.filter((entry) => factsIn(entry) > 0);
  if (reverse) reached.reverse();
  const page: Entry[] = [];
  let facts = 0;
  let bytes = 0;
  for (const entry of reached) {
    bytes += entry.record.length;
    if (facts >= limit || (page.length > 0 && bytes > pageBytesMax)) break;
    facts += factsIn(entry);
    page.push(entry);
  }
  const last = page.at(-1);
  const commits = page.map(commitOf);
  if (last === undefined || page.length === reached.length) return { commits, next: undefined };
  return { commits, next: reverse ? { ...range, before: last.seq } : { ...range, after: last.to } };
}

/** J12: what append stored is what read finds. */
function commitOf({ address, seq, record, crc }: Entry): Commit {
  if (crc32(record) === crc) return decodeCommit(record);
  const text = `The commit of ${address} at seq ${seq} has a wrong checksum.`;
  throw new TroupeError('CORRUPT', text, { address, seq });
}

/** The rows a query selects, after its cursor. */
export function rowPageOf(all: readonly Row[], query: RowQuery): RowPage {
  const newest = (query.order ?? 'newest') === 'newest';
  const limit = query.limit ?? rowsPageMax;
  const selected = all.filter((row) => isSelected(row, query)).toSorted(byTime);
  if (newest) selected.reverse();
  const after = query.after === undefined ? undefined : (JSON.parse(query.after) as Due);
  const isBeyond = (row: Row): boolean => {
    if (after === undefined) return true;
    return newest ? byTime(row, after) < 0 : byTime(row, after) > 0;
  };
  const beyond = selected.filter(isBeyond);
  const rows = beyond.slice(0, limit);
  const last = rows.at(-1);
  if (last === undefined || rows.length === beyond.length) return { rows, next: undefined };
  return { rows, next: JSON.stringify({ at: last.at, address: last.address } satisfies Due) };
}

/** Rows and due work are in the order of time, then of address. */
export function byTime(a: Due, b: Due): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.address === b.address) return 0;
  return a.address < b.address ? -1 : 1;
}

/** J9. */
export function tailOf({ log, expiredTo }: Memory, cursor: Cursor, limit: number): TailPage {
  const start = Number(cursor);
  if (!Number.isSafeInteger(start)) {
    throw new TroupeError('INVALID_OPTION', `"${cursor.slice(0, 40)}" is no cursor of this journal.`, {
      option: 'cursor',
      cursor,
    });
  }
  if (cursor !== '' && start < expiredTo) {
    const text = 'This cursor is older than the retention of the journal. Start again from `details.oldest`.';
    throw new TroupeError('CURSOR_GONE', text, { oldest: String(expiredTo) });
  }
  const commits: Commit[] = [];
  let next = start;
  let bytes = 0;
  for (; next < log.length && commits.length < limit && bytes < pageBytesMax; next++) {
    const entry = log[next];
    if (entry === undefined) continue;
    const commit = commitOf(entry);
    commits.push(commit);
    bytes += weightOf(commit);
  }
  return { commits, cursor: String(next), end: next >= log.length };
}
