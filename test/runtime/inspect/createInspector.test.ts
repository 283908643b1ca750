/** Machines outside of the runtime, told to a real server by `troupe/inspect`. */
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { assign, createActor, fromPromise, setup } from 'xstate';
import { openServer } from '../../../runtime/http.ts';
import { createInspector } from '../../../runtime/inspect.ts';
import type { Inspector, InspectorOptions } from '../../../runtime/inspect.ts';
import { openServed } from '../http/served.ts';
import { guestsOnce, listening } from '../http/sockets.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const open: Inspector[] = [];

afterEach(async () => {
  for (const inspector of open.splice(0)) await inspector.close();
});

function inspecting(url: string, options: Partial<InspectorOptions> = {}): Inspector {
  const inspector = createInspector({ url, ...options });
  open.push(inspector);
  return inspector;
}

const shop = setup({
  types: {
    context: {} as { items: string[]; done: () => void },
    events: {} as { type: 'add'; item: string },
  },
  actors: { pay: fromPromise(async () => 'paid') },
  guards: { hasItems: ({ context }) => context.items.length > 0 },
}).createMachine({
  id: 'shop',
  context: { items: [], done: () => {} },
  initial: 'open',
  states: {
    open: {
      tags: ['busy'],
      on: { add: { actions: assign({ items: ({ context, event }) => [...context.items, event.item] }) } },
      always: { guard: ({ context }) => context.items.length === 2, target: 'paying' },
    },
    paying: { invoke: { id: 'till', src: 'pay', onDone: 'over' } },
    over: { type: 'final' },
  },
});

