/** The report of a load run as one page that needs nothing else. */
import { lineOf } from './latency.ts';
import type { Percentiles } from './latency.ts';
import { svgOf } from './plot.ts';
import { warningOf } from './quiet.ts';
import { short } from './report.ts';
import type { Result } from './underLoad.ts';

/** Under what something was measured. */
export interface Circumstances {
  readonly machine: string;
  readonly versions: string;
  readonly date: string;
  readonly command: string;
  readonly commit: string;
  /** Of the machine, before. */
  readonly load: number;
}

export interface LoadRun extends Circumstances {
  readonly results: readonly Result[];
  /** Scenarios that did not come to figures, and why. */
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
}

export function loadPage(run: LoadRun): string {
  const { results, failures } = run;
  const failed = failures.map(
    ({ name, reason }) => `<section><h2>${html(name)}: failed</h2><pre>${html(reason)}</pre></section>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Troupe under load</title><style>${style}</style>
<h1>Troupe under load</h1>
${circumstancesIn(run)}
<p>Server and clients share the machine.
What was answered was found in the journal, once, before any figure was written here.</p>
${[...failed, ...results.map(sectionOf)].join('\n')}
</html>
`;
}

/** Under what something was measured, as paragraphs. */
export function circumstancesIn(run: Circumstances): string {
  const { command, date, commit, load, machine, versions } = run;
  const when = `${date}, commit ${commit}, load ${load.toFixed(1)} before`;
  const told = `${command}, ${when}. ${machine}. ${versions}.`;
  const warning = warningOf(load).replaceAll('**', '');
  return `<p>${html(told)}</p>${warning === '' ? '' : `\n<p><b>${html(warning)}</b></p>`}`;
}

const style =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:760px;margin:2em auto;padding:0 1em;color:#222;' +
  'background:#fff}table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em 1em .2em 0;' +
  'text-align:right}td:first-child,th:first-child{text-align:left}tr+tr td{border-top:1px solid #ddd}' +
  'svg{max-width:100%}ul{color:#555}pre{white-space:pre-wrap;color:#c00}' +
  '@media(prefers-color-scheme:dark){body{background:#16181d;color:#e4e6ea}ul{color:#a9afba}' +
  'tr+tr td{border-color:#3d434f}pre{color:#ff8a80}}';

function sectionOf(result: Result): string {
  const { name, question, figures, latencies, remarks = [], checked, seconds, traffic } = result;
  const { sent, answered, refused, cutOff, failed } = traffic;
  const told = [...remarks, ...checked, `it took ${seconds.toFixed(0)} s`];
  return `<section><h2>${html(name)}</h2><p><b>${html(question)}</b></p>
${tableOf([
  ['requests', 'answered', 'refused on purpose', 'cut off at the end', 'errors'],
  [sent, answered, refused, cutOff, failed].map(String),
])}
${tableOf(figures.map(({ name: title, value, unit }) => [title, amountOf(value), unit]))}
${tableOf([['ms', ...marks, 'answers'], ...latencies.map(rowOf)])}
${latencyPlot(result) ?? ''}
<ul>${told.map((fact) => `<li>${html(fact)}</li>`).join('')}</ul></section>`;
}

/** Undefined: there are too few values for a line. */
export function latencyPlot({ name, latencies }: Result): string | undefined {
  const lines = latencies.map(lineOf).filter(({ points }) => points.length > 1);
  if (lines.length === 0) return undefined;
  return svgOf({ title: `${name}: latency`, x: 'one of so many takes longer', y: 'ms', lines });
}

function rowOf({ name, ms, count }: Percentiles): string[] {
  return [name, ...msOf(ms), short(count)];
}

export const marks = ['p50', 'p90', 'p99', 'p99.9', 'max'] as const;

/** In the order of `marks`; what too few values cannot tell is a dash. */
export function msOf(ms: Readonly<Record<string, number>>): string[] {
  return marks.map((mark) => {
    const value = ms[mark];
    return value === undefined ? '–' : value >= 100 ? value.toFixed(0) : value.toPrecision(2);
  });
}

/** 0 is none, not `0.00`. */
export function amountOf(value: number): string {
  return Number.isInteger(value) && value < 10_000 ? String(value) : short(value);
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]): string => row.map((cell) => `<td>${html(cell)}</td>`).join('');
  return `<table>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('')}</table>`;
}

/** A text where a page has one. */
export function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
