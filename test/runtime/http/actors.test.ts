/** Actors over HTTP: what a reference can do, each route against the real server over a real socket. */
import { describe, expect, test, vi } from 'vitest';
import { listOf, openServed } from './served.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const note = (text: string) => ({ type: 'order.note', text });
const at = '/v1/actors/order/1';

describe('events', () => {
  test('one is durable when it is answered, and known again by its Idempotency-Key', async () => {
    const { post, troupe } = await openServed();
    const first = await post(`${at}/events`, note('a'), { 'idempotency-key': 'k' });
    expect(first).toMatchObject({ status: 200, body: { seq: 2, state: ['open'], duplicate: false } });
    const again = await post(`${at}/events`, note('a'), { 'idempotency-key': 'k' });
    expect(again.body).toMatchObject({ seq: 2, duplicate: true });
    expect(await troupe.actor('order', '1').snapshot()).toMatchObject({ seq: 2 });
  });

  test('options stand beside the event, and who sent it is not for the body to say', async () => {
    const { post, troupe, ask } = await openServed();
    const labels = { team: 'core' };
    const input = { customer: 'ann' };
    await post(`${at}/events`, { event: note('a'), id: 'x', trace: 't', labels, input, ifSeq: 0 });
    const [, fact] = await listOf(troupe.actor('order', '1').history());
    expect(fact).toMatchObject({ id: 'x', trace: 't', by: 'local' });
    expect((await ask(`${at}/snapshot`)).body).toMatchObject({ context: { customer: 'ann' } });
    expect((await ask('/v1/actors?labels[team]=core')).body['items']).toMatchObject([{ labels }]);
    const by = await post(`${at}/events`, { event: note('b'), by: 'mallory' });
    expect(by).toMatchObject({ status: 422, body: { code: 'INVALID_OPTION' } });
    const late = await post(`${at}/events?ifSeq=1`, note('c'));
    expect(late).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });

  test('several are one commit, known again by their Idempotency-Key', async () => {
    const { post, troupe } = await openServed();
    const items = [note('a'), { event: { type: 'order.pay', cents: 3 }, trace: 't' }, note('b')];
    const told = await post(`${at}/events?ifSeq=0`, items, { 'idempotency-key': 'k' });
    expect(told).toMatchObject({ status: 200, body: { receipts: [{ seq: 2 }, { seq: 3 }, { seq: 4 }] } });
    const again = await post(`${at}/events?ifSeq=0`, items, { 'idempotency-key': 'k' });
    expect(again.body).toMatchObject({
      receipts: [
        { seq: 2, duplicate: true },
        { seq: 3, duplicate: true },
        { seq: 4, duplicate: true },
      ],
    });
    const facts = await listOf(troupe.actor('order', '1').history());
    expect(facts.map(({ id, by, trace, event }) => [id, by, trace, event.type])).toEqual([
      [undefined, undefined, undefined, 'actor.born'],
      ['k/0', 'local', undefined, 'order.note'],
      ['k/1', 'local', 't', 'order.pay'],
      ['k/2', 'local', undefined, 'order.note'],
    ]);
    for (const others of [items.slice(0, 2), [...items, note('c')], [...items.slice(0, 2), note('c')]]) {
      const other = await post(`${at}/events`, others, { 'idempotency-key': 'k' });
      expect(other).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    }
    expect((await troupe.stats()).journal).toMatchObject({ commits: 1 });
    const late = await post(`${at}/events?ifSeq=3`, [note('c')]);
    expect(late).toMatchObject({ status: 409, body: { code: 'CONFLICT', index: 0 } });
  });

  test('of several one that is refused is named, and none is applied', async () => {
    const { post, troupe } = await openServed();
    const items = [note('a'), { event: { type: 'order.pay', cents: 3 } }, { type: 'order.no' }, note('z')];
    const told = await post(`${at}/events`, items, { 'idempotency-key': 'k' });
    expect(told).toMatchObject({ status: 409, body: { code: 'NOT_ACCEPTED', index: 2 } });
    expect(told.body).not.toHaveProperty('receipts');
    expect(await troupe.actor('order', '1').exists()).toBe(false);
    const mended = await post(`${at}/events`, items.toSpliced(2, 1), { 'idempotency-key': 'k' });
    expect(mended).toMatchObject({ status: 200, body: { receipts: [{ seq: 2 }, { seq: 3 }, { seq: 4 }] } });
    const unfit = await post(`${at}/events`, [note('y'), { event: note('z'), labels: { '': 'x' } }]);
    expect(unfit).toMatchObject({ status: 413, body: { code: 'TOO_LARGE', index: 1 } });
    expect(await troupe.actor('order', '1').snapshot()).toMatchObject({ seq: 4 });
  });

  test('a refusal has its code, its status, and what is accepted', async () => {
    const { post } = await openServed();
    const told = await post(`${at}/events`, { type: 'order.ship' });
    expect(told.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(told).toMatchObject({
      status: 409,
      body: { code: 'NOT_ACCEPTED', status: 409, retryable: false },
    });
    expect(await post('/v1/actors/nope/1/events', note('a'))).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_KIND' },
    });
    expect(await post('/v1/actors/order/.../events', note('a'))).toMatchObject({
      status: 422,
      body: { code: 'INVALID_ADDRESS' },
    });
  });

  test('what has ended is gone for sends, and can be read and erased', async () => {
    const { post, ask } = await openServed();
    await post(`${at}/events`, [{ type: 'order.pay', cents: 3 }]);
    expect(await ask(at, { method: 'DELETE' })).toMatchObject({ status: 409 });
    await post(`${at}/events`, [{ type: 'order.ship' }]);
    expect(await post(`${at}/events`, note('a'))).toMatchObject({ status: 410, body: { code: 'SEALED' } });
    expect((await ask(`${at}/digest`)).body).toMatchObject({ sealed: true, seal: { cause: 'done' } });
    expect((await ask(`${at}/verify`)).body).toMatchObject({ ok: true, seq: 3 });
    expect(await ask(at, { method: 'DELETE' })).toMatchObject({ status: 204, text: '' });
    expect((await ask(`${at}/events`)).body).toMatchObject({ items: [], head: 3 });
    expect((await ask(`${at}/digest`)).body).toMatchObject({ digest: { events: 3 } });
  });
});

