/**
 * The journal in memory: the reference implementation, simple enough to be read as the port's meaning. It
 * keeps encoded records and decodes them on every read, so that codec, chain and erasure are exercised as on
 * a disk. Durable here means: as long as the memory lives.
 *   M1. A `Memory` outlives its journals. Opening it again makes a new owner, and fences the older writers.
 *   M2. `append` checks everything before it changes anything; nothing in between can fail.
 */
import type { Address } from '../actors/address.ts';
import { TroupeError } from '../actors/troupeError.ts';
import type { EncodedCommit, UsageEntry } from './commit.ts';
import type { CommitPage, Cursor, Due, DueQuery, ExpireBounds, Expired, Journal } from './journal.ts';
import type { JournalStats, Range } from './journal.ts';
import type { RowPage, RowQuery, Standing, StoredSnapshot, TailPage, Upkeep, Writer } from './journal.ts';
import { pageFactsMax } from './limits.ts';
import { assertNext, assertReached, keep, newMemory, remember } from './memory/medium.ts';
import type { Memory } from './memory/medium.ts';
import { byTime, pageOf, rowPageOf, tailOf } from './memory/pages.ts';
import { eraseBodies, eraseHistory, expired } from './memory/retention.ts';
import { shardOf } from './shard.ts';
import type { BodyOf } from './values.ts';

export { newMemory } from './memory/medium.ts';
export type { Memory } from './memory/medium.ts';

export interface MemoryOptions {
  /** Asked before each write; an error it gives is the write's failure. For tests of failing disks. */
  readonly failure?: () => TroupeError | undefined;
}

export type MemoryJournal = Journal & Upkeep;

/** A journal on a memory; whoever had it open before is fenced (M1). */
export function openMemoryJournal(memory = newMemory(), options: MemoryOptions = {}): MemoryJournal {
  return new OpenMemory(memory, options.failure ?? (() => undefined));
}

class OpenMemory implements MemoryJournal {
  readonly medium = 'memory';
  readonly memory: Memory;
  readonly failure: () => TroupeError | undefined;
  readonly owner: number;
  readonly counters = { commits: 0, groups: 0, flushes: 0, bytes: 0, otherPuts: 0, reads: 0 };
  closed = false;

  constructor(memory: Memory, failure: () => TroupeError | undefined) {
    this.memory = memory;
    this.failure = failure;
    this.owner = ++memory.owner;
  }

  async writer(slot: number): Promise<Writer> {
    return this.#answer(() => {
      const writer = new MemoryWriter(this, slot);
      this.memory.slots.set(slot, writer);
      return writer;
    });
  }

  async read(address: Address, range: Range = {}): Promise<CommitPage> {
    return this.#answer((actors) => pageOf(actors.get(address)?.entries ?? [], range));
  }

  async last(address: Address): Promise<Standing | undefined> {
    return this.#answer((actors) => actors.get(address)?.standing);
  }

  async snapshot(address: Address, seq = Infinity): Promise<StoredSnapshot | undefined> {
    return this.#answer((actors) => actors.get(address)?.snapshots.findLast((kept) => kept.seq <= seq));
  }

  async seal(address: Address): Promise<Uint8Array | undefined> {
    return this.#answer((actors) => actors.get(address)?.seal);
  }

  async bodies(address: Address, hashes: readonly string[]): Promise<BodyOf> {
    return this.#answer((actors) => {
      const kept = actors.get(address)?.bodies;
      const found = new Map(hashes.map((hash) => [hash, kept?.get(hash)]));
      return (hash) => found.get(hash);
    });
  }

  async rows(query: RowQuery = {}): Promise<RowPage> {
    return this.#answer((actors) =>
      rowPageOf(
        [...actors.values()].map(({ standing }) => standing.row),
        query,
      ),
    );
  }

  async due({ shards, until = Infinity, limit = Infinity }: DueQuery = {}): Promise<readonly Due[]> {
    return this.#answer((actors) => {
      const owing: Due[] = [];
      for (const { standing } of actors.values()) {
        const { address, due: at } = standing;
        if (at === null || at > until || shards?.includes(shardOf(address)) === false) continue;
        owing.push({ at, address });
      }
      return owing.toSorted(byTime).slice(0, limit);
    });
  }

  async usage(since: number, until: number): Promise<readonly UsageEntry[]> {
    return this.#answer(() =>
      [...this.memory.usage.values()].filter(({ hour }) => hour >= since && hour < until),
    );
  }

  async tail(cursor: Cursor = '', limit = pageFactsMax): Promise<TailPage> {
    return this.#answer(() => tailOf(this.memory, cursor, limit));
  }

  stats(): JournalStats {
    return { ...this.counters };
  }

  async close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  async erase(address: Address, what: 'bodies' | 'history'): Promise<void> {
    return this.#answer((actors) => {
      const actor = actors.get(address);
      if (actor === undefined) throw new TroupeError('NOT_FOUND', `${address} has no history.`, { address });
      if (what === 'bodies') eraseBodies(actor);
      else eraseHistory(this.memory, actor);
    });
  }

  async expire(bounds: ExpireBounds): Promise<Expired> {
    return this.#answer(() => expired(this.memory, bounds));
  }

  async backup(path: string): Promise<{ readonly bytes: number }> {
    const text = `A journal in memory writes no files, and so no backup to ${path}.`;
    return Promise.reject(new TroupeError('UNSUPPORTED', text, { medium: this.medium }));
  }

  async compact(): Promise<{ readonly groups: number; readonly pages: number }> {
    // Erased bytes are gone at once here, and there are no groups to move.
    return this.#answer(() => ({ groups: 0, pages: 0 }));
  }

  async #answer<T>(work: (actors: Memory['actors']) => T): Promise<T> {
    if (this.closed) throw new TroupeError('CLOSED', 'This journal is closed.');
    this.counters.reads++;
    return Promise.resolve(work(this.memory.actors));
  }
}

class MemoryWriter implements Writer {
  readonly slot: number;
  readonly #journal: OpenMemory;
  #latched: TroupeError | undefined;
  #closed = false;

  constructor(journal: OpenMemory, slot: number) {
    this.#journal = journal;
    this.slot = slot;
  }

  async append(commits: readonly EncodedCommit[], snapshots: readonly StoredSnapshot[] = []): Promise<void> {
    this.#assertOpen();
    if (this.#latched !== undefined) throw this.#latched; // J5
    assertNext(this.#journal.memory, commits);
    assertReached(this.#journal.memory, commits, snapshots);
    this.#latched = this.#journal.failure();
    if (this.#latched !== undefined) throw this.#latched;
    for (const commit of commits) remember(this.#journal.memory, commit);
    for (const snapshot of snapshots) keep(this.#journal.memory, snapshot);
    const { counters } = this.#journal;
    counters.commits += commits.length;
    counters.groups++;
    counters.flushes++;
    counters.otherPuts += snapshots.length;
    for (const { record } of commits) counters.bytes += record.length;
    return Promise.resolve();
  }

  #assertOpen(): void {
    const { memory, owner, closed } = this.#journal;
    if (closed || this.#closed) throw new TroupeError('CLOSED', `The writer of slot ${this.slot} is closed.`);
    if (memory.owner === owner && memory.slots.get(this.slot) === this) return; // J6
    throw new TroupeError('FENCED', `Slot ${this.slot} has a newer owner: open again.`, { slot: this.slot });
  }

  async resume(): Promise<void> {
    this.#assertOpen();
    if (this.#latched?.retryable === false) throw this.#latched;
    this.#latched = undefined;
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}
