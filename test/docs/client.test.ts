/** The guide to the client does what it says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, expect, test, vi } from 'vitest';
import { Project } from '../project.ts';
import { pageOf } from './page.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

const guide = pageOf(readFileSync('docs/guide/client.md', 'utf8'));

afterEach(() => vi.unstubAllEnvs());

test('docs/guide/client.md: its programs print what it says', async () => {
  using project = new Project(guide.files);
  const server = spawn(process.execPath, ['serve.ts'], {
    cwd: project.path,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  try {
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    vi.stubEnv('URL', String((await lines.next()).value));
    for (const name of ['follow.ts', 'shown.ts', 'beside.ts']) {
      const told = await project.run(name);
      expect(told).toEqual({ errors: '', code: 0, signal: null, out: guide.outputs.get(name) });
    }
  } finally {
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  }
});
