/** The guide to the inspector: its program opens the page, and its pictures are there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { Project } from '../project.ts';
import { pageOf } from './page.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const text = readFileSync('docs/guide/inspector.md', 'utf8');

const guide = pageOf(text);

test('it has a program that serves, and two that are looked at', () => {
  expect([...guide.files.keys()]).toEqual(['inspect.ts', 'lamp.ts', 'stately.ts']);
});

test('its program serves the page that may send', async () => {
  using project = new Project(guide.files);
  const server = spawn(process.execPath, ['inspect.ts'], {
    cwd: project.path,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(server, 'exit');
  try {
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const url = String((await lines.next()).value);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/inspector$/);
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<meta name="troupe-inspector" content="send">');
    expect((await fetch(`${url}/page.css`)).status).toBe(200);
    const rows = (await (await fetch(new URL('/v1/actors', url))).json()) as { items: object[] };
    expect(rows.items).toMatchObject([{ address: 'run/fix-login' }]);
  } finally {
    server.kill('SIGKILL');
    await ended;
  }
});

test("machines outside of the runtime are guests, and Stately's tools are told of the runtime", async () => {
  using project = new Project(guide.files);
  const server = spawn(process.execPath, ['inspect.ts'], {
    cwd: project.path,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(server, 'exit');
  try {
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const url = String((await lines.next()).value).replace('/inspector', '');
    vi.stubEnv('URL', url);
    for (const name of ['lamp.ts', 'stately.ts']) {
      const told = await project.run(name);
      expect(told).toEqual({ errors: '', code: 0, signal: null, out: guide.outputs.get(name) });
    }
    const guests = (await (await fetch(`${url}/v1/guests`)).json()) as { items: object[] };
    const [lamp] = guests.items;
    expect(lamp).toMatchObject({ kind: '~lamp', title: 'hall', state: ['on'], status: 'left', seq: 3 });
  } finally {
    vi.unstubAllEnvs();
    server.kill('SIGKILL');
    await ended;
  }
});

test('its pictures are pictures', () => {
  const pictures = [...text.matchAll(/\]\(\.\.\/(inspector\/\w+\.png)\)/g)].map(([, path]) => path ?? '');
  expect(pictures).toHaveLength(5);
  for (const path of pictures) {
    const bytes = readFileSync(`docs/${path}`);
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBeGreaterThan(20_000);
  }
});
