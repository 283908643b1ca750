/** The one file that knows ws: what is sent waits for who reads, and what is too much ends the connection. */
import { createServer, request } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { acceptSocket } from '../../../runtime/http/webSocket.ts';
import type { Socket } from '../../../runtime/http/webSocket.ts';
import { connected, listening } from './sockets.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Served {
  readonly url: string;
  readonly accepted: Promise<Socket | undefined>;
  readonly closed: Promise<void>;
}

async function served(heartbeatMs: number, heard: (message: Uint8Array) => void = () => {}): Promise<Served> {
  const server = createServer();
  servers.push(server);
  let close = (): void => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const accepted = new Promise<Socket | undefined>((resolve) => {
    server.once('upgrade', (raw, socket, head) => {
      resolve(acceptSocket(raw, socket, head, { bytesMax: 1000, heartbeatMs, heard, closed: close }));
    });
  });
  const url = await listening(server);
  return { url: url.replace('http', 'ws'), accepted, closed };
}

test('nothing more is sent to who reads nothing, and they are dropped', async () => {
  const { url, accepted, closed } = await served(200);
  const { socket } = await connected(url);
  socket.pause();
  const to = (await accepted)!;
  const megabyte = 'x'.repeat(1024 * 1024);
  let sent = 0;
  // Far more than what two sockets hold.
  while (sent < 200 && (await to.send(megabyte))) sent++;
  expect(sent).toBeLessThan(200);
  await closed;
});

test('who only listens is not dropped', async () => {
  const { url } = await served(1000);
  const { socket } = await connected(url);
  let pings = 0;
  await new Promise<void>((resolve) => {
    // The second one is sent to who answered the first.
    socket.on('ping', () => ++pings === 2 && resolve());
  });
  expect(socket.readyState).toBe(socket.OPEN);
});

test('who reads gets everything, in order', async () => {
  const { url, accepted } = await served(60_000);
  const { next } = await connected(url);
  const to = (await accepted)!;
  for (let i = 0; i < 2000; i++) {
    await to.send(JSON.stringify({ i }));
    expect(await next()).toEqual({ i });
  }
});

test('a frame that is too large ends it, and is not heard', async () => {
  const heard: Uint8Array[] = [];
  const { url } = await served(60_000, (message) => heard.push(message));
  const { socket, closed } = await connected(url);
  socket.send('x'.repeat(1000));
  socket.send('x'.repeat(1001));
  expect(await closed).toEqual([1009, '']);
  expect(heard.map(({ byteLength }) => byteLength)).toEqual([1000]);
});

test('so do frames that are too large together', async () => {
  const { url } = await served(60_000);
  const { socket, closed } = await connected(url);
  for (let i = 0; i < 3; i++) socket.send('x'.repeat(500), { fin: false });
  expect((await closed)[0]).toBe(1009);
});

test('a handshake that is none is told so, and nobody waits for it', async () => {
  const { url, accepted } = await served(60_000);
  const response = await new Promise((resolve) => {
    const headers = { connection: 'upgrade', upgrade: 'websocket' };
    request(url.replace('ws', 'http'), { headers }, ({ statusCode }) => resolve(statusCode)).end();
  });
  expect([response, await accepted]).toEqual([400, undefined]);
});
