/**
 * What a journal should answer, kept as plain lists of everything that was written. It derives each answer
 * anew and by its own rules: it shares no fold and no filter with the journals it judges.
 */
import type { Address } from '../../actors/address.ts';
import { chainStart } from '../chain.ts';
import type { CommitDraft, EncodedCommit, UsageEntry } from '../commit.ts';
import { encodeCommit } from '../commitCodec.ts';
import type { Due, Row, Standing, StoredSnapshot, Writer } from '../journal.ts';

/** A commit as a test writes it down; the model knows the seq. */
export type Parts = Omit<CommitDraft, 'seq'>;

/** Everything that was ever written of one actor, and what of it was erased since. */
export interface Told {
  readonly address: Address;
  readonly commits: EncodedCommit[];
  snapshots: StoredSnapshot[];
  bodiesTo: number;
  historyTo: number;
  /** Row and seal are gone too. */
  forgotten: boolean;
}

export class Model {
  readonly told = new Map<Address, Told>();

  /** Appends to the journal, and to the model when the journal took it. */
  async append(
    writer: Writer,
    parts: readonly Parts[],
    snapshots: readonly StoredSnapshot[] = [],
  ): Promise<void> {
    const commits = this.encoded(parts);
    await writer.append(commits, snapshots);
    this.took(commits, snapshots);
  }

  /** The commits in order, each chained onto the one before. Changes nothing. */
  encoded(parts: readonly Parts[]): EncodedCommit[] {
    const heads = new Map<Address, EncodedCommit>();
    return parts.map((part) => {
      const before = heads.get(part.address) ?? this.told.get(part.address)?.commits.at(-1);
      const seq = (before?.to ?? 0) + 1;
      const encoded = encodeCommit({ ...part, seq }, before?.chain ?? chainStart);
      heads.set(part.address, encoded);
      return encoded;
    });
  }

  took(commits: readonly EncodedCommit[], snapshots: readonly StoredSnapshot[] = []): void {
    for (const commit of commits) this.#of(commit.draft.address).commits.push(commit);
    for (const snapshot of snapshots) {
      const told = this.#of(snapshot.address);
      told.snapshots = told.snapshots.filter(({ seq }) => seq !== snapshot.seq);
      told.snapshots.push(snapshot);
      told.snapshots.sort((a, b) => a.seq - b.seq);
    }
  }

  #of(address: Address): Told {
    let told = this.told.get(address);
    if (told === undefined) {
      told = { address, commits: [], snapshots: [], bodiesTo: 0, historyTo: 0, forgotten: false };
      this.told.set(address, told);
    }
    return told;
  }

  seqOf(address: Address): number {
    return this.told.get(address)?.commits.at(-1)?.to ?? 0;
  }

  isSealed(address: Address): boolean {
    return this.told.get(address)?.commits.at(-1)?.seal !== undefined;
  }

  /** A snapshot of the actor where it stands now. */
  snapshotOf(address: Address, bytes: Uint8Array): StoredSnapshot {
    const last = this.told.get(address)?.commits.at(-1);
    if (last === undefined) throw new RangeError(`${address} has no commit`);
    return { address, seq: last.to, chain: last.chain, bytes };
  }

  /** What erasing does to the answers; only the newest snapshot of a live actor stays. */
  erased(address: Address, what: 'bodies' | 'history'): void {
    const told = this.#of(address);
    told.bodiesTo = this.seqOf(address);
    if (what === 'history') told.historyTo = told.bodiesTo;
    told.snapshots = this.isSealed(address) ? [] : told.snapshots.slice(-1);
  }

  forgot(address: Address): void {
    this.erased(address, 'history');
    this.#of(address).forgotten = true;
  }

  standing(told: Told): Standing | undefined {
    const last = told.commits.at(-1);
    if (last === undefined || told.forgotten) return undefined;
    const { address, bodiesTo, historyTo } = told;
    const dues = told.commits.map(({ draft }) => draft.due).filter((due) => due !== undefined);
    return {
      address,
      seq: last.to,
      sealed: last.seal !== undefined,
      due: dues.at(-1) ?? null,
      row: rowOf(told),
      ...(bodiesTo > 0 ? { erased: { bodiesTo, historyTo } } : {}),
    };
  }

  /** Oldest first, and by address within one millisecond. */
  rows(selects: (row: Row) => boolean): Row[] {
    const rows = [...this.told.values()].filter(isKnown).map(rowOf);
    return rows.filter(selects).toSorted(byTime);
  }

  due(selects: (due: Due) => boolean): Due[] {
    const standings = [...this.told.values()].map((told) => this.standing(told));
    const all = standings.flatMap((s) =>
      s === undefined || s.due === null ? [] : [{ at: s.due, address: s.address }],
    );
    return all.filter(selects).toSorted(byTime);
  }

  /** Sums over everything ever written: they outlive the histories. */
  usage(since: number, until: number): UsageEntry[] {
    const sums = new Map<string, UsageEntry>();
    const all = [...this.told.values()].flatMap(({ commits }) =>
      commits.flatMap(({ draft }) => draft.usage ?? []),
    );
    for (const { hour, key, counts } of all) {
      if (hour < since || hour >= until) continue;
      const before = sums.get(`${hour} ${key.join('\0')}`)?.counts ?? [];
      const length = Math.max(before.length, counts.length);
      const sum = Array.from({ length }, (_, i) => (before[i] ?? 0) + (counts[i] ?? 0));
      sums.set(`${hour} ${key.join('\0')}`, { hour, key, counts: sum });
    }
    return [...sums.values()];
  }
}

function isKnown({ commits, forgotten }: Told): boolean {
  return commits.length > 0 && !forgotten;
}

function rowOf({ address, commits }: Told): Row {
  const drafts = commits.map(({ draft }) => draft);
  const [startedAt = 0] = drafts.map(lastAtOf);
  const lastAt = drafts.map(lastAtOf).at(-1) ?? 0;
  const reached = drafts.findLast((draft) => draft.reached !== undefined)?.reached;
  const sealed = drafts.at(-1)?.seal !== undefined;
  const slash = address.indexOf('/');
  const labels = Object.assign({}, ...drafts.map(({ row }) => row?.labels ?? {})) as Record<
    string,
    string | null
  >;
  const said = Object.assign({}, ...drafts.map(({ row }) => row ?? {})) as Partial<Row>;
  return {
    ...said,
    address,
    kind: address.slice(0, slash),
    id: address.slice(slash + 1),
    seq: commits.at(-1)?.to ?? 0,
    status: sealed ? 'sealed' : 'live',
    state: reached?.paths ?? [],
    tags: reached?.tags ?? [],
    labels: Object.fromEntries(
      Object.entries(labels).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ),
    at: sealed ? lastAt : startedAt,
    startedAt,
    lastAt,
    ...(sealed ? { endedAt: lastAt } : {}),
  };
}

/** When the last fact of the commit happened. */
function lastAtOf({ facts }: CommitDraft): number {
  return facts.at(-1)?.at ?? 0;
}

function byTime(a: Due, b: Due): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.address < b.address ? -1 : 1;
}
