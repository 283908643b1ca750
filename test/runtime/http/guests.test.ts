/** Guests over HTTP: apps tell of their machines, who may look sees them, and nobody fills the memory. */
import { createActor, createMachine } from 'xstate';
import { createWebSocketInspector } from '@statelyai/inspect';
import { describe, expect, test, vi } from 'vitest';
import { rights } from '../../../runtime/http/access.ts';
import { openServed } from './served.ts';
import { connected, guestsOnce, socketUrl } from './sockets.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const lamp = createMachine({
  id: 'lamp',
  initial: 'off',
  states: { off: { on: { press: 'on' } }, on: { on: { press: 'off' }, tags: 'bright' } },
});

const told = (sessionId: string, more: object = {}) => ({
  type: '@xstate.actor',
  sessionId,
  name: 'lamp',
  definition: JSON.stringify(lamp.config),
  snapshot: { status: 'active', value: 'off', context: null },
  createdAt: '1000',
  ...more,
});
const stepped = { ...told('x:0'), type: '@xstate.snapshot', event: { type: 'press' } };
const at = '/v1/guests/~lamp/1.x:0';

describe('what is told', () => {
  test('by their own package is seen: rows, events, moments, chart', async () => {
    const { server, ask } = await openServed();
    const inspector = createWebSocketInspector({ url: socketUrl(server.url, '?name=shop') });
    const actor = createActor(lamp, { inspect: inspector.inspect }).start();
    actor.send({ type: 'press' });
    const [row] = await guestsOnce(server.url, ([one]) => one?.seq === 3);
    expect(row).toMatchObject({ kind: '~lamp', status: 'live', state: ['on'], title: 'shop' });
    const path = `/v1/guests/${row!.address}`;
    expect((await ask(`${path}/events?after=1`)).body).toMatchObject({
      head: 3,
      items: [
        { seq: 2, event: { type: 'xstate.init' } },
        { seq: 3, event: { type: 'press' } },
      ],
    });
    expect((await ask(`${path}/snapshot?at=2`)).body).toMatchObject({ state: ['off'], accepts: ['press'] });
    expect((await ask(`${path}/snapshot`)).body).toMatchObject({ seq: 3, state: ['on'], status: 'live' });
    const { body } = await ask(`${path}/chart`);
    expect(body).toMatchObject({
      chart: { title: 'lamp', root: { states: [{ path: 'off' }, { path: 'on' }] } },
    });
    const drawn = await ask(`${path}/chart.svg?theme=none&active=on`);
    expect(drawn.text).toMatch(/class="state atomic active" data-state="on"/);
    expect((await ask(`${path}/chart.mmd`)).text).toMatch(/^stateDiagram-v2\n/);
    inspector.stop();
    expect(await guestsOnce(server.url, ([one]) => one?.status === 'left')).toHaveLength(1);
  });

  test('by a request is answered with what is missing, and ends when its app says so', async () => {
    const { server, post } = await openServed();
    const tell = async (events: readonly object[], more: object = {}) =>
      post('/v1/guests', { sender: 'app', name: 'shop', events, ...more });
    expect((await tell([stepped])).body).toEqual({ unknown: ['x:0'], refused: 0 });
    expect((await tell([told('x:0'), stepped, {}])).body).toEqual({ unknown: [], refused: 1 });
    expect(await guestsOnce(server.url, () => true)).toMatchObject([{ address: '~lamp/1.x:0', seq: 2 }]);
    await tell([], { isLast: true });
    expect(await guestsOnce(server.url, () => true)).toMatchObject([{ status: 'left' }]);
  });

  test('is told to nobody who tells', async () => {
    const { server, troupe } = await openServed();
    const { socket } = await connected(socketUrl(server.url));
    socket.send(JSON.stringify(told('x:0')));
    await guestsOnce(server.url, (rows) => rows.length === 1);
    const messages: unknown[] = [];
    socket.on('message', (message) => messages.push(message));
    const reader = await connected(socketUrl(server.url));
    await troupe.actor('order', '1').send({ type: 'order.note', text: 'a' });
    expect(await reader.next()).toMatchObject({ sessionId: 'order/1' });
    expect(messages).toEqual([]);
  });
});

