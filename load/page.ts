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
import { isLongAsked } from './benchCommand.ts';
import { benchDocument } from './benchDocument.ts';
import type { Kept } from './benchDocument.ts';
import { loadNow } from './quiet.ts';
import { plotName } from './report.ts';
import type { Report } from './report.ts';

const docs = join(import.meta.dirname, '../docs');
const kept = join(docs, 'bench');
const fileSystems: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
};

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
    ...(isLongAsked() && { long: true }),
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
export function commitNow(): string {
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
    .map((name) => JSON.parse(readFileSync(join(kept, name), 'utf8')) as Kept);
  // Written by hand: what a profile said, with its date.
  const profile = readFileSync(join(kept, 'profile.md'), 'utf8').trim();
  writeFileSync(join(docs, 'BENCHMARKS.md'), benchDocument(entries, profile));
}