describe('an inspector', () => {
  test('tells of a machine, its child, its moments and its end', async () => {
    const { server, ask } = await openServed();
    const inspector = inspecting(server.url, { name: 'web' });
    const actor = createActor(shop, { inspect: inspector.inspect }).start();
    actor.send({ type: 'add', item: 'tea' });
    actor.send({ type: 'add', item: 'cup' });
    const rows = await guestsOnce(
      server.url,
      (all) => all.filter(({ status }) => status === 'ended').length === 2,
    );
    const [parent, child] = rows;
    expect(parent).toMatchObject({ kind: '~shop', status: 'ended', state: ['over'], title: 'web' });
    expect(child).toMatchObject({ kind: '~till', status: 'ended', parent: parent!.address });
    const path = `/v1/guests/${parent!.address}`;
    const { body } = await ask(`${path}/events`);
    expect(
      (body['items'] as { event: object; by?: string }[]).map(({ event, by }) => ({ event, by })),
    ).toEqual([
      { event: { type: '@xstate.actor', name: 'shop' } },
      { event: { type: 'xstate.init' } },
      { event: { type: 'add', item: 'tea' } },
      { event: { type: 'add', item: 'cup' } },
      {
        event: { type: 'xstate.done.actor.till', actorId: 'till', output: 'paid' },
        by: child!.address,
      },
    ]);
    expect((await ask(`${path}/snapshot?at=3`)).body).toMatchObject({
      state: ['open'],
      tags: ['busy'],
      context: { items: ['tea'], done: '[function done]' },
    });
    expect((await ask(`${path}/snapshot?at=4`)).body).toMatchObject({ state: ['paying'], accepts: [] });
    const { body: chart } = await ask(`${path}/chart`);
    expect(chart).toMatchObject({
      chart: {
        root: {
          states: [
            { path: 'open', transitions: [{ actions: ['assign'] }, { trigger: { kind: 'always' } }] },
            { path: 'paying', invokes: [{ id: 'till', src: 'pay' }] },
            { path: 'over', type: 'final' },
          ],
        },
      },
    });
    expect(inspector.dropped).toBe(0);
  });

  test('says goodbye when it is closed, and nothing after that', async () => {
    const { server, ask } = await openServed();
    const inspector = inspecting(server.url);
    const actor = createActor(shop, { inspect: inspector.inspect }).start();
    await inspector.close();
    expect((await ask('/v1/guests')).body['items']).toMatchObject([{ status: 'left', seq: 2 }]);
    actor.send({ type: 'add', item: 'tea' });
    await inspector.close();
    expect((await ask('/v1/guests')).body['items']).toMatchObject([{ seq: 2 }]);
  });

  test('goes on with a server that knows nothing of what was', async () => {
    const { server, troupe } = await openServed();
    const inspector = inspecting(server.url);
    const actor = createActor(shop, { inspect: inspector.inspect }).start();
    await inspector.flush();
    await server.close();
    await using again = await openServer(troupe, { port: server.port });
    actor.send({ type: 'add', item: 'tea' });
    const rows = await guestsOnce(again.url, ([row]) => row?.address.startsWith('~shop/') === true);
    expect(rows).toMatchObject([{ status: 'live', state: ['open'] }]);
    actor.send({ type: 'add', item: 'cup' });
    await guestsOnce(again.url, ([row]) => row?.state[0] === 'over');
  });

  test('with a token is let in, and without it says so once and gives up', async () => {
    const { server, ask } = await openServed({ token: 'secret' });
    const errors: unknown[] = [];
    const refused = inspecting(server.url, { token: 'wrong', onError: (error) => errors.push(error) });
    const actor = createActor(shop, { inspect: refused.inspect }).start();
    await refused.flush();
    actor.send({ type: 'add', item: 'tea' });
    await refused.flush();
    expect(errors).toMatchObject([{ code: 'UNAUTHORIZED' }]);
    const inspector = inspecting(server.url, { token: 'secret' });
    createActor(shop, { inspect: inspector.inspect }).start();
    await inspector.flush();
    const { body } = await ask('/v1/guests', { headers: { authorization: 'Bearer secret' } });
    expect(body['items']).toHaveLength(1);
  });

  test('of no URL is refused at once', () => {
    expect(() => createInspector({ url: 'nowhere' })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

describe('an app', () => {
  test('goes on whatever its listener, its values and its server do', async () => {
    const { server } = await openServed();
    const inspector = inspecting(server.url, {
      onError: () => {
        throw new Error('of the app');
      },
    });
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('a trap');
        },
      },
    );
    const machine = setup({ types: { context: {} as { trap: object } } }).createMachine({
      id: 'trapped',
      context: { trap },
    });
    createActor(machine, { inspect: inspector.inspect }).start();
    // No reference at all.
    inspector.inspect({ type: '@xstate.event' } as never);
    await inspector.flush();
    const rows = await guestsOnce(server.url, (all) => all.length === 1);
    expect(rows).toMatchObject([{ kind: '~trapped', status: 'live' }]);
  });

  test('loses the oldest where a server is away too long, and the fleet says how many', async () => {
    const { server, troupe, ask } = await openServed();
    await server.close();
    const inspector = inspecting(server.url, { waitingMax: 10, name: 'web' });
    const actor = createActor(setup({}).createMachine({ id: 'idle' }), {
      inspect: inspector.inspect,
    }).start();
    for (let i = 0; i < 100; i++) actor.send({ type: `e${i}` });
    // An actor, its start twice told, and a hundred events with their snapshots.
    expect(inspector.dropped).toBe(193);
    await inspector.flush();
    await using again = await openServer(troupe, { port: server.port });
    const rows = await guestsOnce(again.url, (all) =>
      all.some(({ address }) => address.startsWith('~idle/')),
    );
    expect(rows).toMatchObject([{ title: 'web · 193 events dropped' }]);
    expect(ask).toBeTypeOf('function');
  });

  test('is told of in requests of a bounded size, one at a time', async () => {
    const bodies: { readonly events: readonly { readonly event?: { readonly type: string } }[] }[] = [];
    let [atOnce, most] = [0, 0];
    const server = createServer((asked: IncomingMessage, answer) => {
      most = Math.max(most, ++atOnce);
      void json(asked).then((body) => {
        bodies.push(body as (typeof bodies)[0]);
        atOnce--;
        return answer.end('{"unknown":[],"refused":0}');
      });
    });
    const inspector = inspecting(await listening(server), { waitingMax: 5000 });
    const actor = createActor(setup({}).createMachine({ id: 'idle' }), {
      inspect: inspector.inspect,
    }).start();
    for (let i = 0; i < 1000; i++) actor.send({ type: `e${i}` });
    await inspector.flush();
    server.close();
    server.closeAllConnections();
    expect(most).toBe(1);
    expect(bodies.map(({ events }) => events.length)).toEqual([500, 500, 500, 500, 3]);
    const types = bodies.flatMap(({ events }) => events.map((one) => one.event?.type));
    expect(types.slice(3, 7)).toEqual(['e0', 'e0', 'e1', 'e1']);
    expect(inspector.dropped).toBe(0);
  });
});
