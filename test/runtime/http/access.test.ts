/** Who may do what, and whose actors they see (Q1–Q4), on both ways to serve the table. */
import { fastify } from 'fastify';
import { describe, expect, test, vi } from 'vitest';
import { createHandler, fastifyTroupe, openServer } from '../../../runtime/http.ts';
import type { Access, Authorize, Handler } from '../../../runtime/http.ts';
import { openSample } from '../open.ts';
import { askingOf, framesOf, listOf, openServed, toldBy } from './served.ts';
import type { Served } from './served.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const note = (text: string) => ({ type: 'order.note' as const, text });
const all: Access['can'] = ['read', 'send', 'answer', 'launch'];

/** Tenants by their name in a header. */
const byTenant: Authorize = (request) => {
  const tenant = request.headers.get('x-tenant');
  if (tenant === null) return new Response('who are you?', { status: 401 });
  return { by: `${tenant}'s`, labels: { tenant }, can: all };
};

async function tenants(): Promise<{ served: Served; a: Asking; b: Asking }> {
  const served = await openServed({ authorize: byTenant }, { indexLabels: ['tenant'] });
  const { url } = served.server;
  return { served, a: askingOf(url, { 'x-tenant': 'a' }), b: askingOf(url, { 'x-tenant': 'b' }) };
}

type Asking = Pick<Served, 'ask' | 'post'>;

