/**
 * What a benchmark tells: tables and goals as data, printed for whoever started it and handed to the runner,
 * which keeps them for docs/BENCHMARKS.md.
 */
export interface Report {
  /** The file in load/bench/, without its ending. */
  readonly name: string;
  readonly question: string;
  /** How it was measured, one sentence each. */
  readonly settings: readonly string[];
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
  readonly plots?: readonly Plot[];
  /** What `npm run gate` holds against what is frozen. */
  readonly ratios?: readonly Ratio[];
}

/** How this is beside a reference of the same run: the larger, the better. */
export interface Ratio {
  readonly name: string;
  /** Of processor time, which a busy machine changes little, or of the clock, which it changes a lot. */
  readonly of: 'processor' | 'clock';
  readonly value: number;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Goal {
  /** What was promised, in words: `journal ≥ 0.6 × the floor`. */
  readonly promise: string;
  readonly measured: string;
  readonly met: boolean;
  /** From the least to the most, over the rounds or the middle half; of a count there is none. */
  readonly spread?: string;
}

/** A picture where a curve says more; both axes grow by factors. */
export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Nothing to keep, and why; it is no failure. */
export interface LeftOut {
  readonly leftOut: readonly string[];
  /** What was measured all the same, to be looked at. */
  readonly seen?: Report;
}

/** Runs the benchmark of one file; a failed assertion in it fails the process. */
export async function bench(measure: () => Promise<Report | LeftOut>): Promise<void> {
  endWithParent();
  const outcome = await measure();
  if ('leftOut' in outcome) {
    if (outcome.seen !== undefined) print(outcome.seen);
    for (const line of outcome.leftOut) console.log(`  ${line}`);
  } else {
    print(outcome);
  }
  process.send?.(outcome);
}

/** Whoever started this is gone: nobody is told, so it ends. It also ends by itself, with its work. */
function endWithParent(): void {
  if (process.send === undefined) return;
  if (!process.connected) process.exit(1);
  process.on('disconnect', () => process.exit(1));
  process.channel?.unref();
}

function print({ tables, goals }: Report): void {
  for (const { columns, rows } of tables) {
    const lines = [columns, ...rows];
    const widths = columns.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? '').length)));
    for (const line of lines)
      console.log('  ' + line.map((cell, i) => padded(cell, widths[i], i)).join('  '));
    console.log();
  }
  for (const { promise, measured, met } of goals) {
    console.log(`  ${met ? 'met   ' : 'missed'}  ${promise}: ${measured}`);
  }
}

function padded(cell: string, width = 0, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** The file of its n-th plot. */
export function plotName({ name }: Report, index: number): string {
  return index === 0 ? `${name}.svg` : `${name}-${index + 1}.svg`;
}

/** As Markdown has it. */
export function tableOf({ columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = line(columns.map((_, i) => (i === 0 ? '---' : '---:')));
  return [line(columns), rule, ...rows.map(line)].join('\n');
}

/** 1234567 → `1.23 M`, 45678 → `45.7 k`: three digits are more than this machine repeats. */
export function short(figure: number): string {
  if (figure >= 999_500) return `${(figure / 1e6).toPrecision(3)} M`;
  if (figure >= 9995) return `${(figure / 1e3).toPrecision(3)} k`;
  return figure >= 100 ? figure.toFixed(0) : figure.toPrecision(3);
}

/** A ratio with two decimals: `0.72 ×`; with more where it is judged by a bound and would seem to meet it. */
export function times(ratio: number, bound?: number): string {
  return `${fixed(ratio, 2, bound)} ×`;
}

/** So many decimals, and more until the figure lies on the side of its bound where it is: `1.5004`. */
export function fixed(figure: number, decimals: number, bound = Infinity): string {
  const side = Math.sign(figure - bound);
  let text = figure.toFixed(decimals);
  for (let more = decimals; Math.sign(Number(text) - bound) !== side && more < 12;)
    text = figure.toFixed(++more);
  return text;
}

export function ratioOf(of: Ratio['of'], name: string, value: number): Ratio {
  return { name, of, value };
}

export function goal(promise: string, measured: string, met: boolean, spread?: string): Goal {
  return { promise, measured, met, ...(spread !== undefined && { spread }) };
}

/** From the least to the most of these ratios: `0.23 – 0.31 ×`. */
export function spreadOf(ratios: readonly number[]): string {
  return `${Math.min(...ratios).toFixed(2)} – ${times(Math.max(...ratios))}`;
}
