/** The inspector in a real browser: what it shows is what the runtime says, live and at any moment. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { openServer } from '../../../runtime/http.ts';
import { openSample } from '../open.ts';
import { openServed } from '../http/served.ts';
import type { Served } from '../http/served.ts';
import { findings, hasBrowser, openPage } from './browser.ts';

// A browser starts slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const note = (text: string) => ({ type: 'order.note' as const, text });

/** Waits until exactly these innermost states are active in the picture; a policy forbids to wait by eval. */
async function showsActive(page: Page, ...paths: readonly string[]): Promise<void> {
  for (const path of paths) await page.waitForSelector(`.picture g.state.active[data-state="${path}"]`);
  expect(await page.evaluate<string[]>(activeLeaves)).toEqual(paths);
}

// Programs for the browser are texts: the tests know no DOM.
const activeLeaves = `Array.from(
  document.querySelectorAll('.picture g.state.active:has(> .box)'),
  (group) => group.getAttribute('data-state'),
)`;

async function showsLast(page: Page, type: string): Promise<void> {
  await page.waitForSelector(`.entries li:last-child .type:text-is("${type}")`);
}

async function paidOrder({ troupe }: Served): Promise<void> {
  const order = troupe.actor('order', '1');
  for (const text of ['a', 'b', 'c']) await order.send(note(text));
  await order.send({ type: 'order.pay', cents: 250 });
}

