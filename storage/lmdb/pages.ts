/**
 * Pages: compacted history of one actor, contiguous, in order. Key = address ‖ 0 ‖ first seq.
 *   page = format u8 ‖ 2 u8 ‖ count u16 ‖ entries, as in a group
 * A page without entries does not exist.
 */
import type { Address } from '../../actors/address.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Environment } from './environment.ts';
import { entryAt, groupHeadBytes } from './group.ts';
import type { GroupEntry } from './group.ts';
import { afterAddress, seqKey, seqOf } from './keys.ts';

const pageHead = Buffer.from([1, 2, 0, 0]);

export function pageOf(entries: readonly Buffer[]): Buffer {
  return Buffer.concat([pageHead, ...entries]);
}

/** The entries of a page, each checked. */
export function* pageEntriesOf(page: Buffer): Generator<GroupEntry> {
  if (page[0] !== pageHead[0] || page[1] !== pageHead[1]) {
    throw new TroupeError('CORRUPT', 'A page of history has no known format. Restore a backup.', {});
  }
  for (let offset = groupHeadBytes; offset < page.length;) {
    const entry = entryAt(page, offset);
    yield entry;
    offset = entry.end;
  }
}

/** The page that holds `seq`, if compaction has moved it. */
export function pageHolding(environment: Environment, address: Address, seq: number): Buffer | undefined {
  const last = lastPage(environment, address, seq);
  if (last === undefined) return undefined;
  let to = 0;
  for (const entry of pageEntriesOf(last.page)) to = entry.to;
  return to >= seq ? last.page : undefined;
}

/** The last page that begins at or before `seq`. */
export function lastPage(
  environment: Environment,
  address: Address,
  seq: number,
): { readonly seq: number; readonly page: Buffer } | undefined {
  const range = { start: seqKey(address, seq), end: seqKey(address, 0), reverse: true, limit: 1 };
  for (const { key, value } of environment.tables.pages.range(range)) return { seq: seqOf(key), page: value };
  return undefined;
}

/** First seqs of all pages of an actor. */
export function pageSeqs(environment: Environment, address: Address): number[] {
  const range = { start: seqKey(address, 0), end: afterAddress(address) };
  return [...environment.tables.pages.keys(range)].map(seqOf);
}
