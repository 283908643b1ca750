/**
 * "Did you mean": the word that a slip of the fingers was probably for.
 */

/** One slip in a short word, up to three in a long one. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const near = known
    .map((candidate) => ({ candidate, distance: distanceOf(lower, candidate.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = near;
  const slips = Math.min(3, Math.ceil(word.length / 3));
  return best !== undefined && best.distance <= slips ? best.candidate : undefined;
}

/** ` Did you mean "x"?`, or nothing. */
export function meant(word: string, known: readonly string[]): string {
  const found = nearest(word, known);
  return found === undefined ? '' : ` Did you mean "${found}"?`;
}

/** Letters to insert, leave out, replace, or swap with their neighbour (Damerau, optimal alignment). */
function distanceOf(one: string, other: string): number {
  let [twoAbove, above]: [readonly number[], readonly number[]] = [[], range(other.length + 1)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const cost = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + (isSame ? 0 : 1));
      row.push(isSwap ? Math.min(cost, at(twoAbove, j - 2) + 1) : cost);
    }
    [twoAbove, above] = [above, row];
  }
  return at(above, other.length);
}

const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity;
