/** One benchmark in a process of its own: so that none inherits another's heap, warm code or open files. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LeftOut, Report } from './report.ts';

const folder = join(import.meta.dirname, 'bench');

/** All there are, by name. */
export const benchNames: readonly string[] = globSync(join(folder, '*.ts'))
  .map((file) => basename(file, '.ts'))
  .toSorted();

/**
 * What it reports. Undefined: it failed, and has said why; it asserts that it did the work before it reports,
 * so its exit code is part of the result.
 */
export async function reportedBy(name: string): Promise<Report | LeftOut | undefined> {
  console.log(`\n${name}`);
  const started = performance.now();
  const child = spawn(process.execPath, ['--expose-gc', join(folder, `${name}.ts`)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let report: Report | LeftOut | undefined;
  child.on('message', (message) => (report = message as Report | LeftOut));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  if (code !== 0 || report === undefined) {
    console.error(`${name} failed after ${seconds} s (${signal ?? `exit code ${code}`})`);
    return undefined;
  }
  console.log(`  ${seconds} s`);
  return report;
}
