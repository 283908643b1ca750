/** Guests in a real browser: machines of other apps in the fleet, with chart, moments and contexts. */
import { createServer } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { build } from 'esbuild';
import { assign, createActor, setup } from 'xstate';
import { openServer } from '../../../runtime/http.ts';
import { createInspector } from '../../../runtime/inspect.ts';
import type { Inspector } from '../../../runtime/inspect.ts';
import { openServed } from '../http/served.ts';
import { guestsOnce, listening } from '../http/sockets.ts';
import { hasBrowser, openPage } from './browser.ts';

// A browser starts slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const inspectors: Inspector[] = [];

afterEach(async () => {
  for (const inspector of inspectors.splice(0)) await inspector.close();
});

function inspecting(url: string): Inspector {
  const inspector = createInspector({ url, name: 'checkout' });
  inspectors.push(inspector);
  return inspector;
}

const cart = setup({
  types: { context: {} as { items: number }, events: {} as { type: 'add' } | { type: 'pay' } },
  guards: { hasItems: ({ context }) => context.items > 0 },
}).createMachine({
  id: 'cart',
  context: { items: 0 },
  initial: 'filling',
  states: {
    filling: {
      on: {
        add: { actions: assign({ items: ({ context }) => context.items + 1 }) },
        pay: { guard: 'hasItems', target: 'paying' },
      },
    },
    paying: { initial: 'asking', states: { asking: { on: { pay: 'taken' } }, taken: {} } },
  },
});

