/** Outboxes over HTTP: what is asked for again with its Idempotency-Key is done once. */
import { expect, test, vi } from 'vitest';
import { openServed } from './served.ts';
import type { Served, Told } from './served.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const at = '/v1/outboxes/o';

/** Records of one child, at positions 1, 2, …; handed out once, and dead after that if they are let go. */
async function filled(records: number): Promise<Served & { twice: Twice }> {
  const served = await openServed();
  for (let childSeq = 1; childSeq <= records; childSeq++) {
    await served.post(`${at}/records`, { child: `run/${childSeq}`, childSeq, kind: 'finished' });
  }
  const twice: Twice = async (path, body, key) => {
    const headers = { 'idempotency-key': key };
    return [
      await served.post(`${at}/${path}`, body, headers),
      await served.post(`${at}/${path}`, body, headers),
    ];
  };
  return { ...served, twice };
}

type Twice = (path: string, body: unknown, key: string) => Promise<readonly [Told, Told]>;

const statuses = (told: readonly Told[]): readonly number[] => told.map(({ status }) => status);
const pending = async ({ ask }: Served): Promise<unknown> => (await ask(`${at}/pending`)).body;

/** How often this happened to the outbox. */
async function times({ troupe }: Served, type: string): Promise<number> {
  let count = 0;
  for await (const { event, by } of troupe.outbox('o').history()) {
    if (event.type !== type) continue;
    expect(by).toBe('local');
    count++;
  }
  return count;
}

test('an acknowledgement that was answered and got lost is no expired lease', async () => {
  const served = await filled(3);
  const { post, twice } = served;
  const lease = await post(`${at}/leases`, { max: 3 });
  const path = `leases/${lease.body['leaseId'] as number}`;
  expect(statuses(await twice(`${path}/ack`, { positions: [1, 2] }, 'a'))).toEqual([204, 204]);
  expect(await times(served, 'outbox.ack')).toBe(1);
  const other = await post(`${at}/${path}/ack`, { positions: [3] }, { 'idempotency-key': 'a' });
  expect(other).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  expect(statuses(await twice(`${path}/release`, {}, 'r'))).toEqual([204, 204]);
  expect(await times(served, 'outbox.release')).toBe(1);
  const bare = await post(`${at}/${path}/release`, {});
  expect(bare).toMatchObject({ status: 409, body: { code: 'LEASE_EXPIRED' } });
  for (const name of ['none', '01', '7']) {
    const { status, body } = await post(`${at}/leases/${name}/ack`, { positions: [1] });
    expect([status, body['code'], body['detail']]).toEqual([
      409,
      'LEASE_EXPIRED',
      expect.stringContaining(name) as string,
    ]);
  }
  expect(await pending(served)).toEqual({ ready: 1, leased: 0, dead: 0 });
});

test('dead letters get one more chance, or go, once a key', async () => {
  const served = await filled(3);
  const { post, twice } = served;
  const dying = async (): Promise<void> => {
    const { body } = await post(`${at}/leases`, { max: 10, maxAttempts: 1 });
    await post(`${at}/leases/${body['leaseId'] as number}/release`, {});
    // Whoever asks next finds that they were handed out often enough.
    await post(`${at}/leases`, { max: 10, maxAttempts: 1 });
  };
  await dying();
  expect(await pending(served)).toEqual({ ready: 0, leased: 0, dead: 3 });
  expect(statuses(await twice('dead-letters/purge', { positions: [1] }, 'p'))).toEqual([204, 204]);
  expect(statuses(await twice('dead-letters/retry', { positions: [2] }, 'one'))).toEqual([204, 204]);
  expect(await pending(served)).toEqual({ ready: 1, leased: 0, dead: 1 });
  expect(statuses(await twice('dead-letters/retry', {}, 'all'))).toEqual([204, 204]);
  expect(await pending(served)).toEqual({ ready: 2, leased: 0, dead: 0 });
  await dying();
  expect((await post(`${at}/dead-letters/retry`, {}, { 'idempotency-key': 'all' })).status).toBe(204);
  expect(await pending(served)).toEqual({ ready: 0, leased: 0, dead: 2 });
  expect(await times(served, 'outbox.retry')).toBe(2);
  expect(await times(served, 'outbox.purge')).toBe(1);
  expect(statuses(await twice('turn', {}, 't'))).toEqual([204, 204]);
  expect(await times(served, 'outbox.turn')).toBe(1);
});
