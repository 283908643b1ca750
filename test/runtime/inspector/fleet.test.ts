/** The fleet of the inspector: only what is seen is there, and the keys stay where they are. */
import { describe, expect, test, vi } from 'vitest';
import { openServed } from '../http/served.ts';
import { hasBrowser, openPage } from './browser.ts';

// A browser starts slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const actors = 500;

/** Programs for the browser are texts: the tests know no DOM. */
const focused = `document.activeElement.closest('[data-address]')?.getAttribute('data-address')`;
const ordered = `Array.from(document.querySelectorAll('.rows .row'), (row) => row.offsetTop)`;

describe.skipIf(!hasBrowser)('the fleet', () => {
  test('has elements for what can be seen, wherever it is scrolled to', async () => {
    const { troupe, server } = await openServed();
    const addresses = Array.from({ length: actors }, (_, i) => String(i).padStart(3, '0'));
    await Promise.all(
      addresses.map(async (id) => troupe.actor('order', id).send({ type: 'order.note', text: id })),
    );
    const { page, complaints } = await openPage(`${server.url}/inspector`);
    await page.waitForSelector(`.count:text-is("${actors} actors")`);
    await page.click('.head .cell.address button');
    await page.waitForSelector('.head .address[aria-sort=ascending]');
    for (const share of [0, 0.37, 0.5, 1, 0.2]) {
      await page.evaluate(`(() => {
        const scroller = document.querySelector('.fleet .scroller');
        scroller.scrollTop = scroller.scrollHeight * ${share};
      })()`);
      const index = Math.min(actors - 1, Math.floor(actors * share) + 3);
      await page.waitForSelector(`.rows [data-address="order/${addresses[index] ?? ''}"]`);
      const tops = await page.evaluate<number[]>(ordered);
      expect(tops.length).toBeLessThan(60);
      // One under the other, without a gap.
      expect(tops.slice(1).every((top, i) => top - (tops[i] ?? 0) === 40)).toBe(true);
    }
    expect(complaints).toEqual([]);
  });

  test('keeps the keys on an actor while its line changes', async () => {
    const { troupe, server } = await openServed();
    for (const id of ['1', '2', '3']) await troupe.actor('order', id).send({ type: 'order.note', text: id });
    const { page } = await openPage(`${server.url}/inspector`);
    await page.focus('[data-address="order/2"] a');
    await troupe.actor('order', '2').send({ type: 'order.pay', cents: 1 });
    await page.waitForSelector('[data-address="order/2"] .state :text-is("paid.packing")');
    expect(await page.evaluate<string>(focused)).toBe('order/2');
    await troupe.actor('order', '3').send({ type: 'order.pay', cents: 1 });
    await page.waitForSelector('[data-address="order/3"] .state :text-is("paid.packing")');
    expect(await page.evaluate<string>(focused)).toBe('order/2');
  });
});
