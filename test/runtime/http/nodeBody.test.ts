/** Bodies of requests, piece by piece: whoever sends faster than somebody reads has to wait. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { piecesOf } from '../../../runtime/http/nodeBody.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const turnOfLoop = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const length = 16 * 1024 * 1024;

test('a sender that is faster than its reader waits', async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sent = request({ port, method: 'POST' });
  sent.end(Buffer.alloc(length, 'x'));
  const [raw, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  let [taken, ahead] = [0, 0];
  for await (const piece of piecesOf(raw)) {
    taken += piece.byteLength;
    // Time in which it could run ahead.
    for (let turns = 0; turns < 5; turns++) await turnOfLoop();
    ahead = Math.max(ahead, raw.socket.bytesRead - taken);
  }
  expect(taken).toBe(length);
  expect(ahead).toBeLessThan(512 * 1024);
  response.end();
});
