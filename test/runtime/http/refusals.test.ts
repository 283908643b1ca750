/** What a server is sent that no client of ours would send: refused in words, and nothing is done. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { openServed } from './served.ts';
import type { Served } from './served.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const path = '/v1/actors/order/1/events';
const head = (more: readonly string[]): string =>
  [`POST ${path} HTTP/1.1`, 'host: localhost', ...more, '', ''].join('\r\n');

async function socketTo({ server }: Served): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** All that comes back for these bytes, until the server ends the connection. */
async function answerTo(served: Served, ...pieces: readonly (string | Buffer)[]): Promise<string> {
  const socket = await socketTo(served);
  for (const piece of pieces) socket.write(piece);
  return text(socket);
}

async function assertUntouched({ troupe }: Served): Promise<void> {
  expect(await troupe.actor('order', '1').exists()).toBe(false);
}

const sent = async (served: Served, body: string | Uint8Array, type = 'application/json') =>
  served.ask(path, { method: 'POST', headers: { 'content-type': type }, body: body as string });

describe('a body', () => {
  test('is JSON in UTF-8, and says so', async () => {
    const served = await openServed();
    const json = '{"type":"order.note","text":"a"}';
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
    ]) {
      expect(await sent(served, json, type), type).toMatchObject({
        status: 415,
        body: { code: 'INVALID_REQUEST' },
      });
    }
    const packed = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect(await served.ask(path, { method: 'POST', headers: packed, body: json })).toMatchObject({
      status: 415,
      body: { code: 'INVALID_REQUEST' },
    });
    for (const body of ['', '{', 'nonsense', Buffer.from([0x7b, 0xff, 0x7d])]) {
      expect(await sent(served, body), String(body)).toMatchObject({
        status: 400,
        body: { code: 'INVALID_REQUEST' },
      });
    }
    for (const body of ['null', '3', '"text"', '{}', '[]', '{"type":3}', '{"type":""}']) {
      expect(await sent(served, body), body).toMatchObject({ status: 422, body: { code: 'INVALID_OPTION' } });
    }
    await assertUntouched(served);
    expect(await sent(served, json, 'application/json; charset="UTF-8"')).toMatchObject({ status: 200 });
  });

  test('is nested so deeply, and no deeper', async () => {
    const served = await openServed();
    const nested = (depth: number): string =>
      `{"type":"order.note","text":"[[[[","x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(await sent(served, nested(64))).toMatchObject({ status: 200 });
    expect(await sent(served, nested(65))).toMatchObject({
      status: 400,
      body: { details: { depthMax: 64 } },
    });
    expect(await sent(served, nested(1_000_000))).toMatchObject({ status: 400 });
  });

  test('has so many bytes, whether it says how many or not, and holds so many events', async () => {
    const served = await openServed({ limits: { bodyBytes: 1000, batch: 3 } });
    const body = JSON.stringify({ type: 'order.note', text: 'x'.repeat(1000) });
    expect(await sent(served, body)).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } });
    const chunked = head(['content-type: application/json', 'transfer-encoding: chunked']);
    const answer = await answerTo(served, chunked, `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    const items = Array.from({ length: 4 }, () => ({ type: 'order.note', text: '' }));
    expect(await sent(served, JSON.stringify(items))).toMatchObject({ status: 413 });
    await assertUntouched(served);
  });
});