describe('labels that are forced', () => {
  test('are stamped on births, and what lies outside of them is not there', async () => {
    const { served, a, b } = await tenants();
    const born = await a.post('/v1/actors/order/1/events', { event: note('a'), labels: { tenant: 'b' } });
    expect(born.status).toBe(200);
    expect((await a.ask('/v1/actors')).body['items']).toMatchObject([{ labels: { tenant: 'a' } }]);
    expect((await b.ask('/v1/actors')).body['items']).toEqual([]);
    expect((await b.ask('/v1/actors?labels[tenant]=a')).body['items']).toEqual([]);
    const parts = ['snapshot', 'digest', 'events', 'verify', 'describe', 'stream', 'until?state=paid'];
    for (const part of parts) {
      const known = await b.ask(`/v1/actors/order/1/${part}`);
      const unknown = await b.ask(`/v1/actors/order/2/${part}`);
      expect([known.status, known.text.replaceAll('order/1', 'order/2')], part).toEqual([404, unknown.text]);
    }
    expect(await b.post('/v1/actors/order/1/events', note('b'))).toMatchObject({ status: 404 });
    expect(await b.ask('/v1/actors/order/1', { method: 'DELETE' })).toMatchObject({ status: 404 });
    const facts = await listOf(served.troupe.actor('order', '1').history());
    expect(facts.map(({ by }) => by)).toEqual([undefined, "a's"]);
  });

  test('are those of several events, and what may not be sent keeps back all of them', async () => {
    const { served, a, b } = await tenants();
    const items = [note('a'), { event: note('b'), labels: { tenant: 'b', x: 'y' } }];
    expect(await a.post('/v1/actors/order/1/events', items)).toMatchObject({ status: 200 });
    expect((await a.ask('/v1/actors')).body['items']).toMatchObject([{ labels: { tenant: 'a', x: 'y' } }]);
    expect(await b.post('/v1/actors/order/1/events', items)).toMatchObject({ status: 404 });
    expect(await a.post('/v1/actors/order/1/events', items)).toMatchObject({ status: 200 });
    const facts = await listOf(served.troupe.actor('order', '1').history());
    expect(facts.map(({ by }) => by)).toEqual([undefined, ...Array.from({ length: 4 }, () => "a's")]);
    const start = { type: 'run.start', title: 'mine' };
    const pointing = [start, { type: 'run.start', notify: 'x', continues: 'run/theirs' }];
    const told = await a.post('/v1/actors/run/mine/events', pointing);
    expect(told).toMatchObject({ status: 404, body: { index: 1 } });
    expect(await a.ask('/v1/actors/run/mine/snapshot')).toMatchObject({ status: 404 });
  });

  test('stay, whatever is patched', async () => {
    const { a, b } = await tenants();
    await a.post('/v1/actors/order/1/events', note('a'));
    await a.post('/v1/actors/order/1/events', { event: note('b'), labels: { tenant: 'b', x: 'y' } });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ tenant: null });
    await a.ask('/v1/actors/order/1/labels', { method: 'PATCH', headers, body });
    expect((await a.ask('/v1/actors')).body['items']).toMatchObject([{ labels: { tenant: 'a', x: 'y' } }]);
    expect((await b.ask('/v1/actors')).body['items']).toEqual([]);
  });

  test('a birth that two tenants want is one of theirs, and the other is told so', async () => {
    const { served, a, b } = await tenants();
    for (let i = 0; i < 20; i++) {
      const path = `/v1/actors/order/race${i}/events`;
      const told = await Promise.all([a.post(path, note('a')), b.post(path, note('b'))]);
      expect(told.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 404]);
      const facts = await listOf(served.troupe.actor('order', `race${i}`).history());
      expect(facts).toHaveLength(2);
    }
  });

  test('are those of feed, watch and usage', async () => {
    const { served, a, b } = await tenants();
    await a.post('/v1/runs/one/start', { title: 'A', engine: 'x', model: 'm' });
    const used = { type: 'usage', key: 'k', model: 'm', mode: 'delta', scope: 'turn', input: 3, output: 4 };
    expect((await a.post('/v1/actors/run/one/events', used)).status).toBe(200);
    await b.post('/v1/actors/order/1/events', note('b'));
    const headers = (tenant: string) => ({ headers: { 'x-tenant': tenant } });
    const feed = framesOf(await fetch(`${served.server.url}/v1/feed?limit=1`, headers('b')));
    for await (const frame of feed) {
      const { items } = ('data' in frame ? frame.data : {}) as { items?: { address: string }[] };
      for (const { address } of items ?? []) expect(address).toBe('order/1');
    }
    const watch = framesOf(await fetch(`${served.server.url}/v1/watch`, headers('b')));
    expect((await watch.next()).value).toMatchObject({ data: { changed: [{ address: 'order/1' }] } });
    await watch.return();
    expect((await a.ask('/v1/usage?by=model')).body['items']).toMatchObject([
      { by: { model: 'm' }, input: 3, output: 4 },
    ]);
    expect((await b.ask('/v1/usage')).body['items']).toEqual([]);
    for (const path of ['/v1/stats', '/metrics', '/v1/verify', '/v1/quarantined']) {
      expect(await a.ask(path), path).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    }
  });

  test('a run points only at what its tenant has', async () => {
    const { a, b } = await tenants();
    await b.post('/v1/runs/theirs/start', {});
    await b.post('/v1/runs/theirs/prompt', { content: 'a secret' });
    await b.post('/v1/outboxes/theirs/records', { child: 'run/x', childSeq: 1, kind: 'finished' });
    const pointing = [{ continues: 'run/theirs' }, { parent: 'run/theirs' }, { notify: 'theirs' }];
    for (const start of pointing) {
      const told = await a.post('/v1/runs/mine/start', start);
      expect(told, JSON.stringify(start)).toMatchObject({ status: 404 });
    }
    await a.post('/v1/runs/mine/start', {});
    const place = encodeURIComponent('run/theirs@9');
    expect(await a.ask(`/v1/runs/mine/messages?before=${place}`)).toMatchObject({ status: 404 });
    expect(await a.ask('/v1/runs/theirs/messages')).toMatchObject({ status: 404 });
    expect(await a.ask('/v1/outboxes/theirs/leases', { method: 'POST' })).toMatchObject({ status: 404 });
    expect((await a.ask('/v1/runs/mine/children')).body['items']).toEqual([]);
  });
});

