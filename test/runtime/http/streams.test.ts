/** Streams over real sockets: no gap and no double, whatever a reader does; bounded, whatever it leaves. */
import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { framesOf, openServed, taken } from './served.ts';
import type { ReadFrame } from './served.ts';

// Much is written where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const at = '/v1/actors/order/1';
const note = (text: string) => ({ type: 'order.note' as const, text });

/** The seqs that frames cover, after an assertion that they follow each other. */
function coveredBy(frames: readonly ReadFrame[], from: number): number {
  let next = from;
  for (const { id, data } of frames) {
    expect(data['from']).toBe(next);
    expect(id).toBe(String(data['to']));
    next = (data['to'] as number) + 1;
  }
  return next - 1;
}

describe('the stream of an actor', () => {
  test('begins with a reset, tells what comes, and ends after the seal', async () => {
    const { server, troupe } = await openServed();
    const order = troupe.actor('order', '1');
    await order.send(note('a'));
    const response = await fetch(`${server.url}${at}/stream?windowMs=0&until=sealed`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const frames = framesOf(response);
    expect((await frames.next()).value).toMatchObject({ id: '2', event: 'reset', data: { from: 1, to: 2 } });
    await order.send({ type: 'order.pay', cents: 1 });
    expect((await frames.next()).value).toMatchObject({ id: '3', event: 'facts', data: { sealed: false } });
    await order.send({ type: 'order.ship' });
    expect((await frames.next()).value).toMatchObject({
      id: '4',
      data: { sealed: true, facts: [{ seq: 4 }] },
    });
    expect(await frames.next()).toEqual({ done: true, value: undefined });
  });

  test('resumes 10 000 facts behind, with no gap and no double, as often as it is cut', async () => {
    const { server, troupe } = await openServed();
    const order = troupe.actor('order', '1');
    for (let i = 0; i < 10_000; i++) if (!order.push(note(`${i}`))) await order.flush();
    await order.flush();
    await order.send({ type: 'order.pay', cents: 1 });
    await order.send({ type: 'order.ship' });
    const texts: unknown[] = [];
    let last = 0;
    for (let cuts = 0; last < 10_003; cuts++) {
      const headers = last === 0 ? {} : { 'last-event-id': String(last) };
      const response = await fetch(`${server.url}${at}/stream?after=0&maxBytes=262144`, { headers });
      const frames = await taken(response, 1);
      expect(cuts).toBeLessThan(1000);
      last = coveredBy(frames, last + 1);
      for (const { data } of frames) {
        for (const { event } of data['facts'] as { event: { text?: string } }[]) texts.push(event.text);
      }
    }
    const told = Array.from({ length: 10_000 }, (_, i) => `${i}`);
    expect(texts).toEqual([undefined, ...told, undefined, undefined]);
  });

  test('a reader that comes back for what follows the seal is told to stay away', async () => {
    const { ask, troupe } = await openServed();
    const order = troupe.actor('order', '1');
    await order.send({ type: 'order.pay', cents: 1 });
    await order.send({ type: 'order.ship' });
    const resumed = await ask(`${at}/stream`, { headers: { 'last-event-id': '3' } });
    expect(resumed.status).toBe(204);
    expect(await ask(`${at}/stream?after=4`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await ask(`${at}/stream`, { headers: { 'last-event-id': 'x' } })).toMatchObject({ status: 422 });
  });

  test('ends after as many facts as were wanted', async () => {
    const { server, troupe } = await openServed();
    await troupe.actor('order', '1').send(note('a'));
    const frames = await taken(await fetch(`${server.url}${at}/stream?after=0&limit=2`));
    expect(coveredBy(frames, 1)).toBe(2);
  });

  test('says something while nothing happens', async () => {
    const { server, troupe } = await openServed({ limits: { heartbeatMs: 5 } });
    await troupe.actor('order', '1').send(note('a'));
    const frames = framesOf(await fetch(`${server.url}${at}/stream?after=2`));
    expect((await frames.next()).value).toEqual({ comment: 'still here' });
    expect((await frames.next()).value).toEqual({ comment: 'still here' });
    await frames.return();
  });

  test('of one that is read slowly conflates: memory stays bounded, and the seal comes', async () => {
    const { server, troupe } = await openServed();
    const order = troupe.actor('order', '1');
    await order.send(note('first'));
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    const path = `${at}/stream?after=0&windowMs=0&maxBytes=65536`;
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    let tail = '';
    // It is live now; from here on it is not read.
    while (!tail.includes('id: 2\n')) tail += String((await once(socket, 'data'))[0]);
    socket.pause();
    const text = 'x'.repeat(16 * 1024);
    // More than sockets hold between the two, so that the server has to wait for the reader.
    for (let i = 0; i < 2000; i++) if (!order.push(note(text))) await order.flush();
    await order.flush();
    await order.send({ type: 'order.pay', cents: 1 });
    await order.send({ type: 'order.ship' });
    let bytes = 0;
    for await (const piece of socket) {
      bytes += (piece as Buffer).byteLength;
      tail = (tail + (piece as Buffer).toString('latin1')).slice(-100_000);
    }
    expect(tail).toContain('"sealed":true');
    expect(tail).toContain('id: 2004');
    // Far from everything: the rest was a reset.
    expect(bytes).toBeLessThan(16 * 1024 * 1024);
  });

  test('is given up by a server that has enough of them, and by one whose reader has gone', async () => {
    const { server, troupe, ask } = await openServed({ limits: { streams: 1 } });
    await troupe.actor('order', '1').send(note('a'));
    const leaving = new AbortController();
    const first = await fetch(`${server.url}${at}/stream`, { signal: leaving.signal });
    await taken(first.clone(), 1);
    const second = await ask(`${at}/stream`);
    expect(second).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS', retryable: true } });
    expect(second.headers.get('retry-after')).toBe('1');
    leaving.abort();
    // The place is free as soon as the server knows.
    for (;;) {
      const response = await fetch(`${server.url}${at}/stream`);
      const { status } = response;
      await response.body?.cancel();
      if (status === 200) break;
    }
    expect((await troupe.stats()).subscriptions).toBeDefined();
  });

  test('gives every reader of a window the same frame', async () => {
    const { server, troupe } = await openServed();
    const order = troupe.actor('order', '1');
    await order.send(note('a'));
    const readers = await Promise.all(
      Array.from({ length: 20 }, async () => framesOf(await fetch(`${server.url}${at}/stream?windowMs=20`))),
    );
    const first = await Promise.all(readers.map(async (reader) => (await reader.next()).value));
    expect(new Set(first.map((frame) => JSON.stringify(frame))).size).toBe(1);
    await order.send({ type: 'order.pay', cents: 1 });
    await order.send({ type: 'order.ship' });
    const rest = await Promise.all(
      readers.map(async (reader) => {
        const frames: ReadFrame[] = [];
        for await (const frame of reader) if ('data' in frame) frames.push(frame);
        return frames;
      }),
    );
    for (const frames of rest) expect(coveredBy(frames, 3)).toBe(4);
  });
});

describe('streams of many actors', () => {
  test('rows come whole, and then as they change', async () => {
    const { server, troupe } = await openServed();
    await troupe.actor('order', '1').send(note('a'), { labels: { team: 'core' } });
    await troupe.actor('order', '2').send(note('b'), { labels: { team: 'docs' } });
    const frames = framesOf(await fetch(`${server.url}/v1/watch?labels[team]=core&windowMs=1`));
    expect((await frames.next()).value).toMatchObject({
      event: 'rows',
      data: { changed: [{ address: 'order/1', seq: 2 }], removed: [] },
    });
    await troupe.actor('order', '1').label({ team: 'docs' });
    expect((await frames.next()).value).toMatchObject({ data: { changed: [], removed: ['order/1'] } });
    await frames.return();
  });

  test('the feed goes on from its cursor, and one that leads nowhere is refused', async () => {
    const { server, troupe, ask } = await openServed();
    await troupe.actor('order', '1').send(note('a'));
    const [first] = await taken(await fetch(`${server.url}/v1/feed?limit=1`));
    expect(first?.data['items']).toMatchObject([{ seq: 1 }, { seq: 2, address: 'order/1' }]);
    await troupe.actor('order', '2').send(note('b'));
    const headers = { 'last-event-id': first?.id ?? '' };
    const [second] = await taken(
      await fetch(`${server.url}/v1/feed?limit=1&types=order.note`, { headers }),
      1,
    );
    expect(second?.data['items']).toMatchObject([{ address: 'order/2', event: { text: 'b' } }]);
    const lost = await ask('/v1/feed?after=nowhere');
    expect(lost.status).toBeGreaterThanOrEqual(400);
    expect(lost.headers.get('content-type')).toContain('problem+json');
  });
});
