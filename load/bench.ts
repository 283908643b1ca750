/**
 * Runs the benchmarks: every file of load/bench/, or those whose names are given, each in a fresh process,
 * one after the other, so that none inherits another's heap, warm code or open files. What they report
 * becomes docs/BENCHMARKS.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { keep, machine, versions, writePage } from './page.ts';
import type { LeftOut, Report } from './report.ts';

const { positionals: wanted } = parseArgs({ allowPositionals: true });
const files = globSync(join(import.meta.dirname, 'bench/*.ts')).toSorted();
const names = files.map((file) => basename(file, '.ts'));
const unknown = wanted.filter((name) => !names.includes(name));

if (unknown.length > 0) {
  console.error(
    `No benchmark is called ${unknown.join(', ')}. There are: ${names.join(', ') || 'none yet'}.`,
  );
  process.exitCode = 1;
} else {
  console.log(`${machine()}\n${versions()}`);
  for (const file of files.filter(isWanted)) {
    if (!(await succeeds(file))) process.exitCode = 1;
  }
  writePage();
}

function isWanted(file: string): boolean {
  return wanted.length === 0 || wanted.includes(basename(file, '.ts'));
}

/** A benchmark asserts that it did the work before it reports, so its exit code is part of the result. */
async function succeeds(file: string): Promise<boolean> {
  const name = basename(file, '.ts');
  console.log(`\n${name}`);
  const started = performance.now();
  const child = spawn(process.execPath, ['--expose-gc', file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let report: Report | LeftOut | undefined;
  child.on('message', (message) => (report = message as Report | LeftOut));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  if (code !== 0 || report === undefined) {
    console.error(`${name} failed after ${seconds} s (${signal ?? `exit code ${code}`})`);
    return false;
  }
  console.log(`  ${seconds} s`);
  if (!('leftOut' in report)) keep(report);
  return true;
}
