/** The callers' side of a host, against hosts that the test plays itself. */
import { describe, expect, test, vi } from 'vitest';
import { defaultLimits } from '../../runtime/limits.ts';
import type { Limits } from '../../runtime/limits.ts';
import type { Answer, Request, SendRequest } from '../../runtime/protocol.ts';
import { Router } from '../../runtime/router.ts';
import { receiptOf } from '../../runtime/sending.ts';
import type { Route, SendOptions } from '../../runtime/sending.ts';
import { shardOf } from '../../storage/shard.ts';

const receipt = { seq: 1, state: [], tags: [], final: false, duplicate: false };

/** A host that only collects; `turn` resolves after the caller's present turn of the loop. */
class FakeHost {
  readonly batches: (readonly Request[])[] = [];
  post = (requests: readonly Request[]): void => void this.batches.push(requests);
  get requests(): readonly Request[] {
    return this.batches.flat();
  }
}

const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(() => resolve()));

function given(hosts = 1, changes: Partial<Limits> = {}) {
  const limits = { ...defaultLimits, ...changes };
  const ignore = (): void => undefined;
  const told = { report: ignore, revived: ignore, lost: ignore };
  const router = new Router({ hosts, session: 's', limits, ...told });
  const fakes = router.links.map((link) => {
    const fake = new FakeHost();
    link.up(fake);
    return fake;
  });
  const common = { router, limits, beforeSend: {} };
  const route = (address: string): Route => ({ ...common, link: router.linkOf(address), address });
  const send = async (address: string, options?: SendOptions): Promise<unknown> =>
    receiptOf(route(address), { type: 'e' }, options);
  return { router, fakes, send, link: router.links[0]!, fake: fakes[0]! };
}

const ok = (request: Request): Answer =>
  request.op === 'send' ? { op: 'receipt', n: request.n, receipt } : { op: 'ok', n: request.n };
const full = ({ n }: Request): Answer => ({
  op: 'refused',
  n,
  refusal: { code: 'MAILBOX_FULL', message: 'full', details: {} },
});
const numbers = (requests: readonly Request[]): readonly number[] => requests.map(({ n }) => n);
const code = async (outcome: Promise<unknown>): Promise<string> =>
  outcome.then(
    () => 'none',
    (error: unknown) => (error as { code: string }).code,
  );

/** Two addresses on different hosts of two. */
function apart(): readonly [string, string] {
  const all = Array.from({ length: 100 }, (_, i) => `a/${i}`);
  return [all.find((a) => shardOf(a) % 2 === 0)!, all.find((a) => shardOf(a) % 2 === 1)!];
}

describe('requests of one turn', () => {
  test('leave in one message, in order', async () => {
    const { fake, send, link } = given();
    const sends = Array.from({ length: 100 }, async (_, i) => send(`a/${i}`));
    expect(fake.batches).toEqual([]);
    await turn();
    expect(fake.batches.length).toBe(1);
    expect(numbers(fake.requests)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    link.take(fake.requests.map(ok));
    expect(await Promise.all(sends)).toEqual(sends.map(() => receipt));
  });

  test('that are many leave by the 512, before the turn ends', async () => {
    const { fake, send } = given();
    for (let i = 0; i < 1100; i++) void send('a/1');
    expect(fake.batches.map((batch) => batch.length)).toEqual([512, 512]);
    await turn();
    expect(fake.batches.map((batch) => batch.length)).toEqual([512, 512, 76]);
  });

  test('go to the host of their shard', async () => {
    const { fakes, send } = given(2);
    const [even, odd] = apart();
    void send(even);
    void send(odd);
    await turn();
    expect(fakes.map(({ requests }) => (requests[0] as SendRequest).address)).toEqual([even, odd]);
  });
});

describe('a host that was lost', () => {
  test('leaves what has no answer to the next one, under the same numbers and stamps', async () => {
    const { fake, send, link } = given();
    const sends = [1, 2, 3, 4].map(async () => send('a/1'));
    await turn();
    link.take([ok(fake.requests[1]!)]);
    link.down();
    const fifth = send('a/1');
    await turn();
    const next = new FakeHost();
    link.up(next);
    expect(next.batches.length).toBe(1);
    expect(numbers(next.requests)).toEqual([1, 3, 4, 5]);
    expect((next.requests[1] as SendRequest).stamp).toEqual({ session: 's', n: 3 });
    link.take(next.requests.map(ok));
    await Promise.all([...sends, fifth]);
    expect(link.pending).toBe(0);
    expect(link.counters.resent).toBe(4);
  });

  test('may have answered already: an answer that comes twice is heard once', async () => {
    const { fake, send, link } = given();
    const one = send('a/1');
    await turn();
    link.take([ok(fake.requests[0]!), ok(fake.requests[0]!)]);
    await one;
    expect(given().router.counters().unanswered).toBe(0);
  });

  test('and is not replaced for now has everything refused, until there is one again', async () => {
    const { fake, send, link } = given();
    const waiting = code(send('a/1'));
    await turn();
    link.refuse({ code: 'WORKER_LOST', message: 'lost', details: {} });
    expect(await waiting).toBe('WORKER_LOST');
    expect(await code(send('a/1'))).toBe('WORKER_LOST');
    link.up(fake);
    const sent = send('a/1');
    await turn();
    link.take([ok(fake.requests.at(-1)!)]);
    expect(await sent).toEqual(receipt);
  });
});

describe('an actor that was set aside', () => {
  test('has its sends refused, those under way too; others go on', async () => {
    const { router, fake, send, link } = given();
    const bad = code(send('a/bad'));
    const good = send('a/good');
    await turn();
    router.refuseActor('a/bad', { code: 'QUARANTINED', message: 'bad', details: {} });
    expect(await bad).toBe('QUARANTINED');
    expect(await code(send('a/bad'))).toBe('QUARANTINED');
    link.take(fake.requests.map(ok));
    expect(await good).toEqual(receipt);
    router.allowActor('a/bad');
    const again = send('a/bad');
    await turn();
    link.take([ok(fake.requests.at(-1)!)]);
    expect(await again).toEqual(receipt);
  });
});

describe('sends without an answer are bounded', () => {
  test('past the bound they are refused at once, and there is room after answers', async () => {
    const { fake, send, link } = given(1, { unansweredSends: 2 });
    const first = [send('a/1'), send('a/2')];
    expect(await code(send('a/3'))).toBe('MAILBOX_FULL');
    await turn();
    link.take(fake.requests.map(ok));
    await Promise.all(first);
    const third = send('a/3');
    await turn();
    link.take([ok(fake.requests[2]!)]);
    expect(await third).toEqual(receipt);
  });

  test('a send that waits goes out as answers arrive', async () => {
    const { fake, send, link } = given(1, { unansweredSends: 1 });
    const first = send('a/1');
    const patient = [send('a/2', { wait: true }), send('a/3', { wait: true })];
    for (let answered = 0; answered < 3; answered++) {
      while (fake.requests.length <= answered) await turn();
      link.take([ok(fake.requests[answered]!)]);
    }
    expect(await Promise.all([first, ...patient])).toEqual([receipt, receipt, receipt]);
  });

  test('a mailbox that stays full is not asked in every turn of the loop', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { fake, send, link } = given();
    const patient = send('a/1', { wait: true });
    for (let turns = 0, answered = 0; turns < 50; turns++) {
      for (; answered < fake.requests.length; answered++) link.take([full(fake.requests[answered]!)]);
      await turn();
    }
    expect(fake.requests).toHaveLength(1);
    vi.advanceTimersByTime(1);
    vi.useRealTimers();
    await turn();
    await turn();
    link.take([ok(fake.requests[1]!)]);
    expect(await patient).toEqual(receipt);
  });

  test('a mailbox that was full is tried again', async () => {
    const { fake, send, link } = given();
    const patient = send('a/1', { wait: true });
    await turn();
    link.take([full(fake.requests[0]!)]);
    while (fake.requests.length < 2) await turn();
    link.take([ok(fake.requests[1]!)]);
    expect(await patient).toEqual(receipt);
  });

  test('waiting ends with its signal, and nothing was sent', async () => {
    const { send, fake } = given(1, { unansweredSends: 1 });
    void send('a/1');
    const controller = new AbortController();
    const patient = send('a/2', { wait: true, signal: controller.signal });
    await turn();
    controller.abort();
    await expect(patient).rejects.toMatchObject({ code: 'ABORTED', details: { outcome: 'none' } });
    expect(fake.requests.length).toBe(1);
  });
});

