/** The test that the inspector writes of a history: it runs, and fails where the machine leads elsewhere. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openServed } from '../http/served.ts';
import { sampleUrl } from '../open.ts';
import { hasBrowser, openPage } from './browser.ts';

// A browser and another vitest start slowly where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

const root = fileURLToPath(new URL('../../../', import.meta.url));
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What vitest says of one file. */
interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly failureMessages: readonly string[] }[];
}

/** Runs them as a project of somebody's own would: beside its definitions, with this vitest. */
async function run(texts: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-history-'));
  folders.push(folder);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const imports = {
    "'troupe/testing'": join(root, 'runtime/testing.ts'),
    "'./order.ts'": fileURLToPath(sampleUrl),
  };
  for (const [name, text] of Object.entries(texts)) {
    let written = text;
    for (const [from, to] of Object.entries(imports)) written = written.replace(from, JSON.stringify(to));
    writeFileSync(join(folder, name), written);
  }
  const said = join(folder, 'said.json');
  // Both in one process and one worker: they have much to load.
  const args = ['run', '--root', folder, '--no-isolate', '--maxWorkers=1', '--reporter=json'];
  const child = spawn(process.execPath, [vitest, ...args, `--outputFile=${said}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  // As vitest writes it.
  const { testResults } = JSON.parse(readFileSync(said, 'utf8')) as { testResults: readonly FileResult[] };
  const files = testResults.map(({ name, status, assertionResults }) => ({
    name: basename(name),
    status,
    failures: assertionResults.map(({ failureMessages }) => failureMessages),
  }));
  return { code, files: files.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

describe.skipIf(!hasBrowser)('a test of a history', () => {
  test('passes as it is written, and fails with another history', async () => {
    const { troupe, server } = await openServed();
    const order = troupe.actor('order', '1');
    await order.send({ type: 'order.note', text: 'it\'s "here"\n' }, { input: { customer: 'Ann' } });
    await order.send({ type: 'order.pay', cents: 250 });
    await order.send({ type: 'order.ship' });
    const { page, complaints } = await openPage(`${server.url}/inspector#order/1@3`);
    await page.waitForSelector('.actor[data-seq="3"]');
    await page.click('.menu summary');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('.menu button:text-is("A test for vitest")'),
    ]);
    expect(download.suggestedFilename()).toBe('order-1.test.ts');
    const text = readFileSync(await download.path(), 'utf8');
    expect(text).toContain('the history of order/1 leads to paid.packing');
    const other = text.replace('cents: 250', 'cents: 251');
    const { code, files } = await run({ 'as-written.test.ts': text, 'other.test.ts': other });
    expect(files).toEqual([
      { name: 'as-written.test.ts', status: 'passed', failures: [[]] },
      { name: 'other.test.ts', status: 'failed', failures: [[expect.stringContaining('251')]] },
    ]);
    expect(code).toBe(1);
    expect(complaints).toEqual([]);
  });
});
