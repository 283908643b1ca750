/** A bundle in a real browser, as a file, with the network off: what it shows is what the runtime says. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { openServed } from '../../http/served.ts';
import { findings, hasBrowser, openPage } from '../browser.ts';
import { bundleOf, fileOf, hostile, sealedRun } from './file.ts';

// A browser starts slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

/** Opened without a network, with everything that it asked for. */
async function openFile(url: string): Promise<{
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}> {
  const { page, complaints } = await openPage('about:blank');
  await page.context().setOffline(true);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, complaints, requests };
}

// Programs for the browser are texts: the tests know no DOM.
const activeLeaves = `Array.from(
  document.querySelectorAll('.picture g.state.active:has(> .box)'),
  (group) => group.getAttribute('data-state'),
)`;

/** What is beside the chart, tab by tab. */
async function detailsOf(
  page: Page,
  address: string,
  seq: number,
): Promise<Readonly<Record<string, string>>> {
  const told: Record<string, string> = {};
  for (const tab of ['event', 'context', 'transcript']) {
    await page.evaluate(`location.hash = '#${address}@${seq}?tab=${tab}'`);
    await page.waitForSelector(`.actor[data-seq="${seq}"] .tablist [data-tab="${tab}"][aria-selected=true]`);
    const ready = { event: '.leads.effect', context: '.words', transcript: '.message, .empty' }[tab] ?? '';
    await page.waitForSelector(`.tabbody ${ready} >> nth=0`);
    told[tab] = (await page.textContent('.tabbody')) ?? '';
  }
  return told;
}

describe.skipIf(!hasBrowser)('a bundle in a browser', () => {
  test('shows a sealed run at any moment as the runtime does, and loads nothing', async () => {
    const served = await openServed();
    const run = await sealedRun(served);
    const { url } = await bundleOf(served, 'run/r');
    const live = await openPage(`${served.server.url}/inspector`);
    await live.page.waitForSelector('[data-address="run/r"]');
    const { page, complaints, requests } = await openFile(url);
    await page.waitForSelector('.actor[data-seq="14"] .picture g.active');
    expect(new URL(page.url()).hash).toBe('#run/r');
    for (const seq of [3, 7, 13]) {
      const told = await detailsOf(page, 'run/r', seq);
      const { state } = await run.at(seq);
      expect((await page.evaluate<string[]>(activeLeaves)).toSorted()).toEqual(state.toSorted());
      expect(told).toEqual(await detailsOf(live.page, 'run/r', seq));
    }
    expect(await page.textContent('.message.user')).toContain(hostile);
    expect(await page.title()).toBe('run/r · Troupe');
    expect(complaints).toEqual([]);
    expect(requests.map((one) => new URL(one).protocol)).toEqual(['file:']);
  });

  test('shows the context of a moment, what changed, and heat', async () => {
    const served = await openServed();
    const order = served.troupe.actor('order', '1');
    for (const text of ['a', 'b', 'c']) await order.send({ type: 'order.note', text });
    await order.send({ type: 'order.pay', cents: 250 });
    const { url } = await bundleOf(served, 'order/1');
    const { page, complaints } = await openFile(`${url}#order/1@4?tab=context`);
    await page.waitForSelector('.actor[data-seq="4"] .picture g.active');
    expect(await page.evaluate<string[]>(activeLeaves)).toEqual(['open']);
    expect(await page.textContent('.contexttab .root')).toBe('paid0customernobody');
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('.actor[data-seq="5"] .picture g.active[data-state="paid.packing"]');
    expect(await page.textContent('.contexttab .root')).toBe('paid250customernobody');
    await page.click('.tablist [data-tab="event"]');
    await page.waitForSelector('.differences');
    expect(await page.textContent('.differences')).toBe('paid0250');
    await page.selectOption('.tools select', 'count');
    await page.waitForSelector('[data-state="open"] .warmth');
    expect(complaints).toEqual([]);
  });

  test('offers nothing that needs a server, and says that it is recorded', async () => {
    const served = await openServed({ inspector: 'send' });
    await sealedRun(served);
    const { url } = await bundleOf(served, 'run/r', '?facts=5');
    const { page } = await openFile(`${url}#run/r?tab=digest`);
    await page.waitForSelector('.seal');
    expect(await page.locator('.seal button').count()).toBe(0);
    expect(await page.locator('.tablist [data-tab="send"], .fold').count()).toBe(0);
    const said = await page.textContent('.connection');
    expect(said).toMatch(/^Recorded .+, nothing here is live\. 5 facts of run\/r\. Of run\/r it holds/);
    const offered = await page.locator('.menu button').allTextContents();
    expect(offered).toEqual(['Chart as Mermaid', 'What is loaded, as JSON']);
  });

  test('is taken from the page itself', async () => {
    const served = await openServed();
    await sealedRun(served);
    const { page } = await openPage(`${served.server.url}/inspector#run/r`);
    await page.waitForSelector('.picture g.active');
    await page.click('.menu summary');
    const saving = page.waitForEvent('download');
    await page.click('.menu button:has-text("as a page")');
    const download = await saving;
    expect(download.suggestedFilename()).toBe('run-r.html');
    const path = await download.path();
    const opened = await openFile(fileOf(readFileSync(path, 'utf8')));
    await opened.page.waitForSelector('.actor[data-seq="14"] .picture g.active');
    expect(opened.complaints).toEqual([]);
  });

  test('shows the screen of a session at the moments of its recording', async () => {
    const served = await openServed();
    const pty = served.troupe.pty('one');
    const program =
      'printf "first\\n"; read a; printf "\\033[38;2;200;10;20mred\\033[0m \\344\\275\\240 $a"; read b';
    await pty.open({ command: 'sh', args: ['-c', program], cols: 40, rows: 6 });
    const before = await pty.waitFor({ text: 'first' });
    await pty.write('yes\n');
    const after = await pty.waitFor({ text: '你 yes' });
    const { url } = await bundleOf(served, 'pty/one');
    const { page, complaints } = await openFile(url);
    for (const screen of [before, after]) {
      await page.evaluate(`location.hash = '#pty/one@${screen.seq}'`);
      await page.waitForSelector(`.glass[data-seq="${screen.seq}"]`);
      expect(await page.evaluate<string[]>(glass)).toEqual(screen.lines);
    }
    expect(await page.evaluate<string>(colour)).toBe('rgb(200, 10, 20)');
    expect(complaints).toEqual([]);
    await pty.close();
  });

  test('has nothing that axe finds serious, in light and dark, wide and narrow', async () => {
    const served = await openServed();
    await sealedRun(served);
    const { url } = await bundleOf(served, 'run/r', '?facts=5');
    const { page } = await openFile(`${url}#run/r?tab=digest`);
    await page.waitForSelector('.actor:has(.picture g.active) .seal');
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    expect(await page.evaluate<string[]>(findings)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForSelector('html[data-theme=dark]');
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate<string[]>(findings)).toEqual([]);
    // A control: it does find something.
    await page.evaluate("document.querySelector('.actor').append(document.createElement('button'))");
    expect(await page.evaluate<string[]>(findings)).not.toEqual([]);
  });
});

const glass = `Array.from(document.querySelectorAll('.glass .line'), (line) => line.textContent.trimEnd())`;
const colour = `getComputedStyle(Array.from(document.querySelectorAll('.glass span'))
  .find((span) => span.textContent.startsWith('red'))).color`;
