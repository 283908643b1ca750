/**
 * What was measured, beside what was frozen. Only ratios to a reference of the same run are compared, and
 * they may fall far, because the machine is shared: those of processor time to the half, those of the clock,
 * which a busy neighbour changes threefold, to a fifth. A gate that cries at noise is soon not heard.
 */
import type { Ratio } from './report.ts';

/** By benchmark, then by the ratio's name. */
export type Frozen = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Gated {
  readonly bench: string;
  readonly name: string;
  readonly frozen: number;
  readonly measured: number;
  /** Lower is too slow. */
  readonly least: number;
  readonly ok: boolean;
}

export const shares = { processor: 0.5, clock: 0.2 } as const satisfies Record<Ratio['of'], number>;

/** Each ratio of one benchmark; throws where what is measured and what is frozen are not the same ratios. */
export function gated(bench: string, frozen: Frozen, measured: readonly Ratio[]): readonly Gated[] {
  const known = frozen[bench] ?? {};
  const names = measured.map(({ name }) => name);
  const other = [
    ...names.filter((name) => !Object.hasOwn(known, name)).map((name) => `“${name}” is not frozen`),
    ...Object.keys(known)
      .filter((name) => !names.includes(name))
      .map((name) => `“${name}” was not measured`),
  ];
  if (other.length > 0 || names.length === 0) {
    throw new Error(
      `${bench}: ${other.join(', ') || 'no ratio'}; \`npm run gate -- --freeze\` freezes anew.`,
    );
  }
  return measured.map(({ name, of, value }) => {
    const was = known[name] ?? Number.NaN;
    const least = was * shares[of];
    return { bench, name, frozen: was, measured: value, least, ok: value > least };
  });
}