describe('a connection', () => {
  test('that sends no request of HTTP, or headers without end, is told so and closed', async () => {
    const served = await openServed();
    expect(await answerTo(served, 'what?\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*INVALID_REQUEST/);
    const large = `x-large: ${'x'.repeat(20_000)}`;
    expect(await answerTo(served, head([large]))).toMatch(/^HTTP\/1\.1 431 /);
    const both = head(['content-length: 3', 'transfer-encoding: chunked']);
    expect(await answerTo(served, both, '0\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    await assertUntouched(served);
  });

  test('that sends its headers, or its body, ever so slowly is closed', async () => {
    const served = await openServed({ headersMs: 50, requestMs: 100 });
    expect(await answerTo(served, `POST ${path} HTTP/1.1\r\nhost: loc`)).toMatch(/^HTTP\/1\.1 408 /);
    const started = head(['content-type: application/json', 'content-length: 100']);
    expect(await answerTo(served, started, '{"type":')).toMatch(/^HTTP\/1\.1 408 |^$/);
    await assertUntouched(served);
    expect(await served.ask('/healthz')).toMatchObject({ status: 200 });
  });

  test('may ask again before it is answered: answers come in order', async () => {
    const served = await openServed();
    const note = (n: number): string => JSON.stringify({ type: 'order.note', text: `${n}` });
    const request = (n: number): string =>
      head([
        'content-type: application/json',
        `content-length: ${note(n).length}`,
        ...(n === 9 ? ['connection: close'] : []),
      ]) + note(n);
    const answer = await answerTo(served, Array.from({ length: 10 }, (_, n) => request(n)).join(''));
    const seqs = [...answer.matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq));
    expect(seqs).toHaveLength(10);
    const texts: unknown[] = [];
    for await (const { event } of served.troupe.actor('order', '1').history({ types: ['order.note'] })) {
      texts.push(event.text);
    }
    expect(new Set(texts)).toEqual(new Set(Array.from({ length: 10 }, (_, n) => `${n}`)));
    expect(texts).toHaveLength(10);
  });

  test('that is cut in the middle of a body leaves nothing behind', async () => {
    const served = await openServed();
    const socket = await socketTo(served);
    socket.write(head(['content-type: application/json', 'content-length: 100']));
    socket.write('{"type":"order.note",');
    socket.end();
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 |^$/);
    await assertUntouched(served);
  });

  test('beyond those that are allowed is not taken', async () => {
    const served = await openServed({ connections: 1 });
    const first = await socketTo(served);
    first.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(first, 'data');
    const second = connect(served.server.port, '127.0.0.1');
    second.on('error', () => undefined);
    await once(second, 'close');
    first.destroy();
  });
});

describe('where a request comes from', () => {
  const from = async (served: Served, ...headers: readonly string[]): Promise<string> =>
    answerTo(served, ['GET /v1/actors HTTP/1.1', ...headers, 'connection: close', '', ''].join('\r\n'));

  test('another host name than those of this machine is refused: a page may point one here', async () => {
    const served = await openServed({ hosts: ['troupe.test'] });
    const { port } = served.server;
    for (const host of ['localhost', `LOCALHOST:${port}`, `127.0.0.1:${port}`, '[::1]:80', 'troupe.test']) {
      expect(await from(served, `host: ${host}`), host).toMatch(/^HTTP\/1\.1 200 /);
    }
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '']) {
      expect(await from(served, `host: ${host}`), host).toMatch(/^HTTP\/1\.1 403 [^]*FORBIDDEN/);
    }
  });

  test('a page of another origin is refused, unless it was configured', async () => {
    const served = await openServed({ origins: ['https://board.example'] });
    const own = `localhost:${served.server.port}`;
    expect(await from(served, `host: ${own}`, `origin: http://${own}`)).toMatch(/^HTTP\/1\.1 200 /);
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost:1',
      `http://${own}.evil.example`,
    ]) {
      const answer = await from(served, `host: ${own}`, `origin: ${origin}`);
      expect(answer, origin).toMatch(/^HTTP\/1\.1 403 /);
      expect(answer.toLowerCase()).not.toContain('access-control');
    }
    const board = await from(served, `host: ${own}`, 'origin: https://board.example');
    expect(board).toMatch(/^HTTP\/1\.1 200 /);
    expect(board.toLowerCase()).toContain('access-control-allow-origin: https://board.example\r\n');
    const preflight = await served.ask('/v1/actors', {
      method: 'OPTIONS',
      headers: { origin: 'https://board.example', 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
      204,
      'authorization, content-type, idempotency-key, last-event-id',
    ]);
  });
});

test('no path leads to the file system', async () => {
  const served = await openServed();
  const paths = [
    '/../../etc/passwd',
    '/v1/../../etc/passwd',
    '/v1/actors/order/..%2f..%2fetc%2fpasswd/snapshot',
  ];
  for (const one of [...paths, '/%00', '/v1/%zz', '/v1//actors', '/v1/actors/']) {
    const answer = await answerTo(
      served,
      `GET ${one} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
    );
    expect(answer, one).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer, one).toContain('problem+json');
    expect(answer, one).not.toContain('root:');
  }
});
