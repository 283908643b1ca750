/**
 * Lists of actors: rows of the directory, page by page, until the caller has enough.
 */
import type { Row, RowQuery } from '../storage/journal.ts';
import type { Opened } from './opened.ts';

export interface Filter {
  readonly kind?: string;
  readonly status?: 'live' | 'sealed';
  readonly tags?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** An address. */
  readonly parent?: string;
  /** When it ended, or else started: from, and before. */
  readonly since?: number | Date;
  readonly until?: number | Date;
  readonly order?: 'newest' | 'oldest';
  readonly limit?: number;
}

/** A row as it is listed: what was set aside is told. */
export interface ListedRow extends Omit<Row, 'status'> {
  readonly status: Row['status'] | 'quarantined';
}

export async function* rowsOf(
  { journal, quarantine }: Opened,
  { since, until, limit = Infinity, ...filter }: Filter,
): AsyncGenerator<ListedRow, void, undefined> {
  const query: RowQuery = {
    ...filter,
    ...(since !== undefined && { since: Number(since) }),
    ...(until !== undefined && { until: Number(until) }),
    ...(limit !== Infinity && { limit }),
  };
  let left = limit;
  let after: string | undefined;
  while (left > 0) {
    const { rows, next } = await journal.rows(after === undefined ? query : { ...query, after });
    for (const row of rows) {
      yield quarantine.has(row.address) ? { ...row, status: 'quarantined' } : row;
      if (--left === 0) return;
    }
    if (next === undefined) return;
    after = next;
  }
}
