/**
 * Rows of many actors, live, over any number of connections: a server begins anew with each, and only what is
 * not as the reader knows it is told.
 */
import type { ListedRow } from '../list.ts';
import type { RowChanges } from '../watch.ts';
import { followed } from './following.ts';
import type { Remote } from './remote.ts';

export async function* liveRows(
  remote: Remote,
  query: object,
  signal: AbortSignal,
): AsyncGenerator<RowChanges, void, undefined> {
  const known = new Map<string, string>();
  let hasBegun = false;
  for await (const { item, isFirst } of followed(remote, '/v1/watch', { query: () => query, signal })) {
    let { changed, removed } = item as RowChanges; // As the route has it.
    if (isFirst && hasBegun) {
      const now = new Set(changed.map(({ address }) => address));
      changed = changed.filter((row) => known.get(row.address) !== versionOf(row));
      removed = [...known.keys()].filter((address) => !now.has(address));
    }
    for (const row of changed) known.set(row.address, versionOf(row));
    for (const address of removed) known.delete(address);
    if (!hasBegun || changed.length + removed.length > 0) yield { changed, removed };
    hasBegun = true;
  }
}

/** Labels and titles change without a fact. */
function versionOf(row: ListedRow): string {
  return JSON.stringify(row);
}