describe('rights', () => {
  const asking = async (can: Access['can']): Promise<Served> =>
    openServed({ authorize: () => ({ by: 'somebody', can }) });
  const ask = { type: 'permission.ask', requestId: 'r', kind: 'tool', title: 't' };
  const options = [{ optionId: 'yes', label: 'Yes', effect: 'allow' }];

  test('without `read` nothing is told, without `send` nothing is sent', async () => {
    const reader = await asking(['read']);
    expect(await reader.ask('/v1/actors')).toMatchObject({ status: 200 });
    expect(await reader.post('/v1/actors/order/1/events', note('a'))).toMatchObject({
      status: 403,
      body: { details: { right: 'send' } },
    });
    const sender = await asking(['send']);
    expect(await sender.ask('/v1/actors')).toMatchObject({ status: 403 });
    expect(await sender.post('/v1/actors/order/1/events', note('a'))).toMatchObject({ status: 200 });
  });

  test('answering and launching are rights of their own, whichever way they come', async () => {
    const { troupe, post, server } = await openServed({
      authorize: (request) => {
        const can = (request.headers.get('x-can') ?? '').split(',') as Access['can'];
        return { by: 'somebody', can };
      },
    });
    await troupe.run('1').start({});
    await troupe.run('1').send({ ...ask, options } as never);
    const answer = { requestId: 'r', optionId: 'yes' };
    const event = { type: 'permission.answer', ...answer };
    const sends = { 'x-can': 'send' };
    expect(await post('/v1/runs/1/answer', answer, sends)).toMatchObject({ status: 403 });
    expect(await post('/v1/actors/run/1/events', event, sends)).toMatchObject({ status: 403 });
    const launch = { command: 'ls', stdio: 'pipe' };
    expect(await post('/v1/runs/2/start', { launch }, sends)).toMatchObject({
      status: 403,
      body: { details: { right: 'launch' } },
    });
    const start = { type: 'run.start', launch };
    expect(await post('/v1/actors/run/2/events', start, sends)).toMatchObject({ status: 403 });
    expect(await troupe.run('2').exists()).toBe(false);
    const answering = askingOf(server.url, { 'x-can': 'answer' });
    expect(await answering.post('/v1/runs/1/answer', answer)).toMatchObject({ status: 200 });
    const second = await answering.post('/v1/runs/1/answer', answer);
    expect(second).toMatchObject({ status: 409, body: { code: 'ALREADY_ANSWERED' } });
    expect(second.body['details']).toMatchObject({ by: 'somebody', optionId: 'yes' });
  });

  test('an event that says who sent it says who that was', async () => {
    const { troupe, post } = await openServed();
    await troupe.run('1').start({});
    await post('/v1/runs/1/stop', { by: 'somebody else', reason: 'enough' });
    const facts = await listOf(troupe.run('1').history({ types: ['run.stop'] }));
    expect(facts).toMatchObject([{ by: 'local', event: { by: 'local', reason: 'enough' } }]);
  });

  test('a stream ends when its reader is not welcome any more', async () => {
    const rights: { can: Access['can'] } = { can: ['read'] };
    const { troupe, server } = await openServed({
      limits: { authorizeMs: 5 },
      authorize: () => ({ by: 'somebody', ...rights }),
    });
    await troupe.actor('order', '1').send(note('a'));
    const frames = framesOf(await fetch(`${server.url}/v1/actors/order/1/stream`));
    expect((await frames.next()).value).toMatchObject({ event: 'reset' });
    rights.can = [];
    expect((await frames.next()).value).toMatchObject({ event: 'problem', data: { code: 'FORBIDDEN' } });
    expect((await frames.next()).done).toBe(true);
  });

  test.each(['actors/run/1/stream', 'runs/1/messages/stream'])(
    '%s ends when what it tells of is given to somebody else',
    async (path) => {
      const { troupe, server } = await openServed({ limits: { authorizeMs: 5 }, authorize: byTenant });
      await troupe.run('1').start({ labels: { tenant: 'a' } });
      const stream = await fetch(`${server.url}/v1/${path}`, { headers: { 'x-tenant': 'a' } });
      const frames = framesOf(stream);
      expect((await frames.next()).value).toHaveProperty('event');
      await troupe.run('1').label({ tenant: 'b' });
      const events: string[] = [];
      for await (const frame of frames) if ('event' in frame) events.push(frame.event);
      expect(events.at(-1)).toBe('problem');
    },
  );
});

