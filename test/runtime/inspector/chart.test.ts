/** The chart of the inspector: readable however large, closed where one wants, warm where the actor was. */
import { describe, expect, test, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { openServed } from '../http/served.ts';
import { hasBrowser, openPage } from './browser.ts';

// A browser starts slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

/** Programs for the browser are texts: the tests know no DOM. */
const scale = `new DOMMatrix(getComputedStyle(document.querySelector('.picture svg')).transform).a`;

const seesActive = `(() => {
  const frame = document.querySelector('.picture').getBoundingClientRect();
  const box = document.querySelector('.picture g.active[data-state="live.work.idle.ready"] > .box');
  const { left, right, top, bottom } = box.getBoundingClientRect();
  return left >= frame.left && right <= frame.right && top >= frame.top && bottom <= frame.bottom;
})()`;

const amounts = `Object.fromEntries(Array.from(document.querySelectorAll('.warmth'), (over) =>
  [over.parentElement.getAttribute('data-state'), Number(over.getAttribute('data-amount'))]))`;

async function openOrder(): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const { troupe, server } = await openServed();
  const order = troupe.actor('order', '1');
  await order.send({ type: 'order.note', text: 'a' });
  await order.send({ type: 'order.pay', cents: 1 });
  const opened = await openPage(`${server.url}/inspector#order/1`);
  await opened.page.waitForSelector('.picture g.active[data-state="paid.packing"]');
  return opened;
}

describe.skipIf(!hasBrowser)('the chart', () => {
  test('of a run begins where it happens, large enough to be read, with a map of the whole', async () => {
    const { troupe, server } = await openServed();
    await troupe.run('r').start({ title: 'R' });
    const { page, complaints } = await openPage(`${server.url}/inspector#run/r`);
    await page.waitForSelector('.large .minimap .active');
    await page.waitForSelector('.picture g.active[data-state="live.work.idle.ready"]');
    expect(await page.evaluate<number>(scale)).toBeGreaterThanOrEqual(0.6);
    expect(await page.evaluate<boolean>(seesActive)).toBe(true);
    // All of it is one key away, too small to read; so is the way back.
    await page.focus('.picture');
    await page.keyboard.press('0');
    expect(await page.evaluate<number>(scale)).toBeLessThan(0.5);
    await page.keyboard.press('a');
    expect(await page.evaluate<boolean>(seesActive)).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('of a small machine is seen whole', async () => {
    const { page } = await openOrder();
    expect(await page.locator('.chartview:not(.large)').count()).toBe(1);
    expect(await page.locator('.minimap:visible').count()).toBe(0);
  });

  test('closes a state and opens it again, by mouse and by key', async () => {
    const { page, complaints } = await openOrder();
    await page.click('.fold[data-path="paid"]');
    await page.waitForSelector('.picture g.active[data-state="paid"] > .box');
    expect(await page.locator('[data-state="paid.packing"]').count()).toBe(0);
    await page.focus('.fold[data-path="paid"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.picture g.active[data-state="paid.packing"] > .box');
    expect(complaints).toEqual([]);
  });

  test('shows where the actor was often, and where it was long', async () => {
    const { page, complaints } = await openOrder();
    await page.selectOption('.tools select', 'count');
    await page.waitForSelector('.warmth');
    expect(await page.evaluate<unknown>(amounts)).toEqual({ open: 1, 'paid.packing': 1 });
    await page.selectOption('.tools select', 'ms');
    await page.waitForSelector('.warmth title:text-matches("(ms|s)$")', { state: 'attached' });
    // The past is shown as it was: nothing was paid yet.
    await page.keyboard.press('ArrowLeft');
    await page.waitForSelector('.actor[data-seq="2"]');
    await page.waitForSelector('.picture:not(:has([data-state="paid.packing"] .warmth)) .warmth');
    expect(Object.keys(await page.evaluate<object>(amounts))).toEqual(['open']);
    await page.selectOption('.tools select', '');
    await page.waitForSelector('.picture:not(:has(.warmth))');
    expect(complaints).toEqual([]);
  });
});
