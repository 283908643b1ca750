/**
 * docs/BENCHMARKS.md: what `npm run bench` measured, written by it and by nobody else. Each benchmark's
 * figures stay in docs/bench/ as data, so that one can be repeated without the others.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchDirectory } from './disk.ts';
import { svgOf } from './plot.ts';
import { loadNow } from './quiet.ts';
import type { Report, Table } from './report.ts';

const docs = join(import.meta.dirname, '../docs');
const kept = join(docs, 'bench');
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
const fileSystems: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
};

/** A report, and under which circumstances it came about. */
interface Kept {
  readonly report: Report;
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly versions: string;
  /** Processes that wanted to run in the minute before its end, itself included. */
  readonly load: string;
  /** And in the minute before all of it began; figures of before have none. */
  readonly loadBefore?: number;
}

/** Keeps a report with its plots. */
export function keep(report: Report, loadBefore: number): void {
  const entry: Kept = {
    report,
    date: new Date().toISOString().slice(0, 10),
    commit: commitNow(),
    machine: machine(),
    versions: versions(),
    load: loadNow().toFixed(1),
    loadBefore: Number(loadBefore.toFixed(1)),
  };
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, `${report.name}.json`), `${JSON.stringify(entry, undefined, 2)}\n`);
  (report.plots ?? []).forEach((plot, i) => writeFileSync(join(kept, plotName(report, i)), svgOf(plot)));
}

/** The machine, as far as it matters to a figure. */
export function machine(): string {
  const { type } = statfsSync(benchDirectory);
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const system = `${platform()} ${release().split('-')[0]} ${arch()}`;
  const disk = fileSystems[type] ?? `file system 0x${type.toString(16)}`;
  return `${cpus().length} × ${cpus()[0]?.model.trim()}, ${memory}, ${system}, ${disk}`;
}

export function versions(): string {
  const { dependencies } = manifest('..') as { dependencies: Readonly<Record<string, string>> };
  const libraries = Object.keys(dependencies).map((name) => {
    const { version } = manifest(`../node_modules/${name}`) as { version: string };
    return `${name} ${version}`;
  });
  return [`Node ${process.versions.node}`, ...libraries].join(', ');
}

function manifest(folder: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, folder, 'package.json'), 'utf8'));
}

/** The commit that was measured; `+` when files differ from it. */
function commitNow(): string {
  const git = (...words: string[]): string =>
    execFileSync('git', words, { encoding: 'utf8', cwd: docs, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--', ':!/docs') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? '+' : ''}`;
  } catch {
    return 'not committed yet';
  }
}

/** Writes the page anew from everything that is kept. */
export function writePage(): void {
  const entries = readdirSync(kept)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(kept, name), 'utf8')) as Kept)
    .toSorted((a, b) => placeOf(a) - placeOf(b) || (a.report.name < b.report.name ? -1 : 1));
  // Written by hand: what a profile said, with its date.
  const profile = readFileSync(join(kept, 'profile.md'), 'utf8').trim();
  const page = [intro, goalsOf(entries), ...entries.map(sectionOf), profile].join('\n\n');
  writeFileSync(join(docs, 'BENCHMARKS.md'), `${page}\n`);
}

const intro = `# Benchmarks

Written by \`npm run bench\`; do not edit. One file a question in \`load/bench/\`; \`npm run bench read\`
repeats one. The machine is shared and noisy: what counts is the ratio to a reference that took turns with it
in the same run; absolute figures are medians of that run and change from hour to hour. Every benchmark
asserts that it did the work before it prints. \`BENCH_DIRECTORY\` names the disk to measure,
\`BENCH_LONG=1\` asks for the long forms.`;

function placeOf({ report }: Kept): number {
  const place = order.indexOf(report.name);
  return place < 0 ? order.length : place;
}

function goalsOf(entries: readonly Kept[]): string {
  const rows = entries.flatMap(({ report }) =>
    report.goals.map(({ promise, measured, met }) => [
      promise,
      measured,
      met ? 'met' : '**missed**',
      `[${report.name}](#${report.name.toLowerCase()})`,
    ]),
  );
  return `## Goals\n\n${tableOf({ columns: ['goal', 'measured', '', ''], rows })}`;
}

function sectionOf(entry: Kept): string {
  const { report, date, commit, machine: where, versions: what, load } = entry;
  const { name, question, settings, tables } = report;
  const plots = (report.plots ?? []).map((plot, i) => `![${plot.title}](bench/${plotName(report, i)})`);
  const when = `${date}, commit ${commit}, load ${load}`;
  const circumstances = `*${when}. ${where}. ${what}. \`npm run bench ${name}\`.*`;
  return [
    `## ${name}`,
    `**${question}**`,
    ...tables.map(tableOf),
    ...plots,
    settings.join(' '),
    circumstances,
  ].join('\n\n');
}

function tableOf({ columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = line(columns.map((_, i) => (i === 0 ? '---' : '---:')));
  return [line(columns), rule, ...rows.map(line)].join('\n');
}

function plotName({ name }: Report, index: number): string {
  return index === 0 ? `${name}.svg` : `${name}-${index + 1}.svg`;
}