describe('what is refused', () => {
  test('to tell without the token, or the right', async () => {
    const { post, ask, server } = await openServed({ token: 'secret', can: ['read'] });
    const body = { sender: 'app', events: [told('x:0')] };
    expect(await post('/v1/guests', body)).toMatchObject({ status: 401 });
    const authorization = 'Bearer secret';
    expect(await post('/v1/guests', body, { authorization })).toMatchObject({ status: 403 });
    expect(await ask('/v1/guests')).toMatchObject({ status: 401 });
    const { socket, closed } = await connected(socketUrl(server.url, '?token=secret'));
    socket.send(JSON.stringify(told('x:0')));
    expect(await closed).toEqual([1008, 'FORBIDDEN: token has no right to send here.']);
    expect((await ask('/v1/guests', { headers: { authorization } })).body).toEqual({ items: [] });
  });

  test('to tell from another page, or with a form', async () => {
    const { post, ask } = await openServed();
    const body = { sender: 'app', events: [told('x:0')] };
    expect(await post('/v1/guests', body, { origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    const form = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify(body) };
    expect(await ask('/v1/guests', form)).toMatchObject({ status: 415 });
  });

  test('to who sees a part of the actors', async () => {
    const authorize = () => ({ by: 'a', labels: { tenant: 'a' }, can: rights });
    const { post, ask, server } = await openServed({ authorize });
    for (const path of ['/v1/guests', '/v1/guests/watch', `${at}/events`, `${at}/chart`]) {
      expect([path, (await ask(path)).status]).toEqual([path, 403]);
    }
    expect(await post('/v1/guests', { sender: 'app', events: [] })).toMatchObject({ status: 403 });
    const { socket, closed } = await connected(socketUrl(server.url));
    socket.send(JSON.stringify(told('x:0')));
    expect((await closed)[0]).toBe(1008);
  });

  test('where there is no inspector', async () => {
    const { post, ask } = await openServed({ inspector: 'off' });
    expect(await post('/v1/guests', { sender: 'app', events: [told('x:0')] })).toMatchObject({ status: 404 });
    expect(await ask(`${at}/snapshot`)).toMatchObject({ status: 404 });
  });

  test('as no JSON, as too much of it, and as too deep', async () => {
    const { server, post } = await openServed();
    for (const broken of ['{', '[]]', '\u0000', `${'['.repeat(65)}${']'.repeat(65)}`]) {
      const { socket, closed } = await connected(socketUrl(server.url));
      socket.send(broken);
      expect([broken, (await closed)[0]]).toEqual([broken, 1007]);
    }
    const { socket, closed } = await connected(socketUrl(server.url));
    socket.send(JSON.stringify(told('x'.repeat(1024 * 1024))));
    expect((await closed)[0]).toBe(1009);
    const many = Array.from({ length: 1001 }, () => stepped);
    expect(await post('/v1/guests', { sender: 'app', events: many })).toMatchObject({ status: 422 });
    expect(await guestsOnce(server.url, () => true)).toEqual([]);
  });

  test('as one actor more than there is room for', async () => {
    const { server, post, ask } = await openServed({ limits: { guests: 50 } });
    const { socket } = await connected(socketUrl(server.url));
    for (let i = 0; i < 10_000; i++) socket.send(JSON.stringify(told(`x:${i}`)));
    const rows = await guestsOnce(server.url, (all) => all.length === 50);
    expect(rows[49]).toMatchObject({ address: '~lamp/1.x:49' });
    const body = { sender: 'app', events: [told('y:0')] };
    expect((await post('/v1/guests', body)).body).toEqual({ unknown: [], refused: 1 });
    expect((await ask('/v1/guests')).body['items']).toHaveLength(50);
    // Who leaves makes room.
    socket.close();
    await guestsOnce(server.url, (all) => all.every(({ status }) => status === 'left'));
    expect((await post('/v1/guests', body)).body).toEqual({ unknown: [], refused: 0 });
  });

  test('to draw what is no statechart, which harms nobody else', async () => {
    const { post, ask } = await openServed();
    const hostile = [
      ['huge', { states: Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`s${i}`, {}])) }],
      ['nowhere', { initial: 'a', states: { a: { on: { go: '#elsewhere' } } } }],
    ] as const;
    const events = hostile.map(([name, machine]) =>
      told(name, { name, definition: JSON.stringify(machine) }),
    );
    await post('/v1/guests', { sender: 'app', events: [...events, told('x:0')] });
    expect(await ask('/v1/guests/~huge/1.huge/chart')).toMatchObject({ status: 413 });
    expect(await ask('/v1/guests/~nowhere/1.nowhere/chart')).toMatchObject({ status: 422 });
    expect(await ask('/v1/guests/~nowhere/1.nowhere/snapshot')).toMatchObject({ status: 200 });
    expect(await ask(`${at}/chart`)).toMatchObject({ status: 200 });
    expect(await ask('/v1/guests/~none/1.x/chart')).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
  });

  test('to be markup: texts of a definition are texts of a picture', async () => {
    const { post, ask } = await openServed();
    const evil = '"><script>alert(1)</script>';
    const machine = {
      id: evil,
      initial: evil,
      description: evil,
      states: {
        [evil]: {
          entry: evil,
          tags: [evil],
          invoke: { id: evil, src: evil },
          on: { [evil]: { guard: evil } },
        },
      },
    };
    await post('/v1/guests', {
      sender: 'app',
      events: [told('x:0', { definition: JSON.stringify(machine) })],
    });
    const { status, text } = await ask(`${at}/chart.svg?active=${encodeURIComponent(evil)}`);
    expect(status).toBe(200);
    expect(text).toContain('&lt;script&gt;');
    expect(text).not.toContain('<script');
  });
});
