/** The end of a server: in good order at the first signal, in a hurry at the second. */
import { expect, test, vi } from 'vitest';
import { newDirectory, openSample } from '../open.ts';
import { askingOf, framesOf } from './served.ts';
import { lineOf, started } from './serving.ts';

vi.setConfig({ testTimeout: 60_000 });

const note = (text: string) => ({ type: 'order.note', text });

test('at a signal streams say their last word, and what was answered is recorded', async () => {
  const directory = newDirectory();
  const server = started('serve.ts', directory);
  const url = await lineOf(server);
  const { post } = askingOf(url);
  await post('/v1/actors/order/1/events', note('a'));
  const frames = framesOf(await fetch(`${url}/v1/actors/order/1/stream`));
  await frames.next();
  server.child.kill('SIGTERM');
  expect((await frames.next()).value).toEqual({ comment: 'the server closes' });
  expect((await frames.next()).done).toBe(true);
  expect(await lineOf(server)).toBe('closed');
  expect(await server.ended).toEqual([0, null]);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
  const troupe = await openSample({ directory, workers: 0 });
  expect(await troupe.actor('order', '1').snapshot()).toMatchObject({ seq: 2 });
});

test('a second signal cuts what the first one waits for', async () => {
  const server = started('serve.ts', newDirectory());
  const url = await lineOf(server);
  const { post, ask } = askingOf(url);
  await post('/v1/actors/order/1/events', note('a'));
  const waiting = ask('/v1/actors/order/1/until?state=paid&waitMs=60000').catch((error: unknown) => error);
  // It has come in: requests of one connection, or of two, are taken in the order of their arrival.
  const frames = framesOf(await fetch(`${url}/v1/actors/order/1/stream`));
  await frames.next();
  server.child.kill('SIGTERM');
  expect((await frames.next()).value).toEqual({ comment: 'the server closes' });
  server.child.kill('SIGTERM');
  expect(await waiting).toBeInstanceOf(Error);
  expect(await server.ended).toEqual([0, null]);
});
