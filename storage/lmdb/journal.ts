/**
 * The journal on LMDB. The process that owns a directory opens it once; its other threads join with what
 * `share` gives, and all clamp their reads to the flushed position of each slot, which they share (J7).
 */
import { chmodSync, mkdirSync } from 'node:fs';
import type { Address } from '../../actors/address.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import { sha256 } from '../chain.ts';
import type { UsageEntry } from '../commit.ts';
import type { CommitPage, Cursor, Due, DueQuery, ExpireBounds, Expired, Journal } from '../journal.ts';
import type { JournalStats, Range } from '../journal.ts';
import type { RowPage, RowQuery, Standing, StoredSnapshot, TailPage, Upkeep, Writer } from '../journal.ts';
import { mapBytesDefault, slotsMax } from '../limits.ts';
import type { BodyOf } from '../values.ts';
import { compactLogs, scrubLogs } from './compact.ts';
import { listRows } from './directory.ts';
import { listDue } from './due.ts';
import { Environment } from './environment.ts';
import { erasureOf, lookForErasures, newErasuresWord } from './erasures.ts';
import type { ErasuresWord } from './erasures.ts';
import { readFeed } from './feed.ts';
import { Gate, newGateWord } from './gate.ts';
import type { GateWord } from './gate.ts';
import type { Head } from './head.ts';
import { Heads } from './heads.ts';
import type { Flushed } from './heads.ts';
import { readHistory } from './history.ts';
import { addressKey, bodyKey, logKey, seqMax } from './keys.ts';
import { putMeta, readMeta } from './meta.ts';
import { assertOwner, leaveDirectory, livingOwner, takeDirectory } from './owner.ts';
import type { Owner } from './owner.ts';
import { shrink } from './shrink.ts';
import { newestSnapshot } from './snapshots.ts';
import { backUp, eraseActor, expireActors, finishErasures, hasErasures } from './upkeep.ts';
import { listUsage } from './usage.ts';
import { entryIn } from './group.ts';
import type { Fence } from './group.ts';
import { decodeCommit } from '../commitCodec.ts';
import { backUpBeside } from './backupBeside.ts';
import { SlotWriter } from './writer.ts';

export interface LmdbOptions {
  readonly directory: string;
  /** Address space for the data file; it costs nothing until used. */
  readonly mapBytes?: number;
  /** Beside a living owner: never writes, and may see the last group before it is flushed. */
  readonly readOnly?: boolean;
  /** Take the directory although its record names an owner: only when that one is known to be gone. */
  readonly force?: boolean;
}

/** What another thread of the owning process needs to join; plain data that crosses threads. */
export interface LmdbShare {
  readonly directory: string;
  readonly mapBytes: number;
  readonly flushed: Flushed;
  readonly owner: Owner;
  readonly gate: GateWord;
  readonly erasures: ErasuresWord;
}

export class LmdbJournal implements Journal, Upkeep {
  readonly medium = 'lmdb';
  readonly #environment: Environment;
  readonly #heads: Heads;
  readonly #flushed: Flushed | undefined;
  readonly #share: LmdbShare | undefined;
  readonly #gate: Gate | undefined;
  readonly #owns: boolean;
  readonly #writers = new Map<number, SlotWriter>();
  readonly #stats = { commits: 0, groups: 0, bytes: 0 };
  #closed = false;

  constructor(environment: Environment, share?: LmdbShare, gate?: Gate, owns = false) {
    this.#environment = environment;
    this.#share = share;
    this.#gate = gate;
    this.#flushed = share?.flushed;
    this.#owns = owns;
    this.#heads = new Heads(environment, this.#flushed);
    // The end of a process ends its threads wherever they are.
    if (owns && gate !== undefined) process.once('exit', gate.shut);
  }

