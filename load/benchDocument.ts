/**
 * docs/BENCHMARKS.md as text: first the goals, V1 to V18 in their order, each with its figure, how far the
 * rounds lay apart and the command that repeats it; then a section for each benchmark. What was measured on a
 * busy machine says so, above its tables.
 */
import { commandOf } from './benchCommand.ts';
import { warningOf } from './quiet.ts';
import { plotName, tableOf } from './report.ts';
import type { Goal, Report } from './report.ts';

/** The page's order; a benchmark that is not named follows behind. */
const order = [
  'host',
  'hostSqlite',
  'peers',
  'hostLatency',
  'hostGrowth',
  'hostFold',
  'hostMemory',
  'hostRestart',
  'longRun',
  'verify',
  'usage',
  'leaks',
  'outbox',
  'watch',
  'notify',
  'append',
  'bytes',
  'latency',
  'read',
  'chain',
  'growth',
  'stall',
  'committing',
];
/** A report, and under which circumstances it came about. */
export interface Kept {
  readonly report: Report;
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly versions: string;
  /** Processes that wanted to run in the minute before its end, itself included. */
  readonly load: string;
  /** And in the minute before it began; figures of before have none. */
  readonly loadBefore?: number;
  /** Its long form; figures of before do not say so. */
  readonly long?: boolean;
}

export function benchDocument(kept: readonly Kept[], profile: string): string {
  const entries = kept.toSorted(
    (a, b) => placeOf(a) - placeOf(b) || (a.report.name < b.report.name ? -1 : 1),
  );
  return `${[intro, goalsOf(entries), ...entries.map(sectionOf), profile].join('\n\n')}\n`;
}

const intro = `# Benchmarks

Written by \`npm run bench\`; do not edit. One file a question in \`load/bench/\`; \`npm run bench -- read\`
repeats one. The machine is shared and noisy: what counts is the ratio to a reference that took turns with it
in the same run; absolute figures are medians of that run and change from hour to hour. Every benchmark
asserts that it did the work before it prints. \`BENCH_DIRECTORY\` names the disk to measure,
\`BENCH_LONG=1\` asks for the long forms, \`--busy\` for a look on a busy machine, which is not kept.`;

function placeOf({ report }: Kept): number {
  const place = order.indexOf(report.name);
  return place < 0 ? order.length : place;
}

/** Those with a number first, by that; the others as their benchmarks come. */
function goalsOf(entries: readonly Kept[]): string {
  const all = entries.flatMap((entry) => entry.report.goals.map((one) => ({ entry, one })));
  const rows = all
    .toSorted((a, b) => numberOf(a.one) - numberOf(b.one))
    .map(({ entry, one }) => rowOf(entry, one));
  const columns = ['goal', 'measured', 'spread', '', 'command'];
  return `## Goals\n\n${tableOf({ columns, rows })}`;
}

/** `V12: …` → 12 */
function numberOf({ promise }: Goal): number {
  return Number(/^V(\d+)/.exec(promise)?.[1] ?? Infinity);
}

function rowOf(
  { report: { name }, load, loadBefore, long = false }: Kept,
  { promise, measured, met, spread = '' }: Goal,
): string[] {
  const isDoubtful = warningOf(loadBefore ?? Number(load)) !== '';
  const verdict = `${met ? 'met' : '**missed**'}${isDoubtful ? ', on a busy machine' : ''}`;
  const command = `[\`${commandOf(name, long)}\`](#${name.toLowerCase()})`;
  return [promise, measured, spread, verdict, command];
}

function sectionOf(entry: Kept): string {
  const { report, date, commit, machine: where, versions: what, load, long = false } = entry;
  const { name, question, settings, tables } = report;
  const plots = (report.plots ?? []).map((plot, i) => `![${plot.title}](bench/${plotName(report, i)})`);
  const warning = warningOf(entry.loadBefore ?? Number(load));
  const before = entry.loadBefore === undefined ? '' : `${entry.loadBefore.toFixed(1)} before and `;
  const when = `${date}, commit ${commit}, load ${before}${load}${before === '' ? '' : ' after'}`;
  const circumstances = `*${when}. ${where}. ${what}. \`${commandOf(name, long)}\`.*`;
  return [
    `## ${name}`,
    `**${question}**`,
    ...(warning === '' ? [] : [warning]),
    ...tables.map(tableOf),
    ...plots,
    settings.join(' '),
    circumstances,
  ].join('\n\n');
}
