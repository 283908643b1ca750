/**
 * Counts by name, of a bounded number of names; what has no name of its own is counted as `other`.
 *
 * The names kept are the first ones in the order of their code units, not the first to come or the most
 * frequent: so it does not matter in which order facts or digests are added up, and merging stays
 * associative. A name that was put to `other` never comes back: there is one before it for ever.
 */
import { storedKey } from '../../storedKey.ts';

export type Tally<C> = Readonly<Record<string, C>>;

export const otherName = 'other';

/** The tally with `more` added under the name that was told. */
export function tallied<C>(
  tally: Tally<C>,
  told: string,
  more: C,
  sum: (a: C, b: C) => C,
  namesMax: number,
): Tally<C> {
  const name = storedKey(told);
  const before = own(tally, name);
  const after = { ...tally, [name]: before === undefined ? more : sum(before, more) };
  return before === undefined ? bounded(after, sum, namesMax) : after;
}

/** Two tallies as one. */
export function tallySum<C>(a: Tally<C>, b: Tally<C>, sum: (a: C, b: C) => C, namesMax: number): Tally<C> {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  const entries = [...names].map((name): [string, C] => {
    const [one, other] = [own(a, name), own(b, name)];
    // One of the two has it.
    return [name, (one === undefined ? other : other === undefined ? one : sum(one, other)) as C];
  });
  return bounded(Object.fromEntries(entries), sum, namesMax);
}

/** A tool may be called `constructor`. */
function own<C>(tally: Tally<C>, name: string): C | undefined {
  return Object.hasOwn(tally, name) ? tally[name] : undefined;
}

function bounded<C>(tally: Tally<C>, sum: (a: C, b: C) => C, namesMax: number): Tally<C> {
  const names = Object.keys(tally).filter((name) => name !== otherName);
  if (names.length <= namesMax) return tally;
  const sorted = names.toSorted((a, b) => (a < b ? -1 : 1));
  const kept = sorted.slice(0, namesMax).map((name) => [name, tally[name]] as const);
  const rest = [...sorted.slice(namesMax), otherName].flatMap((name) => {
    const counts = own(tally, name);
    return counts === undefined ? [] : [counts];
  });
  const [first, ...more] = rest;
  // There is a rest: the names are too many.
  const other = more.reduce(sum, first as C);
  return Object.fromEntries([...kept, [otherName, other] as const]) as Tally<C>;
}
