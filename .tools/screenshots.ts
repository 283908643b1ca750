/**
 * `npm run screenshots`: the inspector's pictures in docs/inspector, taken of a live fleet by Chromium
 * (`CHROMIUM` says where it is, if not where Debian has it).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { openServer } from '../runtime/http.ts';
import { openScene } from './screenshots/scene.ts';

const folder = process.argv[2] ?? 'docs/inspector';
const directory = mkdtempSync(join(tmpdir(), 'troupe-screenshots-'));
const troupe = await openScene(directory);
const server = await openServer(troupe, { inspector: 'send' });
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });

interface Shot {
  /** Within the inspector, or within a bundle of `of`. */
  readonly place: string;
  readonly of?: string;
  readonly ready: string;
  readonly dark?: boolean;
}

const wide = { width: 1360, height: 850 };

const shots: Readonly<Record<string, Shot>> = {
  fleet: { place: '#', ready: '[data-address="run/fix-login"]:has(.asks) .worker:not(:empty)' },
  chart: { place: '#release/v2.0.0', ready: '.picture .taken' },
  chartDark: { place: '#release/v2.0.0@3', ready: '.picture .taken', dark: true },
  sequence: { place: '#run/fix-login?view=sequence', ready: '.step[data-name="outbox.post"]' },
  bundle: {
    of: 'run/upgrade-deps',
    place: '#run/upgrade-deps@9',
    ready: '.actor:has(.picture .active) .leads',
  },
  run: { place: '#run/fix-login?tab=transcript', ready: '.actor:has(.picture .active) .message .call' },
};

try {
  mkdirSync(folder, { recursive: true });
  for (const [name, { place, of, ready, dark = false }] of Object.entries(shots)) {
    const page = await browser.newPage({
      viewport: wide,
      deviceScaleFactor: 1.5,
      colorScheme: dark ? 'dark' : 'light',
    });
    page.on('pageerror', (error) => console.error(`${name}: ${String(error)}`));
    page.on('console', (said) => said.type() === 'error' && console.error(`${name}: ${said.text()}`));
    await page.goto(`${of === undefined ? `${server.url}/inspector` : await bundleOf(of)}${place}`);
    await page.waitForSelector(ready);
    // What moves has come to rest.
    await page.evaluate('Promise.all(document.getAnimations().map((one) => one.finished))');
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.close();
    console.log(join(folder, `${name}.png`));
  }
} finally {
  await browser.close();
  const closed = server.close();
  server.hurry();
  await closed;
  await troupe.close();
  rmSync(directory, { recursive: true, force: true });
}

/** Its bundle, as a file. */
async function bundleOf(address: string): Promise<string> {
  const response = await fetch(`${server.url}/v1/actors/${address}/bundle.html`);
  const path = join(directory, 'bundle.html');
  writeFileSync(path, await response.text());
  return pathToFileURL(path).href;
}
