/**
 * Rows of the directory, page by page.
 */
import type { Query, Way } from './way.ts';

export interface PlainRow {
  readonly address: string;
  readonly status: string;
  readonly state: readonly string[];
  readonly tags: readonly string[];
  readonly seq: number;
  readonly lastAt: number;
  readonly title?: string;
}

const pageMax = 1000;

export async function* rowsOf(
  way: Way,
  { limit = Infinity, ...query }: Query & { readonly limit?: number | undefined },
): AsyncGenerator<PlainRow, void, undefined> {
  let left = limit;
  for (let after: string | undefined; left > 0;) {
    // The server says what it answers.
    const page = (await way.get('/v1/actors', { ...query, after, limit: Math.min(pageMax, left) })) as {
      readonly items: readonly PlainRow[];
      readonly next: string | null;
    };
    yield* page.items;
    left -= page.items.length;
    if (page.next === null) return;
    after = page.next;
  }
}
