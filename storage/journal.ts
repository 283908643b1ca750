/**
 * The journal port: one append-only history per actor. The conformance suite (conformance.ts) runs each of
 * these against every implementation; memory.ts is the reference.
 *   J1.  Sequence numbers of an actor are 1, 2, 3, … without gaps.
 *   J2.  An append is all or nothing, and durable once its promise resolves.
 *   J3.  An append with a commit whose first seq is not the next one changes nothing: CONFLICT.
 *   J4.  A sealed or forgotten address accepts no further commit: SEALED.
 *   J5.  After a failed write the writer refuses everything with the same error until `resume`: what the
 *        caller computed on top of the failed commits is void, and it must load its actors again. A refusal
 *        (J3, J4) changes nothing and stops nobody.
 *   J6.  A slot has one writer. A newer one ends the older: its appends fail with FENCED, for ever, and
 *        nothing of them is ever read. In one opening, an actor is written through one slot.
 *   J7.  Readers of this process see only what is durable, and see all of it: rows, due work, usage and the
 *        last commit agree with the history at every instant.
 *   J8.  A read is one page; nothing is held open between two pages.
 *   J9.  The tail gives every durable commit at least once, in order per actor, over owners, restarts and
 *        compaction. A cursor older than retention is CURSOR_GONE. A page ends behind the commit that made
 *        it as large as a page may be (where a compaction moved an actor's commits together: behind those).
 *   J10. What was erased is returned by no read, tail or later backup; hashes and counts stay, and the chain
 *        still verifies. The bytes leave the file with the next `compact` and reopening.
 *   J11. A snapshot is kept only with a history that reaches it; whoever reads one compares its chain.
 *   J12. Damaged bytes are CORRUPT or a valid prefix, never wrong data.
 */
import type { Address } from '../actors/address.ts';
import type { Commit, EncodedCommit, UsageEntry } from './commit.ts';
import type { BodyOf } from './values.ts';

/** What lists show of an actor. `at` orders rows: when it ended, or else when it started. */
export interface Row {
  readonly address: Address;
  readonly kind: string;
  readonly id: string;
  readonly seq: number;
  readonly status: 'live' | 'sealed';
  readonly state: readonly string[];
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly at: number;
  readonly startedAt: number;
  readonly lastAt: number;
  readonly endedAt?: number;
  readonly parent?: string;
  readonly title?: string;
  readonly costMicroUsd?: number;
  readonly asks?: readonly unknown[];
  /** What failed last, in short. */
  readonly error?: string;
}

/** The last durable commit of an actor, and what follows from it. */
export interface Standing {
  readonly address: Address;
  readonly seq: number;
  readonly sealed: boolean;
  readonly due: number | null;
  readonly row: Row;
  /** Facts up to here have lost their payload, or are gone altogether. */
  readonly erased?: Erased;
}

/** What an erasure took away. */
export interface Erased {
  readonly bodiesTo: number;
  readonly historyTo: number;
}

/** Which part of a history: `after` and `before` are exclusive seqs. */
export interface Range {
  readonly after?: number;
  readonly before?: number;
  readonly limit?: number;
  readonly reverse?: boolean;
}

/** Commits of one actor, in order, and where the page after them begins. */
export interface CommitPage {
  /** In the order asked for. The first or last may reach beyond the range: a commit is never cut. */
  readonly commits: readonly Commit[];
  /** The range of the next page; undefined at the end. */
  readonly next: Range | undefined;
}

/** A snapshot as stored: `chain` is the actor's chain after the commit that ends at `seq`. */
export interface StoredSnapshot {
  readonly address: Address;
  readonly seq: number;
  readonly chain: Uint8Array;
  readonly bytes: Uint8Array;
  /** When given: what the actor owes as of now, though no commit says so (a message was delivered). */
  readonly due?: number | null;
}

