/** Many clients at once, and a server that is killed under them: what was answered is recorded, once. */
import { createRequire } from 'node:module';
import { expect, test, vi } from 'vitest';
import { newDirectory, openSample } from '../open.ts';
import { askingOf, listOf, openServed } from './served.ts';
import { lineOf, started } from './serving.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Result {
  readonly '2xx': number;
  readonly non2xx: number;
  readonly errors: number;
  readonly timeouts: number;
}

/** It has no types of its own. */
const autocannon = createRequire(import.meta.url)('autocannon') as (options: object) => Promise<Result>;

const path = '/v1/actors/order/1/events';
const postersMax = 64;
/** A campaign asks for more: 50 000 take more than a minute. */
const records = Number(process.env['HTTP_RACE_RECORDS'] ?? 150);
/** Of a race on a busy machine. */
const raceMs = 60_000 + records * 20;
// Copied wherever they are given away: the load generator adds to them.
const headers = { 'content-type': 'application/json' };

test('every JSON route holds under load: nothing is lost, doubled or out of place', async () => {
  const { server, troupe } = await openServed();
  const amount = 1500;
  const acked: string[] = [];
  let n = 0;
  const noteSent = {
    method: 'POST',
    path,
    setupRequest: (request: object): object => ({
      ...request,
      headers: { ...headers, 'idempotency-key': `n${n}` },
      body: JSON.stringify({ type: 'order.note', text: `${n++}` }),
    }),
    onResponse: (status: number, body: string): void => {
      if (status === 200) acked.push(body);
    },
  };
  const posted = {
    method: 'POST',
    path: '/v1/outboxes/o/records',
    setupRequest: (request: object): object => ({
      ...request,
      headers: { ...headers },
      body: JSON.stringify({ child: 'run/a', childSeq: n++, kind: 'finished' }),
    }),
  };
  const reads = ['/v1/actors', '/v1/actors/order/1/snapshot', '/v1/actors/order/1/digest', `${path}?limit=5`];
  const others = ['/v1/usage', '/v1/definitions', '/v1/stats', '/v1/outboxes/o/pending', '/healthz'];
  await troupe.actor('order', '1').send({ type: 'order.note', text: 'first' });
  const result = await autocannon({
    url: server.url,
    connections: 20,
    amount,
    requests: [
      noteSent,
      posted,
      noteSent,
      ...[...reads, ...others].map((one) => ({ method: 'GET', path: one })),
    ],
  });
  expect([result['2xx'], result.non2xx, result.errors, result.timeouts]).toEqual([amount, 0, 0, 0]);
  const facts = await listOf(troupe.actor('order', '1').history());
  expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, i) => i + 1));
  const ids = facts.flatMap(({ id }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  // A seq each, and each of them there.
  const seqs = acked.map((body) => (JSON.parse(body) as { seq: number }).seq);
  expect(seqs.toSorted((a, b) => a - b)).toEqual(facts.slice(2).map(({ seq }) => seq));
  expect((await troupe.outbox('o').pending()).ready).toBeGreaterThan(0);
  expect(await troupe.verify()).toMatchObject({ ok: true });
});

test('killed under load, every answer it gave is in the journal exactly once', async () => {
  const directory = newDirectory();
  const first = started('serve.ts', directory);
  const url = await lineOf(first);
  const wanted = Number(process.env['HTTP_KILL_AFTER'] ?? 300);
  const answered: string[] = [];
  const unanswered: string[] = [];
  let n = 0;
  const send = async (to: string, id: string): Promise<boolean> => {
    const [, number] = id.split('/');
    const body = JSON.stringify({ type: 'order.note', text: id });
    const target = `${to}/v1/actors/order/${Number(number) % 3}/events`;
    const response = await fetch(target, {
      method: 'POST',
      headers: { ...headers, 'idempotency-key': id },
      body,
    });
    await response.arrayBuffer();
    return response.status === 200;
  };
  const client = async (): Promise<void> => {
    for (;;) {
      const id = `id/${n++}`;
      const isAnswered = await send(url, id).catch(() => undefined);
      if (isAnswered === undefined) {
        unanswered.push(id);
        return;
      }
      expect(isAnswered).toBe(true);
      answered.push(id);
      if (answered.length === wanted) first.child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  expect(await first.ended).toEqual([null, 'SIGKILL']);
  const second = started('serve.ts', directory);
  const again = await lineOf(second);
  // Whoever heard no answer asks again: applied before or not, it is applied once.
  for (const id of unanswered) expect(await send(again, id)).toBe(true);
  second.child.kill('SIGTERM');
  expect(await second.ended).toEqual([0, null]);
  const troupe = await openSample({ directory, workers: 0 });
  const ids: string[] = [];
  for (const key of ['0', '1', '2']) {
    const facts = await listOf(troupe.actor('order', key).history());
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, i) => i + 1));
    ids.push(...facts.flatMap(({ id }) => id ?? []));
  }
  expect(answered.length).toBeGreaterThanOrEqual(wanted);
  expect(ids.toSorted()).toEqual([...answered, ...unanswered].toSorted());
});

test(
  'several processes drain one outbox: every record is one of theirs, and of no other',
  { timeout: raceMs },
  async () => {
    const server = started('serve.ts', newDirectory());
    const url = await lineOf(server);
    const { post, ask } = askingOf(url);
    // As many connections as posts at once: a process has only so many.
    let childSeq = 0;
    const poster = async (): Promise<void> => {
      while (childSeq < records) {
        const record = { child: 'run/a', childSeq: childSeq++, kind: 'finished' };
        expect((await post('/v1/outboxes/o/records', record)).status).toBe(200);
      }
    };
    await Promise.all(Array.from({ length: postersMax }, poster));
    const drains = Array.from({ length: 3 }, () => started('drain.ts', url, 'o'));
    const positions = await Promise.all(
      drains.map(async ({ lines, ended }) => {
        const had: number[] = [];
        for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
          had.push(...line.value.split(' ').map(Number));
        }
        expect(await ended).toEqual([0, null]);
        return had;
      }),
    );
    expect(positions.flat().toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: records }, (_, i) => i + 1),
    );
    expect((await ask('/v1/outboxes/o/pending')).body).toEqual({ ready: 0, leased: 0, dead: 0 });
    server.child.kill('SIGTERM');
    expect(await server.ended).toEqual([0, null]);
  },
);
