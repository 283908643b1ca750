/** What the fleet tells of each actor beside its state: what failed, what waits, which worker has it. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { openServer } from '../../../runtime/http.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { slow } from '../actors/slow.ts';
import { newDirectory } from '../open.ts';
import { hasBrowser, openPage } from './browser.ts';

// A browser starts slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

/** Two slow actors, for one of which something waits, and two runs, of which one had errors. */
async function opened() {
  const troupe = await openTroupe({ directory: newDirectory(), workers: 0, actors: [slow] });
  const server = await openServer(troupe);
  endings.push(async () => {
    const closed = server.close();
    server.hurry();
    await closed;
    await troupe.close();
  });
  for (const id of ['busy', 'idle']) await troupe.actor('slow', id).send({ type: 'end', text: '' });
  for (const id of ['bad', 'good']) await troupe.run(id).start({ title: id });
  await troupe.run('bad').send({ type: 'error', class: 'engine', message: 'The engine is overloaded.' });
  const said = troupe.actor('slow', 'busy').send({ type: 'say', text: 'a' });
  const done = async (): Promise<void> => {
    await troupe.actor('slow', 'busy').send({ type: 'end', text: '' });
    await said;
  };
  const { page, complaints } = await openPage(`${server.url}/inspector`);
  await page.waitForSelector('[data-address="slow/busy"] .waiting:text-is("1")');
  return { page, complaints, done, troupe };
}

const cells = async (page: Page, name: string): Promise<readonly string[]> =>
  page.locator(`.rows .row .cell.${name}`).allTextContents();

/** Programs for the browser are texts: the tests know no DOM. */
const addresses = `Array.from(document.querySelectorAll('.rows .row'), (row) => row.dataset.address)`;

describe.skipIf(!hasBrowser)('the columns of the fleet', () => {
  test('show what failed last, what waits and which worker has it, as it changes', async () => {
    const { page, complaints, done } = await opened();
    const bad = page.locator('[data-address="run/bad"]');
    expect(await bad.locator('.error').textContent()).toBe('The engine is overloaded.');
    expect(await cells(page, 'worker')).toEqual(['0', '0', '0', '0']);
    await done();
    await page.waitForSelector('[data-address="slow/busy"] .waiting:text-is("")', { state: 'attached' });
    expect(complaints).toEqual([]);
  });

  test('are sorted and filtered by', async () => {
    const { page, done } = await opened();
    await page.click('.head .waiting button');
    await page.waitForSelector('.head .waiting[aria-sort=descending]');
    await page.waitForSelector('.rows .row:first-child[data-address="slow/busy"]');
    await page.click('.head .error button');
    await page.waitForSelector('.rows .row:first-child[data-address="run/bad"]');
    await page.selectOption('.filters select:has(option:text-is("with an error"))', 'with an error');
    await page.waitForSelector('.count:text-is("1 of 4")');
    await page.waitForSelector('.rows .row:only-child');
    expect(await page.evaluate<string[]>(addresses)).toEqual(['run/bad']);
    await page.selectOption('.filters select:has(option:text-is("with an error"))', '');
    await page.fill('.filters input', 'overloaded');
    await page.waitForSelector('.count:text-is("1 of 4")');
    await done();
  });

  test('leave room for what matters on a phone', async () => {
    const { page, done } = await opened();
    await page.setViewportSize({ width: 390, height: 800 });
    await page.waitForSelector('[data-address="slow/busy"] .waiting', { state: 'hidden' });
    for (const name of ['error', 'waiting', 'worker', 'age'])
      expect(await page.locator(`[data-address="run/bad"] .${name}`).isVisible()).toBe(false);
    expect(await page.locator('[data-address="run/bad"] .state .chip >> nth=0').isVisible()).toBe(true);
    await done();
  });
});