/** Filters join with and; `since` ≤ row.at < `until`. */
export interface RowQuery {
  readonly kind?: string;
  readonly status?: 'live' | 'sealed';
  readonly tags?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly parent?: string;
  readonly since?: number;
  readonly until?: number;
  readonly order?: 'newest' | 'oldest';
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** Rows in order, and where the page after them begins. */
export interface RowPage {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
}

/** Which due actors, and how many at once. */
export interface DueQuery {
  /** Shards to look at; absent: all. */
  readonly shards?: readonly number[];
  /** Due at this time or before; absent: all. */
  readonly until?: number;
  readonly limit?: number;
}

/** An actor that something is owed to, and since when. */
export interface Due {
  readonly at: number;
  readonly address: Address;
}

/** A place in the tail; opaque, and comparable with nothing. */
export type Cursor = string;

/** Commits of all actors, and the cursor behind them. */
export interface TailPage {
  readonly commits: readonly Commit[];
  readonly cursor: Cursor;
  /** Nothing durable lay beyond when the page was read. */
  readonly end: boolean;
}

/** Counters since this journal was opened. */
export interface JournalStats {
  readonly commits: number;
  readonly groups: number;
  readonly flushes: number;
  readonly bytes: number;
  /** Puts beside the log: rows, marks, snapshots, … */
  readonly otherPuts: number;
  readonly reads: number;
}

export interface Journal {
  readonly medium: string;
  /** The writer of a slot; the older writer of that slot, wherever it lives, is fenced (J6). */
  writer(slot: number): Promise<Writer>;
  read(address: Address, range?: Range): Promise<CommitPage>;
  last(address: Address): Promise<Standing | undefined>;
  /** The newest snapshot at or before `seq`. */
  snapshot(address: Address, seq?: number): Promise<StoredSnapshot | undefined>;
  /** The seal's bytes, as hashed. */
  seal(address: Address): Promise<Uint8Array | undefined>;
  bodies(address: Address, hashes: readonly string[]): Promise<BodyOf>;
  rows(query?: RowQuery): Promise<RowPage>;
  /** Who owes something, earliest first. */
  due(query?: DueQuery): Promise<readonly Due[]>;
  /** Counters of the hours [since, until), one entry an hour and key. */
  usage(since: number, until: number): Promise<readonly UsageEntry[]>;
  /** Commits after the cursor; without one from the beginning. */
  tail(cursor?: Cursor, limit?: number): Promise<TailPage>;
  stats(): JournalStats;
  close(): Promise<void>;
}

/** Appends to one slot: the only way to write. */
export interface Writer {
  readonly slot: number;
  /** J2–J6. One durable step for all of them, in this order; snapshots ride along. */
  append(commits: readonly EncodedCommit[], snapshots?: readonly StoredSnapshot[]): Promise<void>;
  /** After a failure: ready again, from what is durable. Rejects when the slot or the disk is lost. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** What keeps a journal small and safe; an ability of its own, because not every medium has it. */
export interface Upkeep {
  /** J10. `bodies`: payloads of all facts so far; `history`: the facts themselves. Seal and row stay. */
  erase(address: Address, what: 'bodies' | 'history'): Promise<void>;
  /** Retention: histories sealed before `historyBefore` go; before `rowBefore` their rows and seals too. */
  expire(bounds: ExpireBounds): Promise<Expired>;
  /** A copy beside the writers that opens as a directory of its own. */
  backup(path: string): Promise<{ readonly bytes: number }>;
  /** Moves old history into pages per actor and removes what was erased; the file shrinks when reopened. */
  compact(): Promise<{ readonly groups: number; readonly pages: number }>;
}

/** What is old enough to go, and how much of it at once. */
export interface ExpireBounds {
  readonly historyBefore?: number;
  readonly rowBefore?: number;
  /** Only what was sealed then or later is looked at: whoever goes through all in order has had the rest. */
  readonly since?: number;
  readonly limit?: number;
}

/** What has gone. */
export interface Expired {
  readonly histories: number;
  readonly rows: number;
  /** Of all of them. */
  readonly addresses: readonly Address[];
}
