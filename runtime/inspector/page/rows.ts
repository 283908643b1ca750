/**
 * The rows of the fleet: what is known of every actor, and which of it is shown, in which order. Children
 * stand under their parents as long as both are shown.
 */
import { isGuest } from './guests.ts';
import type { Mailbox } from './mailboxes.ts';
import type { Row, RowChanges } from './told.ts';

export type SortKey = 'address' | 'state' | 'error' | 'last' | 'age' | 'rate' | 'waiting' | 'cost' | 'worker';

export interface Selection {
  /** Words that must all be found in its address, title, state, error, tags or labels. */
  readonly text: string;
  readonly kind: string;
  readonly status: string;
  readonly sort: SortKey;
  readonly descending: boolean;
}

export interface ShownRow {
  readonly row: Row;
  readonly depth: number;
}

interface Pace {
  readonly at: number;
  readonly perSecond: number;
}

/** A pace that nothing confirmed for so long is none. */
const paceMs = 2500;

export class Rows {
  readonly #rows = new Map<string, Row>();
  readonly #paces = new Map<string, Pace>();
  readonly #mailboxOf: (address: string) => Mailbox | undefined;

  constructor(mailboxOf: (address: string) => Mailbox | undefined) {
    this.#mailboxOf = mailboxOf;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(address: string): Row | undefined {
    return this.#rows.get(address);
  }

  kinds(): readonly string[] {
    return [...new Set(Array.from(this.#rows.values(), ({ kind }) => kind))].toSorted();
  }

  /** `isWhole`: of all guests, or of all actors, what is not in it is not there. */
  apply({ changed, removed }: RowChanges, isWhole: boolean, areGuests: boolean, now: number): void {
    if (isWhole) {
      const there = new Set(changed.map(({ address }) => address));
      for (const address of this.#rows.keys()) {
        if (isGuest(address) === areGuests && !there.has(address)) this.#rows.delete(address);
      }
    }
    for (const address of removed) this.#rows.delete(address);
    for (const row of changed) {
      const before = this.#rows.get(row.address);
      if (before !== undefined && row.seq > before.seq) this.#pace(row, row.seq - before.seq, now);
      this.#rows.set(row.address, row);
    }
  }

  #pace({ address }: Row, facts: number, now: number): void {
    const before = this.#paces.get(address);
    const seconds = Math.max(0.25, before === undefined ? 1 : (now - before.at) / 1000);
    const perSecond = facts / seconds;
    const old = before === undefined ? perSecond : this.rate(address, now);
    this.#paces.set(address, { at: now, perSecond: old * 0.5 + perSecond * 0.5 });
  }

  /** Facts a second, lately. */
  rate(address: string, now: number): number {
    const pace = this.#paces.get(address);
    return pace === undefined || now - pace.at > paceMs ? 0 : pace.perSecond;
  }

  shown(selection: Selection, now: number): readonly ShownRow[] {
    const words = selection.text.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = [...this.#rows.values()].filter((row) => isChosen(row, selection, words));
    const keyed = chosen.map((row) => ({ row, key: this.#keyOf(row, selection.sort, now) }));
    const sign = selection.descending ? -1 : 1;
    keyed.sort((a, b) => sign * compared(a.key, b.key) || compared(a.row.address, b.row.address));
    return underParents(keyed.map(({ row }) => row));
  }

  #keyOf(row: Row, sort: SortKey, now: number): string | number {
    switch (sort) {
      case 'address':
        return row.address;
      case 'state':
        return row.state.join(' ');
      case 'age':
        return now - row.startedAt;
      case 'last':
        return row.lastAt;
      case 'rate':
        return this.rate(row.address, now);
      case 'error':
        return row.error ?? '';
      case 'waiting':
        return this.#mailboxOf(row.address)?.waiting ?? 0;
      case 'worker':
        return this.#mailboxOf(row.address)?.worker ?? Infinity;
      default:
        return row.costMicroUsd ?? 0;
    }
  }
}

function compared(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isChosen(row: Row, { kind, status }: Selection, words: readonly string[]): boolean {
  if (kind !== '' && row.kind !== kind) return false;
  if (status === 'with an error' ? row.error === undefined : status !== '' && row.status !== status)
    return false;
  if (words.length === 0) return true;
  const labels = Object.entries(row.labels).map(([name, value]) => `${name}=${value}`);
  const text = [row.address, row.title ?? '', row.error ?? '', ...row.state, ...row.tags, ...labels]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

function underParents(rows: readonly Row[]): readonly ShownRow[] {
  const there = new Set(rows.map(({ address }) => address));
  const below = new Map<string, Row[]>();
  const tops: Row[] = [];
  for (const row of rows) {
    const { parent } = row;
    if (parent === undefined || parent === row.address || !there.has(parent)) tops.push(row);
    else below.set(parent, [...(below.get(parent) ?? []), row]);
  }
  const shown: ShownRow[] = [];
  const seen = new Set<string>();
  const add = (row: Row, depth: number): void => {
    if (seen.has(row.address)) return;
    seen.add(row.address);
    shown.push({ row, depth });
    for (const child of below.get(row.address) ?? []) add(child, depth + 1);
  };
  for (const row of tops) add(row, 0);
  // Parents that name each other in a circle have no top.
  for (const row of rows) add(row, 0);
  return shown;
}
