/** The guide to HTTP does what it says, curl lines included. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { Project } from '../project.ts';
import { pageOf } from './page.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const text = readFileSync('docs/guide/http.md', 'utf8');
const guide = pageOf(text);
const scripts = text.match(/(?<=^```sh\n).*?(?=^```$)/gms) ?? [];
const bash = promisify(execFile);

/** All that a recording shows, piece behind piece. */
function printedIn(recording: string): string {
  const [, ...events] = recording.trimEnd().split('\n');
  const told = events.map((line) => JSON.parse(line) as [number, string, string]);
  return told.flatMap(([, code, data]) => (code === 'o' ? [data] : [])).join('');
}

describe('docs/guide/http.md', () => {
  test('its tenants do not see each other', async () => {
    using project = new Project(guide.files);
    const told = await project.run('tenants.ts');
    expect(told).toEqual({ errors: '', code: 0, signal: null, out: guide.outputs.get('tenants.ts') });
  });

  test('its curl lines start, prompt once, list, follow, post, lease and open a terminal', async () => {
    using project = new Project(guide.files);
    const server = spawn(process.execPath, ['serve.ts'], {
      cwd: project.path,
      // Its shells find no files of whoever runs the tests, whose start may take its time.
      env: { ...process.env, PORT: '0', HOME: project.path },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(server, 'exit');
    try {
      const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
      const URL = String((await lines.next()).value);
      const answers: string[] = [];
      for (const line of scripts.flatMap((script) => script.trim().split('\n'))) {
        const { stdout } = await bash('bash', ['-c', line], { env: { ...process.env, URL } });
        answers.push(stdout);
      }
      const told = answers.map((answer): unknown =>
        /^\{[^\n]*$/.test(answer) ? JSON.parse(answer) : answer,
      );
      const [start, prompt, again, events, rows, stream, post, lease, ...terminal] = told;
      expect(start).toMatchObject({ seq: 2, tags: ['idle'] });
      expect(prompt).toMatchObject({ promptId: 'p1', seq: 3, duplicate: false });
      expect(again).toMatchObject({ promptId: 'p1', seq: 3, duplicate: true });
      expect(events).toMatchObject({ items: [{ seq: 3, id: 'p1', by: 'local' }], head: 3 });
      expect(rows).toMatchObject({ items: [{ address: 'run/fix-login', labels: { team: 'core' } }] });
      expect(stream).toContain('id: 3\nevent: facts\n');
      expect(post).toEqual({ ready: 1, leased: 0, dead: 0 });
      expect(lease).toMatchObject({ records: [{ position: 1, child: 'run/fix-login' }] });
      const [opened, ran, resized, typed, waited, keys, screen, signalled, closed, recording] = terminal;
      expect(opened).toMatchObject({ duplicate: false });
      expect(ran).toMatchObject({ commandId: 'c1', outcome: 'completed', exitCode: 0 });
      for (const receipt of [resized, typed, keys, signalled])
        expect(receipt).toMatchObject({ final: false });
      expect(waited).toMatchObject({ cols: 60, rows: 10 });
      // Rows end where the prompt of this machine lets them: what was typed may wrap between any two words.
      const { lines: rowsShown } = screen as { readonly lines: readonly string[] };
      expect(rowsShown.join('').replaceAll(' ', '')).toContain('whichone?');
      expect(printedIn(String(recording))).toContain('which one? ');
      expect(closed).toBe('');
      expect(recording).toMatch(/^\{"version":3,/);
    } finally {
      server.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    }
  });
});
