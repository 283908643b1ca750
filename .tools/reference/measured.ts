/**
 * The table of figures in the README, out of what `npm run bench` kept: nobody copies a number by hand.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.ts';

interface Kept {
  readonly report: {
    readonly tables: readonly {
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }[];
  };
  readonly date: string;
  readonly machine: string;
  readonly commit: string;
  readonly load: string;
}

/** One row: what it says, the cell that measures it, and the cell that compares it. */
interface Figure {
  readonly what: string;
  readonly bench: string;
  readonly row: string;
  readonly column: string;
  readonly beside?: { readonly column: string; readonly of: string };
}

const figures: readonly Figure[] = [
  {
    what: 'durable sends a second: one worker, 1000 actors, 2000 in flight',
    bench: 'host',
    row: 'Troupe, one worker',
    column: 'sends/s',
    beside: { column: 'of XState in memory', of: 'of XState alone, which keeps nothing' },
  },
  {
    what: 'the same beside XState and SQLite by hand',
    bench: 'hostSqlite',
    row: 'Troupe, one worker',
    column: 'sends/s',
    beside: { column: 'of SQLite by hand', of: 'of it' },
  },
  {
    what: 'one durable send, nothing else to do (median)',
    bench: 'hostLatency',
    row: 'send, one worker',
    column: 'p50',
    beside: { column: 'p50 beside fdatasync', of: 'of one fdatasync' },
  },
  {
    what: 'a thousand streams of text, each with a subscriber: behind at the end',
    bench: 'watch',
    row: 'lag at the end',
    column: 'measured',
  },
  {
    what: 'a parent takes 25 records and acknowledges them (median)',
    bench: 'outbox',
    row: 'drain of 25 and its ack',
    column: 'p50',
    beside: { column: 'beside fdatasync', of: 'of one fdatasync' },
  },
  {
    what: 'after a crash with 100 000 actors: until the first answer',
    bench: 'hostRestart',
    row: '1.00 M events, after a crash',
    column: 'first answer',
  },
  { what: 'heap of a live actor', bench: 'hostMemory', row: 'live', column: 'heap' },
  {
    what: 'heap of a dormant actor',
    bench: 'hostMemory',
    row: 'dormant, the log has gone on',
    column: 'heap',
  },
];

const opening = '<!-- measured: npm run reference -->\n';
const closing = '<!-- /measured -->';

/** The README with its table made anew. */
export function withFigures(readme: string): string {
  const [before = '', rest] = readme.split(opening);
  const after = rest?.split(closing)[1];
  if (after === undefined) throw new Error('README.md has no place for the figures');
  return `${before}${opening}${figuresTable()}${closing}${after}`;
}

function figuresTable(): string {
  const rows = figures.map((figure) => {
    const { bench, row, column, beside } = figure;
    const compared = beside === undefined ? '' : `${cellOf(bench, row, beside.column)} ${beside.of}`;
    return `| ${figure.what} | ${cellOf(bench, row, column)} | ${compared} |`;
  });
  return `| | measured | beside |\n|---|---:|---|\n${rows.join('\n')}\n\n${circumstances()}\n`;
}

/** Of all figures: who sees several commits knows that they were not measured together. */
function circumstances(): string {
  const kept = [...new Set(figures.map(({ bench }) => bench))].map(keptOf);
  const several = (values: readonly string[]): string => [...new Set(values)].toSorted().join(', ');
  const dates = several(kept.map(({ date }) => date));
  const commits = several(kept.map(({ commit }) => commit));
  const loads = kept.map(({ load }) => Number(load)).toSorted((a, b) => a - b);
  const flush = cellOf('hostLatency', '4 KiB appended, and fdatasync', 'p50');
  const disk = `one fdatasync of 4 KiB takes ${flush}`;
  const when = `${dates}, commit ${commits}, load ${loads[0]} to ${loads.at(-1)}`;
  return `${when}. ${keptOf('host').machine}, whose disk is quick: ${disk}.`;
}

/** A figure that is not there any more is no empty cell. */
function cellOf(bench: string, row: string, column: string): string {
  for (const { columns, rows } of keptOf(bench).report.tables) {
    const found = rows.find(([name]) => name === row)?.[columns.indexOf(column)];
    if (found !== undefined) return found;
  }
  throw new Error(`docs/bench/${bench}.json has no "${column}" of "${row}"`);
}

function keptOf(bench: string): Kept {
  // As load/page.ts keeps it.
  return JSON.parse(readFileSync(join(root, `docs/bench/${bench}.json`), 'utf8')) as Kept;
}