  /** For the other threads of this process. */
  share(): LmdbShare {
    if (this.#share === undefined) throw this.#readOnly();
    return this.#share;
  }

  /**
   * Runs `work`, which ends other threads of this process (`worker.terminate()`), while none of them is
   * inside
   * a transaction: one that is ended there keeps the write lock for ever.
   */
  async quietly<T>(work: () => Promise<T>): Promise<T> {
    if (this.#gate === undefined) throw this.#readOnly();
    return this.#gate.quietly(work);
  }

  async writer(slot: number): Promise<Writer> {
    this.#assertOpen();
    if (this.#share === undefined) throw this.#readOnly();
    const { owner, flushed } = this.#share;
    const writer = new SlotWriter(this.#environment, this.#heads, flushed, slot, this.#stats);
    writer.take(fenceOf(owner));
    this.#writers.set(slot, writer);
    return writer;
  }

  async read(address: Address, range: Range = {}): Promise<CommitPage> {
    const head = this.#head(address);
    return head === undefined
      ? { commits: [], next: undefined }
      : readHistory(this.#environment, head, range);
  }

  async last(address: Address): Promise<Standing | undefined> {
    const head = this.#head(address);
    if (head?.row === undefined) return undefined;
    const { bodiesTo, historyTo } = erasureOf(this.#environment, address);
    const erased = bodiesTo > 0 ? { erased: { bodiesTo, historyTo } } : {};
    return { address, seq: head.seq, sealed: head.sealed, due: head.due, row: head.row, ...erased };
  }

  #head(address: Address): Head | undefined {
    this.#assertOpen();
    this.#heads.caughtUp();
    return this.#heads.head(address);
  }

  async snapshot(address: Address, seq = seqMax): Promise<StoredSnapshot | undefined> {
    this.#assertOpen();
    this.#environment.fresh();
    return newestSnapshot(this.#environment, address, seq);
  }

  async seal(address: Address): Promise<Uint8Array | undefined> {
    this.#assertOpen();
    this.#environment.fresh();
    const stored = this.#environment.tables.seals.get(addressKey(address));
    if (stored !== undefined) return stored;
    const head = this.#head(address);
    if (head?.sealed !== true) return undefined;
    const { slot, n, offset } = head.position;
    const group = this.#environment.tables.log.get(logKey(slot, n));
    if (group === undefined) return undefined;
    return decodeCommit(group, entryIn(group, offset, address, head.seq).record).seal;
  }

  async bodies(address: Address, hashes: readonly string[]): Promise<BodyOf> {
    this.#assertOpen();
    this.#environment.fresh();
    const found = new Map<string, Buffer | undefined>();
    for (const hash of hashes) {
      const bytes = this.#environment.tables.bodies.get(bodyKey(address, hash));
      // J12: its name is its checksum.
      if (bytes !== undefined && sha256(bytes).toString('hex') !== hash) throw damagedBody(address, hash);
      found.set(hash, bytes);
    }
    return (hash) => found.get(hash);
  }

  async rows(query: RowQuery = {}): Promise<RowPage> {
    this.#assertOpen();
    return listRows(this.#environment, this.#heads.caughtUp(), query);
  }

  async due(query: DueQuery = {}): Promise<readonly Due[]> {
    this.#assertOpen();
    return listDue(this.#environment, [...this.#heads.caughtUp()], query);
  }

  async usage(since: number, until: number): Promise<readonly UsageEntry[]> {
    this.#assertOpen();
    return listUsage(this.#environment, this.#heads.caughtUp(), since, until);
  }

  async tail(cursor?: Cursor, limit?: number): Promise<TailPage> {
    this.#assertOpen();
    this.#environment.fresh();
    return readFeed(this.#environment, this.#edge, cursor, limit);
  }

  readonly #edge = (slot: number): number => this.#heads.edge(slot);

  async erase(address: Address, what: 'bodies' | 'history'): Promise<void> {
    this.#assertOpen();
    this.#assertOwner();
    eraseActor(this.#environment, this.#heads, address, what);
  }

  async expire(bounds: ExpireBounds): Promise<Expired> {
    this.#assertOpen();
    this.#assertOwner();
    return expireActors(this.#environment, this.#heads, bounds);
  }

  async backup(path: string): Promise<{ readonly bytes: number }> {
    this.#assertOpen();
    if (this.#share === undefined)
      return backUpBeside(this.#environment, path, async (directory) => openLmdbJournal({ directory }));
    this.#assertOwner();
    return backUp(this.#environment, this.#edge, path);
  }

  async compact(): Promise<{ readonly groups: number; readonly pages: number }> {
    this.#assertOpen();
    this.#assertOwner();
    finishErasures(this.#environment);
    const compacted = await compactLogs(this.#environment);
    if (hasErasures(this.#environment)) await scrubLogs(this.#environment, this.#edge);
    this.#environment.durably(() => putMeta(this.#environment, 'shrink', true));
    return compacted;
  }

  stats(): JournalStats {
    const { puts, flushes, reads } = this.#environment.counters;
    return { ...this.#stats, flushes, otherPuts: puts, reads };
  }

  ownerPid(): number | undefined {
    return livingOwner(this.#environment)?.pid;
  }

  /** The owner closes last, after its other threads: closing an environment in several at once aborts. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      for (const writer of this.#writers.values()) await writer.close();
      if (this.#owns && this.#share !== undefined) leaveDirectory(this.#environment, this.#share.owner);
    } finally {
      if (this.#gate !== undefined) process.removeListener('exit', this.#gate.shut);
      await this.#environment.close();
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new TroupeError('CLOSED', 'This journal is closed. Open it again.', {});
  }

  /** Upkeep is the owner's: one that was taken over would work on a file that is no longer read. */
  #assertOwner(): void {
    this.#environment.fresh();
    assertOwner(this.#environment, this.share().owner);
  }

  #readOnly(): TroupeError {
    return new TroupeError('UNSUPPORTED', 'This journal was opened for reading only: its owner writes.', {});
  }
}

/** The directory as this process's own, or read-only beside its owner. */
export async function openLmdbJournal(options: LmdbOptions): Promise<LmdbJournal> {
  const { directory, mapBytes = mapBytesDefault, readOnly = false, force = false } = options;
  if (readOnly) return new LmdbJournal(new Environment({ directory, mapBytes }));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const word = newGateWord();
  const gate = new Gate(word);
  const erasures = newErasuresWord();
  let environment = new Environment({ directory, mapBytes, gate, erasures });
  try {
    const owner = takeDirectory(environment, force);
    if (readMeta(environment, 'shrink') === true) {
      await shrink(environment, fenceOf(owner));
      environment = new Environment({ directory, mapBytes, gate, erasures });
    }
    lookForErasures(environment);
    const flushed = new Float64Array(new SharedArrayBuffer(8 * slotsMax));
    const heads = new Heads(environment, undefined);
    for (let slot = 0; slot < slotsMax; slot++) flushed[slot] = heads.lastKey(slot);
    const share = { directory, mapBytes, flushed, owner, gate: word, erasures };
    return new LmdbJournal(environment, share, gate, true);
  } catch (error) {
    await environment.close();
    throw error;
  }
}

/** The same journal in another thread of the owning process. */
export function joinLmdbJournal(share: LmdbShare): LmdbJournal {
  const { directory, mapBytes, erasures } = share;
  const gate = new Gate(share.gate);
  return new LmdbJournal(new Environment({ directory, mapBytes, gate, erasures }), share, gate);
}

function damagedBody(address: Address, hash: string): TroupeError {
  const text = `The body ${hash} of ${address} is damaged. Restore a backup.`;
  return new TroupeError('CORRUPT', text, { address, hash });
}

function fenceOf({ epoch, pid }: Owner): Fence {
  return { epoch, pid, startedAt: Date.now() };
}
