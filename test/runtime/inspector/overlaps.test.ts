/** Ten statecharts as Chromium draws them: no text on another or outside of its box, no box on a box. */
import { describe, expect, test, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { openServer } from '../../../runtime/http.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { newDirectory } from '../open.ts';
import { hasBrowser, openPage } from './browser.ts';
import { examples } from './exampleMachines.ts';

// A browser starts slowly where many tests run at once; each layout is made in a thread of its own.
vi.setConfig({ testTimeout: 90_000 });

/** What lies on what, one line each. Programs for the browser are texts: the tests know no DOM. */
const findings = `(() => {
  const slack = 0.75;
  const rect = (element) => element.getBoundingClientRect();
  const crosses = (a, b) => a.left + slack < b.right && b.left + slack < a.right &&
    a.top + slack < b.bottom && b.top + slack < a.bottom;
  const holds = (a, b) => b.left >= a.left - slack && b.right <= a.right + slack &&
    b.top >= a.top - slack && b.bottom <= a.bottom + slack;
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const nameOf = (element) => element.textContent || element.closest('[data-state]')?.dataset.state ||
    element.parentElement.querySelector('title')?.textContent;
  const texts = all('.chart text');
  const solid = [...all('.state > .box'), ...all('.caption > .label')];
  const frames = all('.state > .frame');
  const told = [];
  const pairs = (list, what) => list.forEach((one, i) => list.slice(i + 1).forEach((other) => {
    if (crosses(rect(one), rect(other))) told.push(what + ': ' + nameOf(one) + ' | ' + nameOf(other));
  }));
  pairs(texts, 'text on text');
  pairs(solid, 'box on box');
  for (const text of texts) {
    const group = text.closest('.state, .caption, .header');
    const holder = group.querySelector(':scope > .box, :scope > .label, :scope > .rows, :scope > .band');
    const isHeader = group.classList.contains("header");
    const bands = isHeader ? Array.from(group.querySelectorAll(".band, .rows")) : [holder];
    if (!bands.some((band) => holds(rect(band), rect(text)))) told.push('text outside: ' + nameOf(text));
  }
  frames.forEach((one, i) => frames.slice(i + 1).forEach((other) => {
    const [a, b] = [rect(one), rect(other)];
    if (crosses(a, b) && !holds(a, b) && !holds(b, a)) told.push('frame on frame: ' + nameOf(one));
  }));
  for (const frame of frames) for (const box of solid) {
    const [a, b] = [rect(frame), rect(box)];
    if (crosses(a, b) && !holds(a, b)) told.push('box across a frame: ' + nameOf(box));
  }
  return told;
})()`;

describe.skipIf(!hasBrowser)('ten charts', () => {
  test('have nothing that covers anything else', async () => {
    await using troupe = await openTroupe({ directory: newDirectory(), workers: 0, actors: examples });
    await using server = await openServer(troupe);
    const base = `${server.url}/v1/definitions`;
    const { page } = await openPage(`${base}/light/chart.svg`);
    for (const { kind } of examples) {
      await page.goto(`${base}/${kind}/chart.svg`);
      const count = await page.locator('.state').count();
      expect([kind, count > 2]).toEqual([kind, true]);
      expect([kind, await found(page)]).toEqual([kind, []]);
    }
    // A control: a text that was moved is found.
    await page.evaluate(`document.querySelector('.chart .caption text').setAttribute('x', '3')`);
    expect(await found(page)).not.toEqual([]);
    await page.context().close();
  });
});

async function found(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(findings);
}
