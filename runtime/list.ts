/**
 * Lists of actors: rows of the directory, page by page, until the caller has enough.
 */
import type { Row, RowQuery } from '../storage/journal.ts';
import { isSelected } from '../storage/row.ts';
import {
  assertBound,
  assertNames,
  assertOneOf,
  assertTexts,
  invalidOption,
  isRecord,
} from './invalidOption.ts';
import type { Opened } from './opened.ts';

/** Which actors; everything that is given must hold. */
export interface Filter {
  readonly kind?: string;
  /** What was set aside is neither live nor sealed. */
  readonly status?: ListedRow['status'];
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

/** As much of a runtime as its list needs. */
type Rows = Pick<Opened, 'journal' | 'quarantine'>;

const names: Readonly<Record<keyof Filter, true>> = {
  kind: true,
  status: true,
  tags: true,
  labels: true,
  parent: true,
  since: true,
  until: true,
  order: true,
  limit: true,
};

/** Throws `INVALID_OPTION`: a filter that selects nothing because of a slip looks like an empty directory. */
export function assertFilter(filter: Filter): void {
  assertNames('a filter', filter, names);
  for (const name of ['kind', 'parent'] as const) {
    if (typeof (filter[name] ?? '') !== 'string') throw invalidOption(name, filter[name], 'it is a text');
  }
  assertOneOf('status', filter.status, ['live', 'sealed', 'quarantined']);
  assertOneOf('order', filter.order, ['newest', 'oldest']);
  assertTexts('tags', filter.tags);
  const { labels = {} } = filter;
  if (!isRecord(labels)) throw invalidOption('labels', labels, 'it is an object of texts');
  assertTexts('the values of labels', Object.values(labels));
  assertBound('limit', filter.limit);
  for (const name of ['since', 'until'] as const) {
    const given: unknown = filter[name];
    if (given === undefined || ((typeof given === 'number' || given instanceof Date) && !isNaN(+given)))
      continue;
    throw invalidOption(name, given, 'it is a Date, or milliseconds since 1970');
  }
}

export async function* rowsOf(
  { journal, quarantine }: Rows,
  given: Filter,
): AsyncGenerator<ListedRow, void, undefined> {
  assertFilter(given);
  if (given.status === 'quarantined') {
    yield* asideOf({ journal, quarantine }, given);
    return;
  }
  const { limit = Infinity } = given;
  const { status } = given;
  const query: RowQuery = {
    ...queryOf(given),
    ...(status !== undefined && { status }),
    ...(limit !== Infinity && { limit }),
  };
  let left = limit;
  let after: string | undefined;
  while (left > 0) {
    const { rows, next } = await journal.rows(after === undefined ? query : { ...query, after });
    for (const row of rows) {
      const listed = listedOf(row, quarantine);
      if (status !== undefined && listed.status !== status) continue;
      yield listed;
      if (--left === 0) return;
    }
    if (next === undefined) return;
    after = next;
  }
}

/** Rows of one page, and where the next one begins; undefined: there is none. */
export interface RowsPage {
  readonly rows: readonly ListedRow[];
  readonly next: string | undefined;
}

/** One page of a list, for whoever cannot hold an iterator open: `after` is the `next` of the one before. */
export async function rowsPageOf(rows: Rows, given: Filter & { readonly after?: string }): Promise<RowsPage> {
  const { after, ...filter } = given;
  assertFilter(filter);
  if (filter.status === 'quarantined') {
    const aside: ListedRow[] = [];
    for await (const row of asideOf(rows, filter)) aside.push(row);
    return { rows: aside, next: undefined };
  }
  const { status, limit } = filter;
  const query: RowQuery = {
    ...queryOf(filter),
    ...(status !== undefined && { status }),
    ...(limit !== undefined && { limit }),
    ...(after !== undefined && { after }),
  };
  const page = await rows.journal.rows(query);
  const listed = page.rows.map((row) => listedOf(row, rows.quarantine));
  // Of the sealed and the live ones, some may have been set aside.
  return { rows: listed.filter((row) => status === undefined || row.status === status), next: page.next };
}

/** A row as its readers see it. */
export function listedOf(row: Row, quarantine: Opened['quarantine']): ListedRow {
  const error = quarantine.reasonOf(row.address);
  return error === undefined ? row : { ...row, status: 'quarantined', error };
}

/** What of a filter the journal knows; the status is a matter of both. */
export function queryOf({ since, until, status: _, limit: __, ...filter }: Filter): RowQuery {
  return {
    ...filter,
    ...(since !== undefined && { since: Number(since) }),
    ...(until !== undefined && { until: Number(until) }),
  };
}

/** There are few of them, and the journal does not know which. */
async function* asideOf(
  { journal, quarantine }: Rows,
  filter: Filter,
): AsyncGenerator<ListedRow, void, undefined> {
  const query = queryOf(filter);
  const standings = await Promise.all(quarantine.addresses().map(async (address) => journal.last(address)));
  const rows = standings.flatMap((standing) => standing?.row ?? []).filter((row) => isSelected(row, query));
  const sign = filter.order === 'oldest' ? 1 : -1;
  const sorted = rows.toSorted((a, b) => sign * (a.at - b.at));
  for (const row of sorted.slice(0, filter.limit)) yield listedOf(row, quarantine);
}