describe('an aborted send', () => {
  test('tells that its outcome is unknown; a late answer is heard by nobody', async () => {
    const { fake, send, link, router } = given();
    const controller = new AbortController();
    const sent = send('a/1', { signal: controller.signal });
    await turn();
    controller.abort();
    await expect(sent).rejects.toMatchObject({ code: 'ABORTED', details: { outcome: 'unknown' } });
    link.take([ok(fake.requests[0]!)]);
    expect(router.counters().unanswered).toBe(0);
  });

  test('by a time limit is a TIMEOUT', async () => {
    const { send } = given();
    await expect(send('a/1', { signal: AbortSignal.timeout(1) })).rejects.toMatchObject({
      code: 'TIMEOUT',
      retryable: true,
    });
  });

  test('before it began sends nothing', async () => {
    const { send, fake } = given();
    await expect(send('a/1', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      details: { outcome: 'none' },
    });
    await turn();
    expect(fake.requests).toEqual([]);
  });
});

describe('a message to an actor of another host', () => {
  const message = { from: 'x', ordinal: 1, kind: 'event', bytes: Buffer.of(1) } as const;

  test('is carried there, and its outcome back under the number of its sender', async () => {
    const { fakes, router } = given(2);
    const [even, odd] = apart();
    router.links[0]!.take([{ op: 'deliver', n: 77, address: odd, message }]);
    await turn();
    const carried = fakes[1]!.requests[0]!;
    expect(carried).toMatchObject({ op: 'deliver', address: odd, message });
    expect(router.linkOf(even)).toBe(router.links[0]);
    router.links[1]!.take([
      { op: 'refused', n: carried.n, refusal: { code: 'SEALED', message: '', details: {} } },
    ]);
    while (fakes[0]!.requests.length === 0) await turn();
    expect(fakes[0]!.requests).toEqual([
      { op: 'delivered', n: 77, refusal: { code: 'SEALED', message: '', details: {} } },
    ]);
  });

  test('has no outcome for a later host of its sender, which counts anew', async () => {
    const { fakes, router } = given(2);
    const [, odd] = apart();
    router.links[0]!.take([{ op: 'deliver', n: 1, address: odd, message }]);
    await turn();
    router.links[0]!.down();
    const next = new FakeHost();
    router.links[0]!.up(next);
    router.links[1]!.take([ok(fakes[1]!.requests[0]!)]);
    await turn();
    await turn();
    expect(next.requests).toEqual([]);
  });
});

test('flushing waits for what was sent before, and for nothing after', async () => {
  const { router, fake, send, link } = given();
  const first = send('a/1');
  let isSettled = false;
  const settled = router.settled().then(() => (isSettled = true));
  const second = send('a/2');
  await turn();
  expect(isSettled).toBe(false);
  link.take([ok(fake.requests[0]!)]);
  await settled;
  link.take([ok(fake.requests[1]!)]);
  await Promise.all([first, second]);
});
