/** The example's page in a browser: the client as a page bundles it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, globSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { Project } from '../project.ts';

// A browser starts slowly where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

const executablePath = '/usr/bin/chromium';
const hasBrowser = isThere(executablePath);

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

// Skipped where there is no browser: nothing else can tell what a page does.
test.skipIf(!hasBrowser)('a page shows what an agent says while it says it, to the end', async () => {
  const paths = globSync('*.ts', { cwd: 'docs/examples/liveTranscript' });
  const sources = paths.map(
    (path) => [path, readFileSync(`docs/examples/liveTranscript/${path}`, 'utf8')] as const,
  );
  using project = new Project(new Map(sources));
  await build({
    entryPoints: [`${project.path}/page.ts`],
    bundle: true,
    format: 'esm',
    outfile: `${project.path}/page.js`,
    logLevel: 'silent',
  });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const server = spawn(process.execPath, ['main.ts'], {
    cwd: project.path,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  try {
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const page = await browser.newPage();
    const failures: unknown[] = [];
    page.on('pageerror', (error) => failures.push(error));
    page.setDefaultTimeout(60_000);
    await page.goto(String((await lines.next()).value));
    await page.getByText('user: The test is in auth.test.ts').waitFor();
    await page.getByRole('heading', { name: 'Fix the login' }).waitFor();
    server.stdin.write('I look at it.');
    await page.getByText('assistant: I look at it.', { exact: true }).waitFor();
    server.stdin.write(' Done.');
    await page.getByText('assistant: I look at it. Done.', { exact: true }).waitFor();
    server.stdin.end();
    await page.getByText('sealed', { exact: true }).waitFor();
    expect(await page.locator('li').allTextContents()).toEqual([
      'user: The test is in auth.test.ts',
      'assistant: I look at it. Done.',
    ]);
    expect(failures).toEqual([]);
  } finally {
    await browser.close();
    server.kill('SIGKILL');
    await ended;
  }
});
