/** The client against a real server: it does what references do, with the same words for what is refused. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { connect, isTroupeError } from '../../../runtime/client.ts';
import type { Client, ClientOptions } from '../../../runtime/client.ts';
import { isTroupeError as isRuntimes } from '../../../runtime/index.ts';
import type { DefinitionsOf } from '../../../runtime/index.ts';
import type { Sample } from '../open.ts';
import { listOf, openServed } from '../http/served.ts';
import type { Served } from '../http/served.ts';
import { openCutting } from './cutting.ts';

// Much is opened where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const quick = { retryMs: 1, retryMsMax: 20 };

async function open(
  options: ClientOptions = {},
): Promise<Served & { client: Client<DefinitionsOf<Sample>> }> {
  const served = await openServed();
  return { ...served, client: connect<Sample>(served.server.url, { ...quick, ...options }) };
}

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.unreachable('it was refused'),
    (error: unknown) => error,
  );

describe('an actor', () => {
  test('is sent to, read, waited for and verified as by a reference', async () => {
    const { client, troupe } = await open();
    const order = client.actor('order', '1');
    expect(order.address).toBe('order/1');
    expect(await order.exists()).toBe(false);
    const receipt = await order.send(
      { type: 'order.pay', cents: 5 },
      { input: { customer: 'ann' }, trace: 't' },
    );
    expect(receipt).toEqual({
      seq: 2,
      state: ['paid.packing'],
      tags: [],
      final: false,
      duplicate: false,
      reply: { type: 'order.pay', paid: 5 },
    });
    expect(await order.exists()).toBe(true);
    const own = troupe.actor('order', '1');
    const snapshot = await order.snapshot();
    const same = expect.any(Function) as unknown;
    expect(snapshot).toEqual({ ...(await own.snapshot()), matches: same });
    const states = ['paid', 'paid.packing', 'open'] as const;
    expect(states.map((state) => snapshot.matches(state))).toEqual([true, true, false]);
    expect((await order.at(2)).context).toEqual({ paid: 5, customer: 'ann' });
    expect(await order.digest()).toEqual(await own.digest());
    expect(await listOf(order.history())).toEqual(await listOf(own.history()));
    expect(await listOf(order.history({ reverse: true, limit: 1 }))).toMatchObject([{ seq: 2, trace: 't' }]);
    await order.label({ team: 'core' });
    expect(await listOf(client.list({ labels: { team: 'core' } }))).toMatchObject([{ address: 'order/1' }]);
    expect(await order.describe()).toBe(await own.describe());
    const done = order.until('done');
    await order.send({ type: 'order.ship' });
    expect(await done).toMatchObject({ seq: 4, status: 'sealed' });
    expect(await order.verify()).toMatchObject({ ok: true, seq: 4 });
    await order.erase({ history: true });
    expect(await listOf(order.history())).toEqual([]);
  });

  test('is judged after each event: a state that was left within one notification is seen', async () => {
    const following = new EventTarget();
    const isFollowing = once(following, 'answered');
    const { client, troupe } = await open({
      fetch: async (url, init) => {
        const answered = fetch(url, init);
        if (url.includes('/stream')) void answered.then(() => following.dispatchEvent(new Event('answered')));
        return answered;
      },
    });
    const order = client.actor('order', '1');
    await order.send({ type: 'order.note', text: 'a' });
    const seen = order.until(({ state }) => state.includes('paid.packing'));
    const own = troupe.actor('order', '1');
    await isFollowing;
    await Promise.all([own.send({ type: 'order.pay', cents: 1 }), own.send({ type: 'order.ship' })]);
    expect(await seen).toMatchObject({ seq: 3, state: ['paid.packing'] });
    expect(await failureOf(order.until('open'))).toMatchObject({ code: 'SEALED' });
  });

  test('refuses in the words of the runtime', async () => {
    const { client } = await open();
    const order = client.actor('order', '1');
    const refused = await failureOf(order.send({ type: 'order.ship' }));
    expect(refused).toMatchObject({
      code: 'NOT_ACCEPTED',
      retryable: false,
      details: { state: ['open'] },
    });
    expect([isTroupeError(refused, 'NOT_ACCEPTED'), isRuntimes(refused, 'NOT_ACCEPTED')]).toEqual([
      true,
      true,
    ]);
    expect(isTroupeError(refused, 'SEALED')).toBe(false);
    expect(await failureOf(order.snapshot())).toMatchObject({ code: 'NOT_FOUND' });
    const nowhere = connect('http://127.0.0.1:9', { ...quick, patienceMs: 5 });
    expect(await failureOf(nowhere.actor('order', '1').digest())).toMatchObject({
      code: 'UNREACHABLE',
      retryable: true,
    });
    expect(() => connect('nonsense')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    const sent = order.send({ type: 'order.note', text: new Date(0) as unknown as string });
    expect(await failureOf(sent)).toMatchObject({ code: 'NOT_STORABLE', details: { path: 'text' } });
  });

  test('an id of the caller is a duplicate the second time', async () => {
    const { client } = await open();
    const order = client.actor('order', '1');
    const event = { type: 'order.note', text: 'a' } as const;
    expect(await order.send(event, { id: 'né 1' })).toMatchObject({ seq: 2, duplicate: false });
    expect(await order.send(event, { id: 'né 1' })).toMatchObject({ seq: 2, duplicate: true });
  });

  test('a subscription that was cut goes on behind its last fact, and ends when it is left', async () => {
    const { server, troupe } = await open();
    const cutting = await openCutting(server.port, () => Infinity);
    const client = connect<Sample>(cutting.url, quick);
    const own = troupe.actor('order', '1');
    await own.send({ type: 'order.note', text: 'a' });
    const items = client.actor('order', '1').subscribe({ windowMs: 0 });
    expect((await items.next()).value).toMatchObject({ from: 1, to: 2, reset: { seq: 2 } });
    cutting.cutAll();
    await own.send({ type: 'order.note', text: 'b' });
    expect((await items.next()).value).toMatchObject({ from: 3, to: 3, facts: [{ event: { text: 'b' } }] });
    const pending = items.next();
    await items.return();
    expect(await pending).toEqual({ done: true, value: undefined });
    const aborted = client.actor('order', '1').subscribe({ signal: AbortSignal.abort() });
    expect(await failureOf(aborted.next())).toMatchObject({ code: 'ABORTED' });
  });

  test('a stream that says nothing is taken for dead', async () => {
    let asked = 0;
    const frame = 'id: 2\nevent: facts\ndata: {"to":2,"sealed":true}\n\n';
    const silent = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(asked++ === 0 ? ': begins\n\n' : frame);
    });
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const client = connect(url, { ...quick, silenceMs: 20 });
    expect(await listOf(client.actor('order', '1').subscribe())).toEqual([{ to: 2, sealed: true }]);
    expect(asked).toBe(2);
    silent.closeAllConnections();
    silent.close();
  });
});

describe('a server', () => {
  test('lists, watches, feeds, counts and describes', async () => {
    const { client, troupe } = await open();
    const rows = client.watch({ kind: 'order' }, { windowMs: 0 });
    expect((await rows.next()).value).toEqual({ changed: [], removed: [] });
    await client.actor('order', '1').send({ type: 'order.note', text: 'a' });
    expect((await rows.next()).value).toMatchObject({ changed: [{ address: 'order/1', seq: 2 }] });
    await rows.return();
    for (const id of ['2', '3']) await client.actor('order', id).send({ type: 'order.note', text: id });
    expect(await listOf(client.list({ limit: 2 }))).toHaveLength(2);
    expect(await listOf(client.list())).toEqual(await listOf(troupe.list()));
    const items = [];
    for await (const page of client.feed({ types: ['order.note'] })) {
      items.push(...page.items);
      if (items.length === 3) break;
    }
    expect(items.map(({ address }) => address)).toEqual(['order/1', 'order/2', 'order/3']);
    expect(await client.usage()).toEqual(await troupe.usage());
    expect(await client.definitions('order')).toEqual(await troupe.definitions('order'));
    expect(await client.verify()).toEqual({ ok: true, actors: 3, bad: [] });
    expect(await client.quarantined()).toEqual([]);
    expect((await client.stats()).workers).toHaveLength(1);
  });

  test('is told the token and the headers of each request', async () => {
    const served = await openServed({ token: 'secret' });
    const told: (string | undefined)[] = [];
    const asking = { token: 'secret', headers: () => ({ 'x-tenant': 'acme' }) };
    const client = connect<Sample>(served.server.url, {
      ...asking,
      fetch: async (url, init) => {
        told.push(new Headers(init.headers).get('x-tenant') ?? undefined);
        return fetch(url, init);
      },
    });
    await client.actor('order', '1').send({ type: 'order.note', text: 'a' });
    expect(told).toEqual(['acme']);
    const stranger = connect(served.server.url, { token: 'wrong' });
    expect(await failureOf(stranger.actor('order', '1').digest())).toMatchObject({ code: 'UNAUTHORIZED' });
  });
});

describe('a run', () => {
  test('is driven, read and resulted', async () => {
    const { client, troupe } = await open();
    const run = client.run('1');
    await run.start({ title: 'Theirs', labels: { team: 'core' } });
    expect(await listOf(client.list({ labels: { team: 'core' } }))).toMatchObject([{ title: 'Theirs' }]);
    const { promptId, duplicate } = await run.prompt('Go');
    expect(duplicate).toBe(false);
    expect(await run.prompt('Go', { promptId })).toMatchObject({ promptId, duplicate: true });
    await run.update({ title: 'Ours' });
    await run.pause();
    await run.unpause();
    const child = troupe.run('2');
    await child.start({ parent: 'run/1' });
    expect(await listOf(run.children())).toMatchObject([{ address: 'run/2' }]);
    const messages = run.messages();
    expect((await messages.next()).value).toMatchObject({
      messages: [{ parts: [{ text: 'Go' }] }],
      sealed: false,
    });
    const result = run.result();
    await run.end({ cause: 'completed' });
    expect(await result).toMatchObject({ cause: 'completed', seq: 7, seal: {} });
    expect(await listOf(messages)).toMatchObject([{ sealed: true }]);
    expect(await failureOf(run.answer('r', 'o'))).toMatchObject({ code: 'SEALED' });
  });
});

describe('an outbox', () => {
  test('is posted to, drained, acknowledged, released and consumed', async () => {
    const { client } = await open();
    const outbox = client.outbox('conductor');
    const post = (childSeq: number): Parameters<typeof outbox.post>[0] => ({
      child: `run/${childSeq}`,
      childSeq,
      kind: 'waiting',
      summary: `${childSeq}`,
    });
    expect(await outbox.drain()).toEqual({ leaseId: undefined, records: [] });
    expect(await outbox.post(post(1))).toEqual({ ready: 1, leased: 0, dead: 0 });
    await outbox.post(post(1));
    await outbox.post(post(2));
    const lease = await outbox.drain({ id: 'd1' });
    expect(lease.records.map(({ childSeq }) => childSeq)).toEqual([1, 2]);
    expect((await outbox.drain({ id: 'd1' })).leaseId).toBe(lease.leaseId);
    await outbox.ack(lease, [1]);
    expect(await failureOf(outbox.ack(lease, [1]))).toMatchObject({ code: 'LEASE_EXPIRED' });
    await outbox.release(lease, { untouched: true });
    expect(await outbox.pending()).toEqual({ ready: 1, leased: 0, dead: 0 });
    const handled: number[] = [];
    const ended = new AbortController();
    const failed: unknown[] = [];
    let posting: Promise<unknown> | undefined;
    await outbox.consume(
      ({ childSeq }) => {
        handled.push(childSeq);
        if (handled.length === 1) throw new Error('not yet');
        // What comes while it waits wakes it.
        if (handled.length === 2) posting = outbox.post(post(3));
        else ended.abort();
      },
      { retryMs: 1, signal: ended.signal, failed: (_record, error) => failed.push(error) },
    );
    await posting;
    expect(handled).toEqual([2, 2, 3]);
    expect(failed).toHaveLength(1);
    expect(await outbox.deadLetters()).toEqual([]);
    await outbox.turn();
    await outbox.seal();
    expect(await failureOf(outbox.post(post(4)))).toMatchObject({ code: 'SEALED' });
  });
});