describe('reading', () => {
  test('never gives birth', async () => {
    const { ask } = await openServed();
    const parts = ['snapshot', 'digest', 'events', 'verify', 'describe', 'stream', 'until?state=paid'];
    for (const part of parts) {
      expect(await ask(`${at}/${part}`), part).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
    expect((await ask('/v1/actors')).body).toEqual({ items: [], next: null });
  });

  test('pages of facts lead to each other, both ways', async () => {
    const { post, ask } = await openServed();
    await post(`${at}/events`, ['a', 'b', 'c', 'd'].map(note));
    const seqs = (body: object): unknown =>
      (body as { items: { seq: number }[] }).items.map(({ seq }) => seq);
    const first = (await ask(`${at}/events?limit=2`)).body;
    expect([seqs(first), first['head'], first['prev']]).toEqual([[1, 2], 5, null]);
    const second = (await ask(`${at}/events${String(first['next'])}`)).body;
    expect(seqs(second)).toEqual([3, 4]);
    const third = (await ask(`${at}/events${String(second['next'])}`)).body;
    expect([seqs(third), third['next']]).toEqual([[5], null]);
    const back = (await ask(`${at}/events${String(third['prev'])}`)).body;
    expect(seqs(back)).toEqual([4, 3]);
    expect(seqs((await ask(`${at}/events${String(back['next'])}`)).body)).toEqual([2, 1]);
    expect(seqs((await ask(`${at}/events?types=actor.born,order.pay`)).body)).toEqual([1]);
  });

  test('a past state is read by its seq, and a state is waited for', async () => {
    const { post, ask } = await openServed();
    await post(`${at}/events`, note('a'));
    const until = ask(`${at}/until?state=paid.packing`);
    await post(`${at}/events`, { type: 'order.pay', cents: 3 });
    expect((await until).body).toMatchObject({ seq: 3, value: { paid: 'packing' } });
    expect((await ask(`${at}/snapshot?at=2`)).body).toMatchObject({ seq: 2, state: ['open'] });
    expect((await ask(`${at}/describe`)).text).toContain('live at seq 3, in paid.packing');
    expect(await ask(`${at}/until?state=done&waitMs=1`)).toMatchObject({
      status: 503,
      body: { code: 'TIMEOUT', retryable: true },
    });
  });

  test('a run is described as one: with what was said', async () => {
    const { troupe, ask } = await openServed();
    const run = troupe.run('told');
    await run.start({ title: 'Tell me' });
    await run.prompt('What is new?');
    const { text } = await ask('/v1/actors/run/told/describe');
    expect(text).toBe(`${await run.describe()}\n`);
    expect(text).toContain('What is new?');
  });

  test('lists come in pages, and a misspelt filter is refused', async () => {
    const { post, ask } = await openServed();
    for (const id of ['a', 'b', 'c']) await post(`/v1/actors/order/${id}/events`, note(id));
    const seen: unknown[] = [];
    for (let after = ''; ;) {
      const { body } = await ask(`/v1/actors?limit=2&order=oldest${after}`);
      seen.push(...(body['items'] as { id: string }[]).map(({ id }) => id));
      if (body['next'] === null) break;
      after = `&after=${encodeURIComponent(body['next'] as string)}`;
    }
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(await ask('/v1/actors?lables[a]=b')).toMatchObject({
      status: 422,
      body: { code: 'INVALID_OPTION' },
    });
  });

  test('labels are set and taken away', async () => {
    const { post, ask } = await openServed();
    await post(`${at}/events`, { event: note('a'), labels: { team: 'core', old: 'x' } });
    const body = JSON.stringify({ old: null, team: 'docs' });
    const headers = { 'content-type': 'application/json' };
    expect(await ask(`${at}/labels`, { method: 'PATCH', headers, body })).toMatchObject({ status: 204 });
    expect((await ask('/v1/actors')).body['items']).toMatchObject([{ labels: { team: 'docs' } }]);
  });
});

test('a server tells of itself, and of what it serves', async () => {
  const { ask, post } = await openServed();
  await post(`${at}/events`, note('a'));
  expect(await ask('/healthz')).toMatchObject({ status: 200, body: { ok: true } });
  expect(await ask('/readyz')).toMatchObject({ status: 200, body: { ok: true } });
  const kinds = (await ask('/v1/definitions')).body['items'] as { kind: string }[];
  expect(kinds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['run', 'outbox', 'order']));
  expect((await ask('/v1/stats')).body).toMatchObject({ workers: [{ commits: 1 }], quarantined: 0 });
  const metrics = await ask('/metrics');
  expect(metrics.text).toContain('troupe_http_answers_total{route="sendEvents",status="200"} 1');
  expect(metrics.text).toContain('troupe_journal_commits_total 1');
  expect((await ask('/v1/verify')).body).toEqual({ ok: true, actors: 1, bad: [] });
  expect((await ask('/v1/quarantined')).body).toEqual({ items: [] });
  expect(await ask('/v1/actors/order/1/release', { method: 'POST' })).toMatchObject({ status: 404 });
});

test('HEAD is GET without its body, and another method is refused with those there are', async () => {
  const { ask } = await openServed();
  expect(await ask('/healthz', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  const put = await ask('/v1/actors', { method: 'PUT' });
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET']);
});
