/**
 * Pages of one actor's history. The log is walked backwards, from the nearest mark after the page or from
 * the head; what compaction has moved is read forwards from its pages. Nothing stays open between two calls.
 */
import type { Address } from '../../actors/address.ts';
import type { Commit } from '../commit.ts';
import { decodeCommit } from '../commitCodec.ts';
import type { CommitPage, Range } from '../journal.ts';
import { pageBytesMax, pageFactsMax } from '../limits.ts';
import type { Environment } from './environment.ts';
import { erasureOf } from './erasures.ts';
import type { Erasure } from './erasures.ts';
import { entryIn, readPosition } from './group.ts';
import type { GroupEntry } from './group.ts';
import type { Head, Mark } from './head.ts';
import { holed } from './heads.ts';
import { afterAddress, logKey, seqKey, seqOf } from './keys.ts';
import { lastPage, pageEntriesOf } from './pages.ts';

/** What a walk holds at once: some pages of history. */
const walkBytesMax = 4 * pageBytesMax;

/** One page of `range`, which ends where the head is. */
export function readHistory(environment: Environment, head: Head, range: Range): CommitPage {
  const limit = Math.min(range.limit ?? pageFactsMax, pageFactsMax);
  const erasure = erasureOf(environment, head.address);
  const from = Math.max(range.after ?? 0, erasure.historyTo) + 1;
  const to = Math.min((range.before ?? Infinity) - 1, head.seq);
  if (from > to || limit < 1) return { commits: [], next: undefined };
  const reading = new Reading(environment, head, erasure, limit);
  const commits = range.reverse === true ? reading.backward(from, to) : reading.forward(from, to);
  assertWhole(head.address, commits, range.reverse === true ? { to } : { from });
  const last = commits.at(-1);
  if (last === undefined) return { commits, next: undefined };
  if (range.reverse === true) {
    const next = last.seq > from ? { ...range, before: last.seq } : undefined;
    return { commits, next };
  }
  return { commits, next: last.to < to ? { ...range, after: last.to } : undefined };
}

class Reading {
  readonly #environment: Environment;
  readonly #head: Head;
  readonly #address: Address;
  readonly #erasure: Erasure;
  readonly #limit: number;

  constructor(environment: Environment, head: Head, erasure: Erasure, limit: number) {
    this.#environment = environment;
    this.#head = head;
    this.#address = head.address;
    this.#erasure = erasure;
    this.#limit = limit;
  }

