/**
 * Facts of an actor, page by page, and each as a line.
 */
import { shown } from './output.ts';
import type { Output } from './output.ts';
import { pathOf } from './way.ts';
import type { Query, Way } from './way.ts';

export interface PlainFact {
  readonly seq: number;
  readonly at: number;
  readonly event: { readonly type: string };
  readonly by?: string;
  readonly address?: string;
}

interface Page {
  readonly items: readonly PlainFact[];
  readonly head: number;
  readonly next: string | null;
}

const pageMax = 1000;

/** What the query selects, over as many pages as it takes; `limit` is of all of them. */
export async function* factsOf(
  way: Way,
  address: string,
  { limit = Infinity, ...query }: Query & { readonly limit?: number | undefined },
): AsyncGenerator<PlainFact, void, undefined> {
  const path = pathOf(address, '/events');
  let left = limit;
  let target = path;
  let asked: Query = { ...query, limit: Math.min(pageMax, left) };
  while (left > 0) {
    // The server says what it answers.
    const { items, next } = (await way.get(target, asked)) as Page;
    yield* items.slice(0, left);
    left -= items.length;
    if (next === null) return;
    [target, asked] = [path + next, {}];
  }
}

export function factLine(out: Output, { seq, at, event, by, address }: PlainFact): string {
  const { type, ...rest } = event;
  const payload = Object.keys(rest).length === 0 ? '' : ` ${shown(JSON.stringify(rest))}`;
  const line = `${address === undefined ? '' : `${address} `}${seq} ${timeOf(at)} `;
  const whole = `${line}${type}${payload}`;
  const cut = whole.length > out.columns ? `${whole.slice(0, out.columns - 1)}…` : whole;
  const said = cut.slice(line.length);
  const signed = by === undefined || cut !== whole ? '' : out.paint('dim', ` by ${shown(by)}`);
  const [head, tailing] = [said.slice(0, type.length), said.slice(type.length)];
  return out.paint('dim', line) + out.paint('bold', head) + tailing + signed;
}

export const timeOf = (at: number): string => new Date(at).toISOString();