describe.skipIf(!hasBrowser)('a guest', () => {
  test('is marked in the fleet, and its chart glows where it is', async () => {
    const { server, troupe } = await openServed();
    await troupe.actor('order', '1').send({ type: 'order.note', text: 'a' });
    const actor = createActor(cart, { inspect: inspecting(server.url).inspect }).start();
    const { page, complaints } = await openPage(`${server.url}/inspector`);
    await page.waitForSelector('[data-address="order/1"]');
    await page.waitForSelector('[data-address^="~cart/"] .chip.guest');
    expect(await page.textContent('[data-address^="~cart/"] .title')).toBe('checkout');
    expect(await page.locator('[data-address="order/1"] .chip.guest').count()).toBe(0);
    await page.click('[data-address^="~cart/"] a');
    await page.waitForSelector('.picture g.state.active[data-state="filling"]');
    expect(await page.textContent('.guestnote')).toContain('in memory alone');
    actor.send({ type: 'add' });
    actor.send({ type: 'pay' });
    await page.waitForSelector('.picture g.state.active[data-state="paying.asking"]');
    expect(await page.locator('.picture g.state.active[data-state="filling"]').count()).toBe(0);
    expect(await page.locator('.arrow.taken').count()).toBe(1);
    // Nothing is offered that a guest has not.
    expect(await page.locator('.tablist [role=tab]').allTextContents()).toEqual(['Event', 'Context']);
    expect(await page.locator('[aria-label=Heat]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('shows its moments: the event, what it changed, and where it was', async () => {
    const { server } = await openServed();
    const actor = createActor(cart, { inspect: inspecting(server.url).inspect }).start();
    actor.send({ type: 'add' });
    actor.send({ type: 'pay' });
    const [row] = await guestsOnce(server.url, ([one]) => one?.seq === 4);
    const { page, complaints } = await openPage(`${server.url}/inspector#${row!.address}`);
    await page.waitForSelector('.actor[data-seq="4"][data-live="true"]');
    await page.waitForSelector('.moves:has-text("paying.asking")');
    expect(await page.textContent('.moves')).toBe('− filling\n+ paying.asking');
    await page.keyboard.press('ArrowLeft');
    await page.waitForSelector('.actor[data-seq="3"][data-live="false"]');
    await page.waitForSelector('.differences');
    expect(await page.textContent('.differences')).toBe('items01');
    await page.waitForSelector('.picture g.state.active[data-state="filling"]');
    expect(await page.locator('.entries .type').allTextContents()).toEqual([
      '@xstate.actor',
      'xstate.init',
      'add',
      'pay',
    ]);
    expect(complaints).toEqual([]);
  });

  test('that ends or leaves says so, and is gone when its server was away', async () => {
    const { server, ask } = await openServed({ limits: { guestMs: 1 } });
    const inspector = inspecting(server.url);
    createActor(cart, { inspect: inspector.inspect }).start();
    const { page } = await openPage(`${server.url}/inspector`);
    await page.waitForSelector('[data-address^="~cart/"][data-status="live"]');
    await inspector.close();
    await page.waitForSelector('.rows .empty');
    expect((await ask('/v1/guests')).body).toEqual({ items: [] });
  });

  test('is told anew to a server that was away, and shown as it is there', async () => {
    const { server, troupe } = await openServed();
    const actor = createActor(cart, { inspect: inspecting(server.url).inspect }).start();
    for (let i = 0; i < 20; i++) actor.send({ type: 'add' });
    await guestsOnce(server.url, ([one]) => one?.seq === 22);
    const { page } = await openPage(`${server.url}/inspector`);
    await page.click('[data-address^="~cart/"] a');
    await page.waitForSelector('.entries :text("add ×20")');
    const closed = server.close();
    server.hurry();
    await closed;
    await page.waitForSelector('.connection.lost');
    actor.send({ type: 'pay' });
    await using again = await openServer(troupe, { port: server.port });
    // Its actor is told of where it stands now: of what was before nothing is known here.
    await guestsOnce(again.url, ([one]) => one?.state[0] === 'paying.asking');
    await page.waitForSelector('.entries:not(:has(:text("add ×20"))) .type:text("@xstate.actor")');
    await page.waitForSelector('.picture g.state.active[data-state="paying.asking"]');
  });

  test('of hostile texts is shown as texts', async () => {
    const { server, post } = await openServed();
    const evil = '<img src=x onerror="alert(1)">';
    const machine = {
      id: evil,
      initial: evil,
      states: { [evil]: { on: { [evil]: evil }, description: evil } },
    };
    const told = {
      sessionId: evil,
      name: evil,
      definition: JSON.stringify(machine),
      snapshot: { status: 'active', value: evil, context: { [evil]: evil }, tags: [evil] },
      event: { type: evil, [evil]: evil },
      sourceId: evil,
    };
    const events = ['actor', 'event', 'snapshot'].map((one) => ({ ...told, type: `@xstate.${one}` }));
    await post('/v1/guests', { sender: evil, name: evil, events });
    const [row] = await guestsOnce(server.url, ([one]) => one?.seq === 2);
    const { page, complaints } = await openPage(`${server.url}/inspector`);
    await page.click('[data-status="live"] a');
    await page.waitForSelector('.picture g.state.active .box');
    await page.waitForSelector('.eventtab .notes');
    await page.click('.tablist [data-tab="context"]');
    await page.waitForSelector('.contexttab .root');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.textContent('.actor h1 .id')).toBe(row!.address.slice(row!.address.indexOf('/') + 1));
    expect(complaints).toEqual([]);
  });

  test('is a machine of a page, on an origin that the server allows', async () => {
    const script = await bundled(`
      import { createActor, createMachine } from 'xstate';
      import { createInspector } from './runtime/inspect.ts';
      const url = new URLSearchParams(location.search).get('to');
      const onError = (error) => (document.title = error.code);
      const inspector = createInspector({ url, name: 'page', onError });
      const states = { off: { on: { press: 'on' } }, on: {} };
      const lamp = createMachine({ id: 'lamp', initial: 'off', states });
      const actor = createActor(lamp, { inspect: inspector.inspect, input: document.body }).start();
      actor.send({ type: 'press', target: document.body, self: window });
    `);
    const app = createServer((asked, answer) => {
      const isScript = asked.url === '/app.js';
      answer.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      answer.end(isScript ? script : '<!doctype html><body><script type=module src=/app.js></script>');
    });
    const origin = await listening(app);
    const { server, ask } = await openServed({ origins: [origin] });
    const { complaints } = await openPage(`${origin}/?to=${server.url}`);
    const [row] = await guestsOnce(server.url, ([one]) => one?.state[0] === 'on');
    expect(row).toMatchObject({ kind: '~lamp', title: 'page' });
    const { body } = await ask(`/v1/guests/${row!.address}/events?after=2`);
    const [press] = body['items'] as { event: Record<string, unknown> }[];
    expect(press?.event).toMatchObject({ type: 'press', target: '[HTMLBodyElement]' });
    expect(complaints).toEqual([]);
    // Elsewhere it is told nothing.
    const stranger = await openServed();
    const { page } = await openPage(`${origin}/?to=${stranger.server.url}`);
    await page.waitForFunction('document.title === "UNREACHABLE"');
    expect((await stranger.ask('/v1/guests')).body).toEqual({ items: [] });
    app.close();
    app.closeAllConnections();
  });
});

async function bundled(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  });
  return outputFiles[0]!.text;
}
