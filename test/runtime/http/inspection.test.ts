/** The WebSocket of Stately's inspection protocol: what its readers are told, and who may be one. */
import { createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import { createWebSocketReceiver } from '@statelyai/inspect';
import { fastify } from 'fastify';
import { describe, expect, test, vi } from 'vitest';
import { createHandler, fastifyTroupe } from '../../../runtime/http.ts';
import type { Access } from '../../../runtime/http.ts';
import { protocolVersion } from '../../../runtime/stately/protocol.ts';
import { openSample } from '../open.ts';
import { openServed, taken } from './served.ts';
import { connected, listening, socketUrl } from './sockets.ts';
import type { Message } from './sockets.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const note = (text: string) => ({ type: 'order.note' as const, text });
const pay = { type: 'order.pay' as const, cents: 250 };
const isStepOf = (address: string, type: string) => (message: Message) =>
  message.type === '@xstate.snapshot' &&
  message.sessionId === address &&
  (message['event'] as { type: string }).type === type;

describe('a reader', () => {
  test('of their own package is told of actors, events and snapshots', async () => {
    const { troupe, server } = await openServed();
    const order = troupe.actor('order', '1');
    await order.send(note('a'));
    const receiver = createWebSocketReceiver({ server: socketUrl(server.url) });
    const told: Message[] = [];
    await new Promise<void>((resolve) => {
      receiver.subscribe((event) => {
        const message = event as unknown as Message;
        told.push(message);
        if (isStepOf('order/1', 'order.note')(message)) void order.send(pay);
        if (isStepOf('order/1', 'order.pay')(message)) resolve();
      });
    });
    const about = { sessionId: 'order/1', rootId: 'order/1', _version: '0.7.2' };
    expect(told).toMatchObject([
      { ...about, type: '@xstate.actor', name: '1', snapshot: { status: 'active', value: 'open' } },
      { ...about, type: '@xstate.event', event: note('a'), id: 'order/1@2' },
      { ...about, type: '@xstate.snapshot', event: note('a'), snapshot: { value: 'open' } },
      { ...about, type: '@xstate.event', event: pay, id: 'order/1@3' },
      { ...about, type: '@xstate.snapshot', event: pay, snapshot: { value: { paid: 'packing' } } },
    ]);
    expect(told[4]).toMatchObject({ snapshot: { context: { paid: 250 } } });
    const definition = JSON.parse(told[0]!['definition'] as string) as Record<string, unknown>;
    expect(definition).toMatchObject({ initial: 'open', states: { open: { on: { 'order.pay': [{}] } } } });
    for (const { createdAt } of told) expect(Number(createdAt)).toBeGreaterThan(1_700_000_000_000);
  });

  test('is spoken to in the version of the package it was tested with', () => {
    const manifest = createRequire(import.meta.url)
      .resolve('@statelyai/inspect')
      .replace(/dist.*$/, 'package.json');
    expect(createRequire(import.meta.url)(manifest)).toMatchObject({ version: protocolVersion });
  });

  test('is told of the kind or the actor that it asks for', async () => {
    const { troupe, server } = await openServed();
    for (const id of ['1', '2']) await troupe.actor('order', id).send(note('a'));
    await troupe.run('1').start({ title: 'One' });
    const one = await connected(socketUrl(server.url, '?kind=order&id=2'));
    const kind = await connected(socketUrl(server.url, '?kind=run'));
    await troupe.actor('order', '1').send(pay);
    await troupe.actor('order', '2').send(pay);
    const prompt = 'run.prompt';
    await troupe.run('1').prompt('Go');
    const ofOne = await one.upTo(isStepOf('order/2', 'order.pay'));
    expect(new Set(ofOne.map(({ sessionId }) => sessionId))).toEqual(new Set(['order/2']));
    const ofKind = await kind.upTo(({ event }) => (event as { type: string } | undefined)?.type === prompt);
    expect(new Set(ofKind.map(({ sessionId }) => sessionId))).toEqual(new Set(['run/1']));
  });

  test('begins with as many actors as it asks for, and hears of the others as they go on', async () => {
    const { troupe, server } = await openServed();
    for (const id of ['1', '2', '3', '4', '5']) await troupe.actor('order', id).send(note('a'));
    const { upTo } = await connected(socketUrl(server.url, '?limit=2'));
    const isStep = ({ type }: Message): boolean => type === '@xstate.snapshot';
    const first = [...(await upTo(isStep)), ...(await upTo(isStep))].map(({ sessionId }) => sessionId);
    expect(new Set(first).size).toBe(2);
    const other = ['1', '2', '3', '4', '5'].find((id) => !first.includes(`order/${id}`))!;
    await troupe.actor('order', other).send(pay);
    const told = await upTo(isStepOf(`order/${other}`, 'order.pay'));
    expect(told[0]).toMatchObject({
      type: '@xstate.actor',
      sessionId: `order/${other}`,
      snapshot: { value: { paid: 'packing' } },
    });
    expect(new Set(told.map(({ sessionId }) => sessionId)).size).toBe(1);
  });

  test('hears of parents first, and of the end', async () => {
    const { troupe, server } = await openServed();
    await troupe.run('parent').start({ title: 'P' });
    await troupe.run('child').start({ title: 'C', parent: 'run/parent' });
    await troupe.run('child').end({ cause: 'completed' });
    const { upTo } = await connected(socketUrl(server.url, '?kind=run'));
    const told = await upTo(isStepOf('run/child', 'run.end'));
    const actors = told.filter(({ type }) => type === '@xstate.actor');
    expect(actors).toMatchObject([
      { sessionId: 'run/parent', rootId: 'run/parent' },
      { sessionId: 'run/child', rootId: 'run/parent', parentId: 'run/parent', snapshot: { status: 'done' } },
    ]);
    expect(actors[0]!['parentId']).toBe(undefined);
  });

  test('without an upgrade is told the same, as server-sent events', async () => {
    const { troupe, server } = await openServed();
    await troupe.actor('order', '1').send(note('a'));
    const frames = await taken(await fetch(`${server.url}/v1/inspect?kind=order`), 3);
    expect(frames).toMatchObject([
      { event: 'inspection', data: { type: '@xstate.actor', sessionId: 'order/1' } },
      { event: 'inspection', data: { type: '@xstate.event', event: note('a') } },
      { event: 'inspection', data: { type: '@xstate.snapshot', snapshot: { value: 'open' } } },
    ]);
  });

  test('sees the part that is theirs', async () => {
    const authorize = (asking: Request): Access | Response => {
      const token = asking.headers.get('authorization')?.replace('Bearer ', '');
      return token === undefined
        ? new Response('who?', { status: 401 })
        : { by: token, labels: { tenant: token }, can: ['read'] };
    };
    const { troupe, server } = await openServed({ authorize });
    await troupe.actor('order', '1').send(note('a'), { labels: { tenant: 'a' } });
    await troupe.actor('order', '2').send(note('b'), { labels: { tenant: 'b' } });
    const b = await connected(socketUrl(server.url, '?token=b'));
    const told = await b.upTo(isStepOf('order/2', 'order.note'));
    expect(told.map(({ sessionId }) => sessionId)).toEqual(['order/2', 'order/2', 'order/2']);
    await expect(connected(socketUrl(server.url))).rejects.toThrow('401 UNAUTHORIZED');
  });
});

describe('who may connect', () => {
  test('has the token, in a header or in the query', async () => {
    const { server } = await openServed({ token: 'secret' });
    await connected(socketUrl(server.url, '?token=secret'));
    await connected(socketUrl(server.url), { authorization: 'Bearer secret' });
    for (const query of ['', '?token=', '?token=wrong', '?token=secret1']) {
      await expect(connected(socketUrl(server.url, query))).rejects.toThrow('401 UNAUTHORIZED');
    }
    const wrong = { authorization: 'Bearer wrong' };
    await expect(connected(socketUrl(server.url, '?token=secret'), wrong)).rejects.toThrow(
      '401 UNAUTHORIZED',
    );
  });

  test('is a page of the server itself, or of an origin that was configured', async () => {
    const { server } = await openServed({ origins: ['https://app.example'] });
    await connected(socketUrl(server.url), { origin: server.url });
    await connected(socketUrl(server.url), { origin: 'https://app.example' });
    for (const origin of ['https://evil.example', 'null', `${server.url}.evil.example`]) {
      await expect(connected(socketUrl(server.url), { origin })).rejects.toThrow('403 FORBIDDEN');
    }
    const rebound = { host: 'evil.example', origin: 'http://evil.example' };
    await expect(connected(socketUrl(server.url), rebound)).rejects.toThrow('403 FORBIDDEN');
  });

  test('asks for what there is', async () => {
    const { server } = await openServed({ limits: { streams: 1 } });
    await expect(connected(socketUrl(server.url, '?nothing=1'))).rejects.toThrow('422 INVALID_OPTION');
    await connected(socketUrl(server.url));
    await expect(connected(socketUrl(server.url))).rejects.toThrow('429 TOO_MANY_REQUESTS');
    const off = await openServed({ inspector: 'off' });
    await expect(connected(socketUrl(off.server.url))).rejects.toThrow('404 INVALID_REQUEST');
  });

  test('leaves its place when the handshake is none', async () => {
    const { server, ask } = await openServed({ limits: { streams: 1 } });
    const headers = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const status = await new Promise((resolve) => {
      request(`${server.url}/v1/inspect`, { headers }, (response) => {
        resolve(response.statusCode);
        response.resume();
      }).end();
    });
    expect(status).toBe(400);
    await connected(socketUrl(server.url));
    expect((await ask('/metrics')).text).toContain('{route="openInspection",status="400"} 1');
  });
});

describe('what serves it', () => {
  test('a handler, where its server hands the upgrade over', async () => {
    const troupe = await openSample({ workers: 0 });
    const handler = createHandler(troupe, { authorize: () => ({ by: 'me', can: ['read'] }) });
    const server = createServer();
    server.on('upgrade', (raw, socket, head) => {
      if (!handler.upgrade(raw, socket, head)) socket.destroy();
    });
    const url = await listening(server);
    const { upTo } = await connected(socketUrl(url));
    await troupe.actor('order', '1').send(note('a'));
    expect(await upTo(isStepOf('order/1', 'order.note'))).toHaveLength(3);
    await expect(connected(`${url.replace('http', 'ws')}/other`)).rejects.toThrow('socket hang up');
    server.closeAllConnections();
    server.close();
  });

  test('the plugin, below its prefix; what else asks for an upgrade is served without', async () => {
    const troupe = await openSample({ workers: 0 });
    const app = fastify();
    const inspectorOf = async (by: string, can: Access['can']): Promise<void> => {
      await app.register(fastifyTroupe, { prefix: `/${by}`, troupe, authorize: () => ({ by, can }) });
    };
    await inspectorOf('a', ['read']);
    await inspectorOf('b', []);
    app.get('/own', () => 'mine');
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const { closed } = await connected(`${url.replace('http', 'ws')}/a/v1/inspect`);
    await expect(connected(`${url.replace('http', 'ws')}/b/v1/inspect`)).rejects.toThrow('403 FORBIDDEN');
    expect(await answerToH2c(`${url}/own`)).toBe('mine');
    await app.close();
    expect(await closed).toEqual([1001, 'the server closes']);
  });

  test('a server of its own, which serves what asks for HTTP/2 as if it had not', async () => {
    const { server } = await openServed();
    expect(await answerToH2c(`${server.url}/healthz`)).toBe('{"ok":true}');
  });

  test('a server that closes says so', async () => {
    const { server } = await openServed();
    const { closed } = await connected(socketUrl(server.url));
    await server.close();
    expect(await closed).toEqual([1001, 'the server closes']);
  });
});

test('a reader who reads nothing is dropped', async () => {
  const { troupe, server, ask } = await openServed({ limits: { heartbeatMs: 100 } });
  const { socket, closed } = await connected(socketUrl(server.url));
  socket.pause();
  const orders = Array.from({ length: 100 }, (_, i) => troupe.actor('order', String(i)));
  await Promise.all(orders.map(async (order) => order.send(note('x'.repeat(200_000)))));
  while (!(await ask('/metrics')).text.includes('troupe_http_streams 0')) await troupe.flush();
  socket.resume();
  expect((await closed)[0]).toBe(1006);
});

async function answerToH2c(url: string): Promise<string> {
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQ' };
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () => resolve(text));
    });
    asked.once('error', reject);
    asked.end();
  });
}
