/** Answers in pieces, as bytes on a socket: the server puts their chunks together itself. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openServed } from './served.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const stream = '/v1/actors/order/1/stream?after=0&limit=1';

/** Everything that comes on the socket, once it holds this text. */
async function heard(socket: Socket, text: string): Promise<string> {
  let all = '';
  for await (const part of socket.iterator({ destroyOnReturn: false })) {
    all += String(part);
    if (all.includes(text)) return all;
  }
  return all;
}

function dial(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  return socket;
}

async function served(): Promise<Socket> {
  const { server, troupe } = await openServed();
  await troupe.actor('order', '1').send({ type: 'order.note', text: 'ä' });
  return dial(server.port);
}

test('each piece is a chunk of its length in bytes, and an empty one ends them', async () => {
  const socket = await served();
  socket.write(`GET ${stream} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  const all = await heard(socket, '\r\n0\r\n\r\n');
  const end = all.indexOf('\r\n\r\n') + 4;
  expect(all.slice(0, end).toLowerCase()).toContain('transfer-encoding: chunked');
  let rest = Buffer.from(all.slice(end));
  const pieces: string[] = [];
  for (;;) {
    const line = rest.indexOf('\r\n');
    const length = Number.parseInt(rest.toString('latin1', 0, line), 16);
    pieces.push(rest.toString('utf8', line + 2, line + 2 + length));
    expect(rest.toString('latin1', line + 2 + length, line + 4 + length)).toBe('\r\n');
    rest = rest.subarray(line + 4 + length);
    if (length === 0) break;
  }
  expect(rest).toHaveLength(0);
  expect(pieces[0]).toBe('retry: 1000\n\n');
  expect(pieces[1]).toContain('"from":1');
  expect(pieces.at(-1)).toBe('');
  expect(pieces.every((piece) => piece === '' || piece.endsWith('\n\n'))).toBe(true);
});

test('the connection serves the next request after a stream has ended', async () => {
  const socket = await served();
  socket.write(`GET ${stream} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  await heard(socket, '\r\n0\r\n\r\n');
  socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
  expect(await heard(socket, '\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test('whoever speaks HTTP/1.0 gets the pieces as they are, until the connection ends', async () => {
  const socket = await served();
  socket.write(`GET ${stream} HTTP/1.0\r\nhost: localhost\r\n\r\n`);
  const all = await heard(socket, 'what never comes');
  expect(all.toLowerCase()).not.toContain('transfer-encoding');
  expect(all.slice(all.indexOf('\r\n\r\n') + 4)).toMatch(/^retry: 1000\n\n(?:.|\n)*"from":1(?:.|\n)*\n\n$/);
});
