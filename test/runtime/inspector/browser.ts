/** One Chromium for a file of tests, with what a page complains of. */
import { existsSync } from 'node:fs';
import { afterAll, afterEach } from 'vitest';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Without a browser there is nothing to drive. */
export const hasBrowser: boolean = existsSync(executablePath);

let browser: Promise<Browser> | undefined;
const pages: Page[] = [];

afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
});

afterAll(async () => (await browser)?.close());

export interface Opened {
  readonly page: Page;
  /** Errors of its programs, and what its policy refused. */
  readonly complaints: string[];
}

export async function openPage(url: string): Promise<Opened> {
  // Root may not have a sandbox of its own.
  browser ??= chromium.launch({ executablePath, args: ['--no-sandbox'], timeout: 60_000 });
  const context = await (await browser).newContext({ viewport: { width: 1400, height: 900 } });
  // A machine that is busy with other tests is slow, not wrong.
  context.setDefaultTimeout(45_000);
  const page = await context.newPage();
  pages.push(page);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (said) => {
    // A request that fails is told by the page itself.
    if (said.type() === 'error' && !said.text().startsWith('Failed to load resource')) {
      complaints.push(said.text());
    }
  });
  await page.goto(url);
  return { page, complaints };
}

/** What axe finds serious or worse, one line each. Colours that are on their way are none yet. */
export const findings = `Promise.all(document.getAnimations().map((one) => one.finished))
  .then(() => axe.run())
  .then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 120))),
  )`;
