/** Whose an outbox is that a run of a tenant reports to, and whose a run says it is (Q1). */
import { expect, test, vi } from 'vitest';
import type { Authorize } from '../../../runtime/http.ts';
import { askingOf, listOf, openServed } from './served.ts';
import type { Served } from './served.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const byTenant: Authorize = (request) => {
  const tenant = request.headers.get('x-tenant') ?? '';
  return { by: tenant, labels: { tenant }, can: ['read', 'send', 'answer', 'launch'] };
};

type Asking = Pick<Served, 'ask' | 'post'>;

async function tenants(): Promise<Served & { acme: Asking; bolt: Asking }> {
  const served = await openServed({ authorize: byTenant });
  const of = (tenant: string): Asking => askingOf(served.server.url, { 'x-tenant': tenant });
  return { ...served, acme: of('acme'), bolt: of('bolt') };
}

const end = { cause: 'completed', result: { text: 'all of it' } };
const record = (child: string) => ({ child, childSeq: 1, kind: 'custom' });
/** The report of an end is durable with it, and delivered after it. */
async function reported({ troupe }: Served, id: string, count: number): Promise<void> {
  let found = 0;
  for await (const { items } of troupe.feed({ kind: 'outbox', types: ['outbox.post'] })) {
    found += items.filter(({ address }) => address === `outbox/${id}`).length;
    if (found >= count) return;
  }
}

test('the outbox of a parent is its tenant’s, though nobody but its children ever posted', async () => {
  const served = await tenants();
  const { acme, bolt } = served;
  expect(await acme.post('/v1/runs/boss/start', {})).toMatchObject({ status: 200 });
  expect(await acme.post('/v1/runs/kid/start', { parent: 'run/boss' })).toMatchObject({ status: 200 });
  expect(await acme.post('/v1/runs/kid/end', end)).toMatchObject({ status: 200 });
  await reported(served, 'boss', 1);
  const lease = await acme.post('/v1/outboxes/boss/leases', {});
  expect(lease.body['records']).toMatchObject([{ child: 'run/kid', post: { result: 'all of it' } }]);
  expect(await bolt.post('/v1/outboxes/boss/leases', {})).toMatchObject({ status: 404 });
  expect(await acme.post('/v1/runs/kid2/start', { parent: 'run/boss' })).toMatchObject({ status: 200 });
});

test.each(['/v1/runs/one/start', '/v1/actors/run/one/events'])(
  'the outbox that a start names is taken for all others: %s',
  async (path) => {
    const served = await tenants();
    const { acme, bolt } = served;
    const start = { ...(path.endsWith('events') && { type: 'run.start' }), notify: 'inbox' };
    expect(await acme.post(path, start)).toMatchObject({ status: 200 });
    expect(await bolt.post('/v1/outboxes/inbox/records', record('run/x'))).toMatchObject({ status: 404 });
    expect(await bolt.post('/v1/runs/two/start', { notify: 'inbox' })).toMatchObject({ status: 404 });
    await acme.post('/v1/runs/one/end', end);
    await reported(served, 'inbox', 1);
    expect(await acme.ask('/v1/outboxes/inbox/pending')).toMatchObject({ body: { ready: 1 } });
    expect(await bolt.ask('/v1/outboxes/inbox/pending')).toMatchObject({ status: 404 });
  },
);

test('of two tenants that name the same outbox at once one gets it', async () => {
  const { acme, bolt } = await tenants();
  for (let i = 0; i < 10; i++) {
    const start = { notify: `race${i}` };
    const told = await Promise.all([
      acme.post(`/v1/runs/acme${i}/start`, start),
      bolt.post(`/v1/runs/bolt${i}/start`, start),
    ]);
    expect(told.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 404]);
  }
});

test('a session reports to its tenant’s outbox as well', async () => {
  const { troupe, acme } = await tenants();
  await acme.post('/v1/runs/boss/start', {});
  const open = { type: 'pty.open', command: 'true', parent: 'run/boss' };
  expect(await acme.post('/v1/ptys/s/open', { ...open, type: undefined })).toMatchObject({ status: 200 });
  expect(
    (await listOf(troupe.list({ kind: 'outbox' }))).map(({ address, labels }) => [address, labels]),
  ).toEqual([['outbox/boss', { tenant: 'acme' }]]);
});

test('within the program runs of all tenants report to one outbox', async () => {
  const served = await tenants();
  const { troupe, acme } = served;
  for (const tenant of ['acme', 'bolt']) {
    const run = troupe.run(tenant);
    await run.start({ notify: 'all', labels: { tenant } });
    await run.end({ cause: 'completed' });
  }
  await reported(served, 'all', 2);
  expect(await troupe.outbox('all').pending()).toMatchObject({ ready: 2 });
  expect(await acme.ask('/v1/outboxes/all/pending')).toMatchObject({ status: 404 });
});

test('a run is said to be of its tenant only, whichever way it is started', async () => {
  const { troupe, acme } = await tenants();
  const start = { type: 'run.start', labels: { tenant: 'bolt', team: 'core' } };
  await acme.post('/v1/actors/run/one/events', start);
  await acme.post('/v1/actors/run/two/events', [{ event: start, labels: { team: 'core' } }]);
  await acme.post('/v1/runs/three/start', { labels: start.labels });
  await acme.post('/v1/actors/run/four/events', { type: 'run.start' });
  for (const id of ['one', 'two', 'three']) {
    const { digest } = await troupe.run(id).digest();
    expect(digest.identity.labels, id).toEqual({ tenant: 'acme', team: 'core' });
    const [fact] = await listOf(troupe.run(id).history({ types: ['run.start'] }));
    expect(fact?.event, id).toMatchObject({ labels: { tenant: 'acme' } });
  }
  expect((await troupe.run('four').digest()).digest.identity.labels).toEqual({ tenant: 'acme' });
  expect(await acme.post('/v1/actors/run/five/events', { type: 'run.start', labels: 'bolt' })).toMatchObject({
    status: 422,
  });
});
