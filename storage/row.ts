/**
 * How a directory row follows from commits: a pure fold, the same for every journal, so that a row can be
 * rebuilt from the tail of a log without running a statechart.
 */
import { idOf, kindOf } from '../actors/address.ts';
import type { Address } from '../actors/address.ts';
import type { Reached, RowPatch } from './commit.ts';
import type { Row, RowQuery } from './journal.ts';

/** What of a commit a row depends on. */
export interface RowStep {
  readonly address: Address;
  readonly to: number;
  readonly at: number;
  readonly reached?: Reached | undefined;
  readonly row?: RowPatch | undefined;
  readonly sealed: boolean;
}

/** The row after a commit; without a row before it, the commit is the actor's first. */
export function rowAfter(before: Row | undefined, step: RowStep): Row {
  const { address, to, at } = step;
  const startedAt = before?.startedAt ?? at;
  const row = before ?? { address, kind: kindOf(address), id: idOf(address), labels: {} };
  return {
    ...row,
    ...patched(step.row, before),
    seq: to,
    status: step.sealed ? 'sealed' : 'live',
    state: step.reached?.paths ?? before?.state ?? [],
    tags: step.reached?.tags ?? before?.tags ?? [],
    at: step.sealed ? at : startedAt,
    startedAt,
    lastAt: at,
    ...(step.sealed ? { endedAt: at } : {}),
  };
}

function patched(patch: RowPatch | undefined, before: Row | undefined): Partial<Row> & Pick<Row, 'labels'> {
  const labels =
    patch?.labels === undefined ? (before?.labels ?? {}) : mergedLabels(before?.labels, patch.labels);
  if (patch === undefined) return { labels };
  const { title, parent, costMicroUsd, asks, error } = patch;
  return {
    labels,
    ...(title === undefined ? {} : { title }),
    ...(parent === undefined ? {} : { parent }),
    ...(costMicroUsd === undefined ? {} : { costMicroUsd }),
    ...(asks === undefined ? {} : { asks }),
    ...(error === undefined ? {} : { error }),
  };
}

function mergedLabels(
  before: Readonly<Record<string, string>> | undefined,
  patch: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const labels: Record<string, string> = { ...before };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete labels[name];
    else labels[name] = value;
  }
  return labels;
}

/** Whether a query selects this row; paging and order are the journal's matter. */
export function isSelected(row: Row, query: RowQuery): boolean {
  if (query.kind !== undefined && row.kind !== query.kind) return false;
  if (query.status !== undefined && row.status !== query.status) return false;
  if (query.parent !== undefined && row.parent !== query.parent) return false;
  if (query.since !== undefined && row.at < query.since) return false;
  if (query.until !== undefined && row.at >= query.until) return false;
  if (query.tags?.some((tag) => !row.tags.includes(tag))) return false;
  return Object.entries(query.labels ?? {}).every(([name, value]) => row.labels[name] === value);
}
