/** What a session's terminal showed after a fact, cell by cell. */
import type { BundledScreens, Stretch } from './bundled.ts';

export function screenAt({ looks, lines, shown }: BundledScreens, seq: number): unknown {
  const last = shown.findLast((one) => one.seq <= seq);
  if (last === undefined) return undefined;
  const { cols } = last;
  return { ...last, seq, cells: last.lines.map((line) => cellsOf(lines[line] ?? [], looks, cols)) };
}

function cellsOf(line: readonly Stretch[], looks: readonly object[], cols: number): readonly object[] {
  const cells = line.flatMap(([look, text, width]): object[] =>
    width === undefined
      ? Array.from(text, (sign) => ({ ...looks[look], text: sign, width: 1 }))
      : [{ ...looks[look], text, width }],
  );
  while (cells.length < cols) cells.push({ text: ' ', width: 1 });
  return cells;
}
