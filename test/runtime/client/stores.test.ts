/** Stores: the same object until something changed, connected while somebody listens. */
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { connect } from '../../../runtime/client.ts';
import type { Client, Store, StoreState } from '../../../runtime/client.ts';
import type { DefinitionsOf } from '../../../runtime/index.ts';
import type { Sample } from '../open.ts';
import { openServed } from '../http/served.ts';
import type { Served } from '../http/served.ts';

// Much is opened where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

async function open(): Promise<Served & { client: Client<DefinitionsOf<Sample>> }> {
  const served = await openServed();
  return { ...served, client: connect<Sample>(served.server.url, { retryMs: 1, retryMsMax: 20 }) };
}

/** The state once it is as wanted. */
async function met<T>(store: Store<T>, isMet: (state: StoreState<T>) => boolean): Promise<StoreState<T>> {
  const news = new EventTarget();
  const stop = store.subscribe(() => news.dispatchEvent(new Event('news')));
  try {
    while (!isMet(store.get())) await once(news, 'news');
    return store.get();
  } finally {
    stop();
  }
}

test('a snapshot store follows its actor to the end', async () => {
  const { client, troupe } = await open();
  const own = troupe.actor('order', '1');
  const store = client.store({ snapshot: client.actor('order', '1'), windowMs: 0 });
  expect(store.get()).toEqual({ value: undefined, error: undefined, isOver: false });
  let changes = 0;
  const stop = store.subscribe(() => changes++);
  // It waits for the birth.
  await own.send({ type: 'order.note', text: 'a' });
  const { value } = await met(store, (state) => state.value?.seq === 2);
  expect(store.get().value).toBe(value);
  expect(store.get()).toBe(store.get());
  expect(value?.matches('open')).toBe(true);
  await own.send({ type: 'order.pay', cents: 1 });
  await met(store, (state) => state.value?.seq === 3);
  await own.send({ type: 'order.ship' });
  const last = await met(store, ({ isOver }) => isOver);
  expect(last).toMatchObject({ value: { seq: 4, status: 'sealed' }, error: undefined });
  expect(changes).toBe(4);
  stop();
});

test('a messages store keeps what did not change as the same object, and asks with it', async () => {
  const { client, troupe } = await open();
  const run = troupe.run('1');
  await run.start({});
  await run.prompt('Go');
  const store = client.store({ messages: client.run('1') });
  const stop = store.subscribe(() => undefined);
  const before = await met(store, ({ value }) => value?.messages.length === 1);
  await run.send({ type: 'message.start', messageId: 'm', role: 'assistant' });
  await run.send({ type: 'message.delta', messageId: 'm', part: 'text', text: 'Done.' });
  const after = await met(store, ({ value }) => value?.messages[1]?.parts.length === 1);
  expect(after.value?.messages[1]).toMatchObject({ parts: [{ type: 'text', text: 'Done.' }] });
  expect(after.value?.messages[0]).toMatchObject({ parts: before.value!.messages[0]!.parts });
  await run.send({ type: 'message.delta', messageId: 'm', part: 'text', text: ' All.' });
  const more = await met(store, ({ value }) => JSON.stringify(value?.messages[1]?.parts).includes('All'));
  expect(more.value?.messages[0]).toBe(after.value?.messages[0]);
  await run.end({ cause: 'completed' });
  expect((await met(store, ({ isOver }) => isOver)).value?.sealed).toBe(true);
  stop();
});

test('a rows store holds what its filter selects, newest first', async () => {
  const { client, troupe } = await open();
  const store = client.store({ rows: { kind: 'order', status: 'live' }, windowMs: 0 });
  const stop = store.subscribe(() => undefined);
  expect((await met(store, ({ value }) => value !== undefined)).value).toEqual([]);
  for (const id of ['1', '2']) await troupe.actor('order', id).send({ type: 'order.pay', cents: 1 });
  await met(store, ({ value }) => value?.length === 2);
  await troupe.actor('order', '1').send({ type: 'order.ship' });
  const { value } = await met(store, (state) => state.value?.length === 1);
  expect(value).toMatchObject([{ address: 'order/2' }]);
  stop();
});

test('a store ends its stream with its last listener, and goes on with the next', async () => {
  const { client, troupe } = await open();
  const own = troupe.actor('order', '1');
  await own.send({ type: 'order.note', text: 'a' });
  const store = client.store({ snapshot: client.actor('order', '1'), windowMs: 0 });
  const seen = await met(store, ({ value }) => value?.seq === 2);
  await own.send({ type: 'order.note', text: 'b' });
  expect(store.get()).toBe(seen);
  expect((await met(store, ({ value }) => value?.seq === 3)).value?.seq).toBe(3);
});

test('what a server refuses is told as an error', async () => {
  const { server } = await openServed({ token: 'secret' });
  const store = connect(server.url, { token: 'wrong' }).store({ rows: {} });
  const { error, value } = await met(store, ({ isOver }) => isOver);
  expect([error?.code, value]).toEqual(['UNAUTHORIZED', undefined]);
});
