/** What waits for actors, and which worker has them. */
import { afterEach, expect, test, vi } from 'vitest';
import { openServer } from '../../../runtime/http.ts';
import type { Access } from '../../../runtime/http.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { slow } from '../actors/slow.ts';
import { newDirectory } from '../open.ts';
import { askingOf, openServed } from './served.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function opened() {
  const troupe = await openTroupe({
    directory: newDirectory(),
    workers: 0,
    actors: [slow],
    indexLabels: ['tenant'],
  });
  const authorize = (request: Request): Access => {
    const tenant = request.headers.get('x-tenant');
    return { by: 'reader', can: ['read'], ...(tenant !== null && { labels: { tenant } }) };
  };
  const server = await openServer(troupe, { authorize });
  endings.push(async () => {
    const closed = server.close();
    server.hurry();
    await closed;
    await troupe.close();
  });
  return { troupe, ...askingOf(server.url), theirs: askingOf(server.url, { 'x-tenant': 'a' }) };
}

test('events that wait for their window are counted until they are recorded', async () => {
  const { troupe, ask } = await opened();
  const ref = troupe.actor('slow', '1');
  await ref.send({ type: 'end', text: '' });
  const waits = async (): Promise<unknown> => (await ask('/v1/mailboxes?address=slow/1&address=slow/2')).body;
  const told = (waiting: number): unknown => ({
    items: [
      { address: 'slow/1', worker: 0, waiting },
      { address: 'slow/2', worker: 0, waiting: 0 },
    ],
  });
  expect(await waits()).toEqual(told(0));
  const said = ref.send({ type: 'say', text: 'a' });
  expect(await waits()).toEqual(told(1));
  await ref.send({ type: 'end', text: '' });
  await said;
  expect(await waits()).toEqual(told(0));
});

test('of what a reader does not see nothing is told', async () => {
  const { troupe, theirs } = await opened();
  await troupe.actor('slow', 'mine').send({ type: 'end', text: '' }, { labels: { tenant: 'a' } });
  await troupe.actor('slow', 'theirs').send({ type: 'end', text: '' }, { labels: { tenant: 'b' } });
  const { body } = await theirs.ask('/v1/mailboxes?address=slow/mine,slow/theirs,slow/nobody');
  expect(body).toEqual({ items: [{ address: 'slow/mine', worker: 0, waiting: 0 }] });
});

test('as many actors as a screen shows are asked for at once, and no more', async () => {
  const { ask } = await opened();
  const query = Array.from({ length: 201 }, (_, i) => `address=slow/${i}`).join('&');
  expect(await ask(`/v1/mailboxes?${query}`)).toMatchObject({
    status: 422,
    body: { code: 'INVALID_OPTION' },
  });
});

test('an actor is told with the worker that has it', async () => {
  const { troupe, ask } = await openServed({}, { workers: 2 });
  const addresses = Array.from({ length: 8 }, (_, i) => `order/${i}`);
  for (const address of addresses)
    await troupe.actor('order', address.slice(6)).send({ type: 'order.note', text: 'a' });
  const { body } = await ask(`/v1/mailboxes?address=${addresses.join(',')}`);
  const items = body['items'] as { worker: number; waiting: number }[];
  expect(items.map(({ waiting }) => waiting)).toEqual(addresses.map(() => 0));
  expect(new Set(items.map(({ worker }) => worker))).toEqual(new Set([0, 1]));
});
