/**
 * How often an actor came into each of its states, and how long it was there, as its commits tell: a state
 * that it only passed through within one commit is not among them.
 */
import type { Range } from '../storage/journal.ts';
import type { Journal } from '../storage/journal.ts';

export interface Visits {
  readonly state: string;
  readonly count: number;
  readonly ms: number;
}

export interface Visited {
  readonly items: readonly Visits[];
  /** The first fact that was counted: of a long history the end of it. */
  readonly from: number;
}

/** As many facts are counted. */
const factsMax = 20_000;

/** Up to the fact `until`; `now` is when the last state of an actor that lives is counted up to. */
export async function visitsOf(
  journal: Journal,
  address: string,
  { until, now }: { readonly until: number; readonly now?: number },
): Promise<Visited> {
  const counted = new Map<string, { count: number; ms: number }>();
  const after = Math.max(0, until - factsMax);
  let states: readonly string[] = [];
  let since = 0;
  const stay = (to: number): void => {
    for (const state of states) {
      const one = counted.get(state);
      if (one !== undefined) one.ms += Math.max(0, to - since);
    }
    since = to;
  };
  for (let range: Range | undefined = { after, before: until + 1 }; range !== undefined;) {
    const page = await journal.read(address, range);
    for (const { reached, at } of page.commits) {
      stay(at);
      if (reached === undefined) continue;
      for (const state of reached.paths) {
        const one = counted.get(state) ?? { count: 0, ms: 0 };
        if (!states.includes(state)) one.count++;
        counted.set(state, one);
      }
      states = reached.paths;
    }
    range = page.next;
  }
  if (now !== undefined) stay(now);
  return { items: Array.from(counted, ([state, one]) => ({ state, ...one })), from: after + 1 };
}