describe.skipIf(!hasBrowser)('the inspector', () => {
  test('shows new actors and new states by itself', async () => {
    const served = await openServed();
    const { page, complaints } = await openPage(`${served.server.url}/inspector`);
    await page.waitForSelector('.empty');
    await served.troupe.actor('order', '1').send(note('a'));
    await page.waitForSelector('[data-address="order/1"] .state :text-is("open")');
    await served.troupe.actor('order', '1').send({ type: 'order.pay', cents: 1 });
    await page.waitForSelector('[data-address="order/1"] .state :text-is("paid.packing")');
    await served.troupe.actor('order', '1').send({ type: 'order.ship' });
    await page.waitForSelector('[data-address="order/1"][data-status="sealed"]');
    expect(complaints).toEqual([]);
  });

  test('draws the charts of all built-in kinds, with the states that are active', async () => {
    const served = await openServed();
    const { troupe, server } = served;
    await troupe.run('r').start({ title: 'R' });
    await troupe.outbox('o').post({ child: 'run/r', childSeq: 1, kind: 'waiting' });
    const { page, complaints } = await openPage(`${server.url}/inspector#run/r`);
    await page.waitForSelector('.picture [data-state="live.work.idle.ready"].active');
    await page.goto(`${server.url}/inspector#outbox/o`);
    await page.waitForSelector('.picture [data-state="open"].active');
    const { body } = await served.ask('/v1/definitions');
    const kinds = (body['items'] as { kind: string }[]).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['run', 'outbox', 'pty', 'order']));
    for (const kind of kinds) {
      const svg = await served.ask(`/v1/definitions/${kind}/chart.svg?theme=none`);
      expect([svg.status, svg.text.startsWith('<svg '), svg.text.includes('<style')]).toEqual([
        200,
        true,
        false,
      ]);
    }
    expect(complaints).toEqual([]);
  });

  test('travels in time: chart, context and address are those of the chosen fact', async () => {
    const served = await openServed();
    await paidOrder(served);
    const { page, complaints } = await openPage(`${served.server.url}/inspector#order/1?tab=context`);
    await showsActive(page, 'paid.packing');
    const order = served.troupe.actor('order', '1');
    // From the last fact, which is the payment, one back: the note before it.
    await page.keyboard.press('ArrowLeft');
    await page.waitForSelector('.actor[data-seq="4"][data-live="false"]');
    await showsActive(page, ...(await order.at(4)).state);
    expect((await order.at(4)).state).toEqual(['open']);
    expect(await page.textContent('.contexttab .root')).toBe('paid0customernobody');
    expect(new URL(page.url()).hash).toBe('#order/1@4?tab=context');
    await page.keyboard.press('l');
    await page.waitForSelector('.actor[data-seq="5"][data-live="true"]');
    expect(await page.textContent('.contexttab .root')).toBe('paid250customernobody');
    await page.click('.tablist [data-tab="event"]');
    await page.waitForSelector('.differences');
    expect(await page.textContent('.differences')).toBe('paid0250');
    expect(await page.textContent('.moves')).toBe('− open\n+ paid.packing');
    // What led there stands out.
    expect(await page.locator('.arrow.taken').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('opens a moment that a link names', async () => {
    const served = await openServed();
    await paidOrder(served);
    const { page } = await openPage(`${served.server.url}/inspector#order/1@2`);
    await page.waitForSelector('.actor[data-seq="2"][data-live="false"]');
    await showsActive(page, 'open');
  });

  test('verifies a sealed run, and says what it checked', async () => {
    const served = await openServed();
    const run = served.troupe.run('r');
    await run.start({ title: 'R' });
    await run.prompt('Hello');
    await run.end({ cause: 'completed' });
    const { seq } = await run.snapshot();
    const { page } = await openPage(`${served.server.url}/inspector#run/r?tab=digest`);
    await page.click('.seal button');
    await page.waitForSelector('.verdict.good');
    expect(await page.textContent('.verdict.good')).toContain(`Every fact up to ${seq} is what was written`);
    await page.click('.tablist [data-tab="transcript"]');
    await page.waitForSelector('.message.user :text-is("Hello")');
  });

  test('goes on after the server was away, and has lost nothing', async () => {
    const troupe = await openSample({ workers: 0 });
    const first = await openServer(troupe);
    const { port } = first;
    const order = troupe.actor('order', '1');
    await order.send(note('a'));
    const { page } = await openPage(`${first.url}/inspector#order/1`);
    await showsLast(page, 'order.note');
    const closed = first.close();
    first.hurry();
    await closed;
    await page.waitForSelector('.connection.lost');
    await order.send(note('b'));
    await order.send({ type: 'order.pay', cents: 1 });
    await using second = await openServer(troupe, { port });
    await page.waitForSelector('.connection:not(.lost)');
    await showsLast(page, 'order.pay');
    await showsActive(page, 'paid.packing');
    const seqs = await page.locator('.entries .seq').allTextContents();
    expect(seqs).toEqual(['1', '2', '3', '4']);
    await page.context().close();
    second.hurry();
  });

  test('asks for a token where one is demanded, and sends only where it is offered', async () => {
    const served = await openServed({ token: 'secret', inspector: 'send' });
    await paidOrder(served);
    const { page } = await openPage(`${served.server.url}/inspector#order/1`);
    await page.fill('input[type=password]', 'wrong');
    await page.click('.login button');
    await page.waitForSelector('.login :text-is("That is not the token.")');
    await page.fill('input[type=password]', 'secret');
    await page.click('.login button');
    await showsActive(page, 'paid.packing');
    await page.click('.tablist [data-tab="send"]');
    await page.waitForSelector('.sendtab option', { state: 'attached' });
    const types = await page.locator('.sendtab option').allTextContents();
    expect(types.toSorted()).toEqual(['order.note', 'order.ship']);
    await page.selectOption('.sendtab select', 'order.ship');
    await page.click('.sendtab button');
    await page.waitForSelector('.sendtab .verdict.good');
    expect((await served.troupe.actor('order', '1').snapshot()).state).toEqual(['done']);
    const other = await openServed();
    await paidOrder(other);
    const reading = await openPage(`${other.server.url}/inspector#order/1`);
    await reading.page.waitForSelector('.tablist [data-tab="event"]');
    expect(await reading.page.locator('.tablist [data-tab="send"]').count()).toBe(0);
  });

  test('has nothing that axe finds serious, in light and dark, wide and narrow', async () => {
    const served = await openServed();
    await paidOrder(served);
    const guest = { type: '@xstate.actor', sessionId: 'x:0', name: 'lamp', snapshot: { value: 'off' } };
    await served.post('/v1/guests', { sender: 'app', events: [guest] });
    const { page, complaints } = await openPage(`${served.server.url}/inspector#order/1`);
    await showsActive(page, 'paid.packing');
    await page.waitForSelector('.chip.guest');
    // As a program of the browser's own: the page's policy holds for what the page loads.
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(axe);
    const serious = async (): Promise<readonly string[]> => page.evaluate<string[]>(findings);
    expect(await serious()).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForSelector('html[data-theme=dark]');
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await serious()).toEqual([]);
    await page.goto(`${served.server.url}/inspector#`);
    await page.waitForSelector('main.whole [data-address="order/1"]');
    expect(await serious()).toEqual([]);
    await page.goto(`${served.server.url}/inspector#~lamp/1.x:0`);
    await page.waitForSelector('.actor[data-seq="1"] .guestnote');
    await page.waitForSelector('.picture svg');
    expect(await serious()).toEqual([]);
    await page.goto(`${served.server.url}/inspector#`);
    // A control: it does find something.
    await page.evaluate("document.querySelector('.fleet').append(document.createElement('button'))");
    expect(await serious()).not.toEqual([]);
    expect(complaints).toEqual([]);
  });
});
