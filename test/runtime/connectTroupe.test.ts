/** A directory from elsewhere: by the socket of its owner, by a URL, or read where nobody can be asked. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openOwnerSocket, openServer } from '../../runtime/http.ts';
import { connectTroupe, openTroupe } from '../../runtime/index.ts';
import type { ConnectedTroupe, ListedRow } from '../../runtime/index.ts';
import { refusalOf } from './host/kit.ts';
import { newDirectory, openSample, sampleUrl } from './open.ts';
import type { Sample } from './open.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

async function addressesOf(rows: AsyncIterable<ListedRow>): Promise<readonly string[]> {
  const addresses: string[] = [];
  for await (const { address } of rows) addresses.push(address);
  return addresses;
}

test('beside a living owner everything is done through its socket', async () => {
  const directory = newDirectory();
  const owner = await openSample({ directory, workers: 0 });
  const socket = await openOwnerSocket(owner);
  await using connected = await connectTroupe<Sample>({ directory });
  expect(connected.isReadOnly).toBe(false);
  const order = connected.actor('order', '1');
  expect(await order.send({ type: 'order.note', text: 'a' })).toMatchObject({ seq: 2 });
  const seen = connected.actor('order', '1').subscribe({ after: 0, windowMs: 0 });
  await owner.actor('order', '1').send({ type: 'order.pay', cents: 3 });
  const types: string[] = [];
  for await (const { facts } of seen) {
    for (const { event } of facts) types.push(event.type);
    if (types.length === 3) break;
  }
  expect(types).toEqual(['actor.born', 'order.note', 'order.pay']);
  expect(await addressesOf(connected.list())).toEqual(['order/1']);
  // @ts-expect-error: an order takes no such event.
  expect(await refusalOf(order.send({ type: 'order.no' }))).toMatchObject({ code: 'NOT_ACCEPTED' });
  await connected.close();
  await socket.close();
  expect(await owner.actor('order', '1').snapshot()).toMatchObject({ seq: 3 });
});

test('where nobody has it open it is read, and what would change it is refused', async () => {
  const directory = newDirectory();
  const owner = await openSample({ directory, workers: 0 });
  const socket = await openOwnerSocket(owner);
  await owner.actor('order', '1').send({ type: 'order.note', text: 'a' });
  await owner.run('one').start({ title: 'One' });
  await socket.close();
  await owner.close();
  await using connected = await connectTroupe<Sample>({ directory, actors: sampleUrl });
  expect(connected.isReadOnly).toBe(true);
  const order = connected.actor('order', '1');
  expect(await order.snapshot()).toMatchObject({ seq: 2, state: ['open'] });
  const events: unknown[] = [];
  for await (const { event } of order.history()) events.push(event);
  expect(events).toMatchObject([{ type: 'actor.born' }, { type: 'order.note', text: 'a' }]);
  expect(await order.verify()).toEqual({ ok: true, seq: 2 });
  expect(await addressesOf(connected.list({ kind: 'run' }))).toEqual(['run/one']);
  const writes = [
    order.send({ type: 'order.note', text: 'b' }),
    order.label({ team: 'core' }),
    connected.run('two').start({}),
    connected.outbox('x').drain(),
  ];
  for (const write of writes) {
    expect(await refusalOf(write)).toMatchObject({
      code: 'UNSUPPORTED',
      retryable: false,
      details: { readOnly: true },
    });
  }
  expect(await refusalOf(order.subscribe().next())).toMatchObject({ code: 'UNSUPPORTED' });
});

test('facts need no definition: what is recorded is told of kinds that nobody here knows', async () => {
  const directory = newDirectory();
  const owner = await openSample({ directory, workers: 0 });
  await owner.actor('order', '1').send({ type: 'order.note', text: 'a' });
  await owner.actor('order', 'over').send({ type: 'order.pay', cents: 3 });
  await owner.actor('order', 'over').send({ type: 'order.ship' });
  const { seal } = await owner.actor('order', 'over').digest();
  await owner.close();
  await using connected = await connectTroupe<Sample>({ directory });
  const [live, over] = [connected.actor('order', '1'), connected.actor('order', 'over')];
  const types: string[] = [];
  for await (const { event } of live.history()) types.push(event.type);
  expect(types).toEqual(['actor.born', 'order.note']);
  expect(await live.verify()).toEqual({ ok: true, seq: 2 });
  expect(await over.verify()).toEqual({ ok: true, seq: 3 });
  expect(await over.digest()).toEqual({ seq: 3, sealed: true, digest: { events: 3 }, seal });
  for (const read of [
    live.digest(),
    live.snapshot(),
    over.snapshot(),
    connected.actor('order', '2').verify(),
  ]) {
    const refusal = await refusalOf(read);
    expect(refusal).toMatchObject({ code: 'UNKNOWN_KIND' });
    expect(refusal.message).toContain('--actors FILE');
  }
});

test('a socket that an owner left behind is no owner', async () => {
  const directory = newDirectory();
  await (await openTroupe({ directory, workers: 0 })).close();
  writeFileSync(join(directory, 'owner.sock'), '');
  await using connected = await connectTroupe({ directory });
  expect(connected.isReadOnly).toBe(true);
  rmSync(join(directory, 'owner.sock'));
});

test('the feed of a directory that is only read gives all there is, and then what comes', async () => {
  const directory = newDirectory();
  const owner = await openTroupe({ directory, workers: 0 });
  for (const id of ['a', 'b', 'c']) await owner.run(id).start({});
  await using connected = await connectTroupe({ directory });
  expect(connected.isReadOnly).toBe(true);
  const seen: string[] = [];
  for await (const { items } of connected.feed({ types: ['run.start'] })) {
    for (const { address } of items) seen.push(address);
    if (seen.length === 3) await owner.run('d').start({});
    if (seen.length === 4) break;
  }
  expect(seen).toEqual(['run/a', 'run/b', 'run/c', 'run/d']);
  await owner.close();
});

test('a URL is connected to with its token', async () => {
  const owner = await openSample({ workers: 0 });
  const server = await openServer(owner, { token: 'sesame' });
  await using connected: ConnectedTroupe = await connectTroupe({ url: server.url, token: 'sesame' });
  expect(connected.isReadOnly).toBe(false);
  await connected.run('one').start({});
  expect(await owner.run('one').exists()).toBe(true);
  await using stranger = await connectTroupe({ url: server.url });
  expect(await refusalOf(stranger.run('one').snapshot())).toMatchObject({ code: 'UNAUTHORIZED' });
  await server.close();
});

test.each([
  [{}, 'directory'],
  [{ directory: '' }, 'directory'],
  [{ directory: '.', url: 'http://localhost' }, 'url'],
  [{ folder: '.' }, 'folder'],
])('connectTroupe(%j) is refused', async (options, option) => {
  expect(await refusalOf(connectTroupe(options as never))).toMatchObject({
    code: 'INVALID_OPTION',
    details: { option },
  });
});

test('a directory that is none is told', async () => {
  const refusal = await refusalOf(connectTroupe({ directory: join(newDirectory(), 'none') }));
  expect(refusal.code).toBe('NOT_FOUND');
});