  /** Commits that reach into [from, to], oldest first, until the page is full. */
  forward(from: number, to: number): Commit[] {
    const commits = this.#pagesForward(from, to);
    const last = Math.min(to, from + this.#limit - 1);
    let next = (commits.at(-1)?.to ?? from - 1) + 1;
    let bytes = bytesOf(commits);
    // From mark to mark: from behind `last`, a page of large commits would be found by reading many.
    for (const start of this.#startsFrom(next, last)) {
      if (bytes >= pageBytesMax) break;
      const walked = this.#walk(start, next, last, 'oldest').toReversed();
      bytes += bytesOf(walked);
      next = (walked.at(-1)?.to ?? next - 1) + 1;
      commits.push(...walked);
    }
    return cut(commits);
  }

  /** Commits that reach into [from, to], newest first. */
  backward(from: number, to: number): Commit[] {
    const lowest = Math.max(from, to - this.#limit + 1);
    const commits = this.#walk(this.#start(to), lowest, to, 'newest');
    const first = commits.at(-1)?.seq ?? to + 1;
    if (first <= lowest) return cut(commits);
    const moved = this.#pagesForward(lowest, first - 1).toReversed();
    return cut([...commits, ...moved]);
  }

  /**
   * Walks the log back from a place at or behind `to`; ends below `from`, or where compaction has taken the
   * log away. Of more than a page can hold it keeps the end that is asked for.
   */
  #walk(start: Mark, from: number, to: number, kept: 'oldest' | 'newest'): Commit[] {
    const commits: Commit[] = [];
    let { position, seq } = start;
    let bytes = 0;
    while (seq >= from && position.n > 0) {
      const group = this.#environment.tables.log.view(logKey(position.slot, position.n));
      if (group === undefined) break;
      const entry = entryIn(group, position.offset, this.#address, seq);
      if (entry.seq <= to) {
        commits.push(this.#commit(group, entry));
        bytes += entry.end - entry.record;
        if (bytes > walkBytesMax && kept === 'newest') break;
        while (bytes > walkBytesMax && commits.length > 1) bytes -= recordBytesOf(commits.shift());
      }
      seq = entry.seq - 1;
      position = entry.previous;
    }
    return commits;
  }

  /** The nearest known place at or behind `to`: a mark, or the head. */
  #start(to: number): Mark {
    for (const start of this.#startsFrom(to, to)) return start;
    return this.#head;
  }

  /** The known places at or behind `from`, oldest first, up to the first at or behind `to`. */
  *#startsFrom(from: number, to: number): Generator<Mark> {
    let next = from;
    const { marks: fresh } = this.#head;
    // Those that are still in memory come behind all that are rows, or are the same.
    if (next <= to && (fresh[0]?.seq ?? Infinity) > next) {
      const range = { start: seqKey(this.#address, next), end: afterAddress(this.#address) };
      for (const { key, value } of this.#environment.tables.marks.range(range)) {
        const mark = { seq: seqOf(key), position: readPosition(value, 0) };
        yield mark;
        next = mark.seq + 1;
        if (next > to) return;
      }
    }
    for (const mark of fresh) {
      if (mark.seq < next) continue;
      yield mark;
      next = mark.seq + 1;
      if (next > to) return;
    }
    if (next <= to) yield this.#head;
  }

  #pagesForward(from: number, to: number): Commit[] {
    const commits: Commit[] = [];
    let next = from;
    let bytes = 0;
    while (next <= to && next - from < this.#limit && bytes < pageBytesMax) {
      const page = lastPage(this.#environment, this.#address, next)?.page;
      if (page === undefined) break;
      const first = next;
      // One pass: to look for the page's end beforehand would check every entry twice.
      for (const entry of pageEntriesOf(page)) {
        if (entry.to < next) continue;
        if (entry.seq > to || next - from >= this.#limit) return commits;
        commits.push(this.#commit(page, entry));
        bytes += entry.end - entry.record;
        next = entry.to + 1;
      }
      // It ends before `next`: what follows still stands in the log.
      if (next === first) break;
    }
    return commits;
  }

  /** A commit of its own bytes: the group may be overwritten by the next read. */
  #commit(bytes: Buffer, entry: GroupEntry): Commit {
    const commit = decodeCommit(Buffer.from(bytes.subarray(entry.record, entry.end)));
    return entry.to <= this.#erasure.bodiesTo ? withoutPayload(commit) : commit;
  }
}

/** What a reader sees of a commit that was erased and is not yet rewritten. */
export function withoutPayload(commit: Commit): Commit {
  const { row: _row, ...rest } = commit;
  const facts = commit.facts.map((fact) => ({ ...fact, event: undefined }));
  const hash = commit.payloadHash();
  return { ...rest, facts, intents: [], bodies: [], erased: true, payloadHash: () => hash };
}

/** As many commits as a page may hold, at least one. */
function cut(commits: Commit[]): Commit[] {
  let bytes = 0;
  const end = commits.findIndex((commit) => (bytes += sizeOf(commit)) > pageBytesMax);
  return end < 0 ? commits : commits.slice(0, Math.max(1, end));
}

/** J12: what LMDB gives although its pages are damaged may be a part; no hole is ever passed over. */
function assertWhole(
  address: Address,
  commits: readonly Commit[],
  edge: { readonly from?: number; readonly to?: number },
): void {
  const { from = 0, to = 0 } = edge;
  let next = to === 0 ? from : to;
  if (commits.length === 0) throw holed(address, from - 1, to);
  for (const commit of commits) {
    if (commit.seq > next || commit.to < next) throw holed(address, next - 1, commit.seq);
    next = to === 0 ? commit.to + 1 : commit.seq - 1;
  }
}

function recordBytesOf(commit: Commit | undefined): number {
  return commit === undefined ? 0 : commit.header.length + sizeOf(commit);
}

function bytesOf(commits: readonly Commit[]): number {
  return commits.reduce((sum, commit) => sum + sizeOf(commit), 0);
}

function sizeOf(commit: Commit): number {
  return commit.facts.reduce((sum, fact) => sum + (fact.event?.length ?? 0), commit.header.length);
}
