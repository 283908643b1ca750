/**
 * A benchmark that is ended early leaves no directory behind, and none goes on when the command that started
 * it is gone. Real processes and signals, because they are the point.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 60_000 });

/** In the checkout: where temporary files are may be no disk. */
function disk(): string {
  mkdirSync('.load', { recursive: true });
  const path = mkdtempSync(join(process.cwd(), '.load/bench-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A process that has made its scratch directory here. */
async function measuring(directory: string, words: readonly string[]): Promise<ChildProcess> {
  const changes = watch(directory);
  const child = spawn(process.execPath, ['--expose-gc', ...words], {
    env: { ...process.env, BENCH_DIRECTORY: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdout.resume();
  child.stderr.resume();
  for await (const { filename } of changes) if (filename?.startsWith('troupe-bench-chain-')) return child;
  throw new Error('the directory is no longer watched');
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a benchmark that %s ends has removed its directories', async (signal, code) => {
  const directory = disk();
  const child = await measuring(directory, ['load/bench/chain.ts']);
  child.kill(signal);
  expect(await once(child, 'close')).toEqual([code, null]);
  expect(readdirSync(directory)).toEqual([]);
});

test.each(['SIGINT', 'SIGKILL'] as const)(
  'a benchmark ends when its command has ended by %s',
  async (signal) => {
    const directory = disk();
    const command = await measuring(directory, ['load/bench.ts', 'chain', '--busy']);
    command.kill(signal);
    // The benchmark has the same output: that is closed when both are gone.
    expect(await once(command, 'close')).toEqual([null, signal]);
    expect(readdirSync(directory)).toEqual([]);
  },
);
