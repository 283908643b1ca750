/** Lists that come page by page, until the caller has enough. */
import type { Page } from './ref.ts';
import type { Remote } from './remote.ts';

const pageMax = 1000;

export async function* pages<T>(
  remote: Remote,
  path: string,
  { limit = Infinity, ...filter }: { readonly limit?: number },
): AsyncGenerator<T, void, undefined> {
  let after: string | undefined;
  for (let left = limit; left > 0;) {
    const query = { ...filter, after, limit: Math.min(left, pageMax) };
    const { items, next } = await remote.ask<Page<T>>(path, { query });
    yield* items;
    left -= items.length;
    if (next === null) return;
    after = next;
  }
}