describe('the same table', () => {
  test('is served by a web-standard handler', async () => {
    const troupe = await openSample({ workers: 0 });
    const handler: Handler = createHandler(troupe, { authorize: byTenant });
    const ask = async (path: string, init: RequestInit = {}) =>
      handler(new Request(`http://app.example${path}`, { ...init, headers: { 'x-tenant': 'a', ...json } }));
    const json = { 'content-type': 'application/json' };
    expect((await handler(new Request('http://app.example/v1/actors'))).status).toBe(401);
    const body = JSON.stringify(note('a'));
    const sent = await toldBy(await ask('/v1/actors/order/1/events', { method: 'POST', body }));
    expect(sent).toMatchObject({ status: 200, body: { seq: 2 } });
    const frames = framesOf(await ask('/v1/actors/order/1/stream?after=0&limit=2'));
    expect((await frames.next()).value).toMatchObject({ id: '2', data: { from: 1, to: 2 } });
    expect((await frames.next()).done).toBe(true);
    const open = await ask('/v1/actors/order/1/stream');
    await open.body?.cancel();
    expect((await ask('/healthz', { method: 'HEAD' })).status).toBe(200);
  });

  test('is served by an application that has Fastify, beside its own routes and below a prefix', async () => {
    const troupe = await openSample({ workers: 0 });
    const app = fastify();
    app.get('/own', (_request, reply) => reply.send({ own: true }));
    app.post('/echo', (request, reply) => reply.send(request.body));
    await app.register(fastifyTroupe, { prefix: '/agents', troupe, authorize: byTenant });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const { ask, post } = askingOf(url, { 'x-tenant': 'a' });
    expect((await ask('/own')).body).toEqual({ own: true });
    expect((await post('/echo', { a: 1 })).body).toEqual({ a: 1 });
    const long = `run/${'p'.repeat(100)}/child@3`;
    expect(await post('/agents/v1/actors/order/1/events', note('a'))).toMatchObject({ status: 200 });
    expect(await ask(`/agents/v1/actors/order/${encodeURIComponent(long)}/snapshot`)).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
    const frames = framesOf(
      await fetch(`${url}/agents/v1/actors/order/1/stream`, { headers: { 'x-tenant': 'a' } }),
    );
    expect((await frames.next()).value).toMatchObject({ event: 'reset' });
    await app.close();
    // Its last word, and its end.
    expect((await frames.next()).value).toEqual({ comment: 'the server closes' });
    expect((await frames.next()).done).toBe(true);
  });
});

test('elsewhere than on this machine a token is demanded', async () => {
  const troupe = await openSample({ workers: 0 });
  await expect(openServer(troupe, { host: '0.0.0.0' })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  await using server = await openServer(troupe, { host: '0.0.0.0', token: 'secret' });
  const url = `http://127.0.0.1:${server.port}`;
  const given = async (authorization: string) =>
    askingOf(url, { authorization })
      .ask('/v1/actors')
      .then(({ status }) => status);
  expect(await askingOf(url).ask('/v1/actors')).toMatchObject({
    status: 401,
    body: { code: 'UNAUTHORIZED' },
  });
  expect(await given('Bearer secre')).toBe(401);
  expect(await given('Basic secret')).toBe(401);
  expect(await given('Bearer secret')).toBe(200);
});
