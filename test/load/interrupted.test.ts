/** A run that is ended by a signal leaves nothing behind but what it has measured. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SoakRun } from '../../load/soaking/soakPage.ts';

vi.setConfig({ testTimeout: 60_000 });

let directory = '';
const root = join(import.meta.dirname, '../..');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'troupe-interrupted-'));
  mkdirSync(join(directory, 'scratch'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Started with a folder of its own for what it puts away; settles at its first line of progress. */
async function begun(...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...args, '--out', join(directory, 'out')], {
    cwd: root,
    env: { ...process.env, BENCH_DIRECTORY: join(directory, 'scratch') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      if (part.includes('  … ')) resolve();
    });
  });
  return child;
}

/** Command lines of processes that work in the folder. */
function working(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandOf(pid))
    .filter((command) => command.includes(join(directory, 'scratch')));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // It has ended meanwhile.
  }
}

// A soak reads /proc, and so does this.
test.runIf(process.platform === 'linux')(
  'a soak that is terminated keeps its samples without a verdict',
  async () => {
    const child = await begun('load/soak.ts', '--minutes', '6');
    expect(working()).toHaveLength(1);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([143, null]);
    const kept = JSON.parse(readFileSync(join(directory, 'out/soak.json'), 'utf8')) as SoakRun;
    expect(kept.interrupted).toBe(true);
    expect(kept.soaked.samples.length).toBeGreaterThan(0);
    expect(readFileSync(join(directory, 'out/soak.html'), 'utf8')).toContain('It was interrupted');
    await vi.waitFor(() => expect(working()).toEqual([]), { timeout: 20_000 });
    expect(readdirSync(join(directory, 'scratch'))).toEqual([]);
  },
);

test.runIf(process.platform === 'linux')(
  'a scenario that is interrupted ends its server, and its folder is gone',
  async () => {
    const child = await begun('load/load.ts', 'outbox', '--seconds', '60');
    expect(working()).toHaveLength(1);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    await vi.waitFor(() => expect(working()).toEqual([]), { timeout: 20_000 });
    expect(readdirSync(join(directory, 'scratch'))).toEqual([]);
  },
);
