/** Workers that are lost: by exit, by throwing, by memory, by a loop that does not end. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { sendBatch } from '../../runtime/batch.ts';
import type { BatchItem } from '../../runtime/batch.ts';
import { shardOf } from '../../storage/shard.ts';
import { newDirectory, newLog, openSample, sampleUrl } from './open.ts';

// Threads start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const codeOf = async (outcome: Promise<unknown>): Promise<string> =>
  outcome.then(
    () => 'none',
    (error: unknown) => (error as { code: string }).code,
  );

const sees = async (value: () => Promise<unknown>, wanted: unknown): Promise<void> =>
  vi.waitFor(async () => expect(await value()).toBe(wanted), { timeout: 50_000 });

/** Ids of counters on different workers of two. */
function apart(): readonly [string, string] {
  const ids = Array.from({ length: 100 }, (_, i) => `${i}`);
  const on = (worker: number): string => ids.find((id) => shardOf(`counter/${id}`) % 2 === worker)!;
  return [on(0), on(1)];
}

describe('a worker that exits', () => {
  test('is replaced, and every send has its answer, applied once', async () => {
    const log = newLog();
    const troupe = await openSample({ workers: 1, logger: log.logger });
    const [one, two] = [troupe.actor('counter', '1'), troupe.actor('counter', '2')];
    await Promise.all([one.send({ type: 'add' }), two.send({ type: 'add' })]);
    const sends = [];
    for (let i = 0; i < 200; i++) {
      sends.push(one.send({ type: 'add' }), two.send({ type: 'add' }));
      if (i === 50) sends.push(one.send({ type: 'exit', code: 3 }));
    }
    const receipts = await Promise.all(sends);
    expect(new Set(receipts.map(({ seq }) => seq)).size).toBe(201);
    expect((await one.snapshot()).context.count).toBe(201);
    expect((await two.snapshot()).context.count).toBe(201);
    const [worker] = (await troupe.stats()).workers;
    expect(worker).toMatchObject({ restarts: 1, state: 'up', stuck: false });
    expect(log.lines.some((line) => line.includes('exited with code 3'))).toBe(true);
    expect(await troupe.verify()).toMatchObject({ ok: true, actors: 2 });
  });

  test('is replaced once more where its next thread ends before it is ready, and the one after', async () => {
    const made: Worker[] = [];
    const making = (worker: Worker): void => {
      made.push(worker);
      if (made.length === 2 || made.length === 3) void worker.terminate();
    };
    process.on('worker', making);
    onTestFinished(() => void process.off('worker', making));
    const troupe = await openSample({ workers: 1 });
    const ref = troupe.actor('counter', '1');
    await ref.send({ type: 'add' });
    void made[0]?.terminate();
    await ref.send({ type: 'add' });
    expect((await ref.snapshot()).context.count).toBe(2);
    expect((await troupe.stats()).workers).toMatchObject([{ restarts: 3, state: 'up' }]);
    expect(made).toHaveLength(4);
  });

  test('leaves batches to the next host, each applied once and as a whole', async () => {
    const troupe = await openSample({ workers: 1 });
    const ref = troupe.actor('counter', '1');
    await ref.send({ type: 'add' });
    const three = Array.from({ length: 3 }, (): BatchItem => [{ type: 'add' }, {}]);
    const batches = Array.from({ length: 40 }, async (_, i) => {
      const receipts = sendBatch(ref, three);
      if (i === 10) await ref.send({ type: 'exit', code: 3 });
      return receipts;
    });
    for (const receipts of await Promise.all(batches)) {
      const [first] = receipts.map(({ seq }) => seq);
      expect(receipts.map(({ seq }) => seq - first!)).toEqual([0, 1, 2]);
    }
    expect((await ref.snapshot()).context.count).toBe(121);
    expect((await troupe.stats()).workers).toMatchObject([{ restarts: 1 }]);
  });

  test('leaves reads and waits to the next host too', async () => {
    const troupe = await openSample({ workers: 1 });
    const ref = troupe.actor('counter', '1');
    await ref.send({ type: 'add' });
    const reached = ref.until(({ context }) => context.count === 3);
    const answers = [
      ref.send({ type: 'exit', code: 0 }),
      ref.snapshot(),
      ref.send({ type: 'add' }),
      ref.send({ type: 'add' }),
      ref.digest(),
    ] as const;
    await Promise.all(answers);
    expect((await reached).context.count).toBe(3);
  });

  test('takes nobody else down', async () => {
    const troupe = await openSample({ workers: 2 });
    const [id, other] = apart();
    await troupe.actor('counter', other).send({ type: 'add' });
    await troupe.actor('counter', id).send({ type: 'exit', code: 1 });
    await Promise.all([other, id].map(async (each) => troupe.actor('counter', each).send({ type: 'add' })));
    expect((await troupe.stats()).workers.map(({ restarts }) => restarts)).toEqual([1, 0]);
  });
});

test('a task in this thread goes on over the loss of its worker, and runs once', async () => {
  const runs: { finish(text: string): void }[] = [];
  const fetch = async (): Promise<unknown> =>
    new Promise((resolve) => runs.push({ finish: (text) => resolve({ text }) }));
  const log = newLog();
  const troupe = await openSample({ workers: 1, effects: { fetch }, logger: log.logger });
  const ref = troupe.actor('fetcher', '1');
  await ref.send({ type: 'fetch', url: '' });
  await troupe.actor('counter', '1').send({ type: 'exit', code: 1 });
  await log.line('a worker was lost');
  expect((await ref.snapshot()).value).toBe('fetching');
  runs[0]!.finish('once');
  expect((await ref.until(({ context }) => context.got !== undefined)).context.got).toEqual({ text: 'once' });
  expect(runs.length).toBe(1);
});

describe('an uncaught error', () => {
  test('costs a worker, and nothing that was acknowledged', async () => {
    const log = newLog();
    const troupe = await openSample({ workers: 1, logger: log.logger });
    const ref = troupe.actor('counter', '1');
    await ref.send({ type: 'add' });
    await ref.send({ type: 'throw' });
    await log.line('thrown outside of every step');
    await ref.send({ type: 'add' });
    expect((await ref.snapshot()).context.count).toBe(2);
  });
});

describe('what no thread can tell another', () => {
  test.each(['symbol', 'huge', 'function'] as const)('is logged as text: a %s', async (what) => {
    const lines: object[] = [];
    const log = newLog();
    const info = (details: object, text?: string): void => {
      lines.push(details);
      log.logger.info(details, text);
    };
    const troupe = await openSample({ workers: 1, logger: { ...log.logger, info } });
    await troupe.actor('counter', '1').send({ type: 'say', what });
    await log.line('log');
    const text = { symbol: 'Symbol(said)', huge: `${10n ** 40n}n`, function: '[Function: function]' }[what];
    expect(lines).toEqual([{ address: 'counter/1', value: text }]);
    expect((await troupe.stats()).workers[0]).toMatchObject({ restarts: 0 });
  });

  test('is left out of what is told of an error; the worker goes on', async () => {
    const log = newLog();
    const troupe = await openSample({ workers: 1, logger: log.logger });
    const ref = troupe.actor('counter', '1');
    expect((await ref.send({ type: 'refuse' })).seq).toBe(2);
    await log.line('action "refuse" failed: mine');
    expect((await ref.send({ type: 'add' })).seq).toBe(3);
    expect((await troupe.stats()).workers[0]).toMatchObject({ restarts: 0 });
  });
});

describe('an actor whose step ends its worker', () => {
  test('is set aside after the second time; the others go on, and it can be released', async () => {
    const troupe = await openSample({ workers: 1 });
    const [bad, good] = [troupe.actor('counter', 'bad'), troupe.actor('counter', 'good')];
    await bad.send({ type: 'add' });
    const [died, behind, ...rest] = await Promise.all([
      codeOf(bad.send({ type: 'die' })),
      codeOf(bad.send({ type: 'add' })),
      codeOf(good.send({ type: 'add' })),
      codeOf(good.send({ type: 'add' })),
    ]);
    expect([died, behind, ...rest]).toEqual(['QUARANTINED', 'QUARANTINED', 'none', 'none']);
    expect(await codeOf(bad.send({ type: 'add' }))).toBe('QUARANTINED');
    expect(await troupe.quarantined()).toMatchObject([{ address: 'counter/bad' }]);
    const listed = [];
    for await (const { address, status } of troupe.list({ order: 'oldest' })) listed.push([address, status]);
    expect(listed).toEqual([
      ['counter/bad', 'quarantined'],
      ['counter/good', 'live'],
    ]);
    expect(await bad.describe()).toContain('trouble:');
    expect((await good.send({ type: 'add' })).seq).toBe(4);
    await troupe.release('counter/bad');
    expect(await troupe.quarantined()).toEqual([]);
    expect((await bad.send({ type: 'add' })).seq).toBe(3);
    expect((await troupe.stats()).workers[0]).toMatchObject({ restarts: 2 });
  });

  test('is found by memory that runs out, too', async () => {
    const resourceLimits = { maxOldGenerationSizeMb: 64 };
    const troupe = await openSample({ workers: 1, resourceLimits });
    expect(await codeOf(troupe.actor('counter', 'bad').send({ type: 'hoard' }))).toBe('QUARANTINED');
    expect((await troupe.quarantined())[0]?.reason).toContain('memory');
    expect((await troupe.actor('counter', 'good').send({ type: 'add' })).seq).toBe(2);
  });
});

describe('a worker that ends again and again', () => {
  test('is not started for a while; sends are refused, loudly, and then it goes on', async () => {
    const log = newLog();
    const limits = { restarts: 0, restartWindowMs: 3000 };
    const troupe = await openSample({ workers: 1, limits, logger: log.logger });
    const ref = troupe.actor('counter', '1');
    // It is recorded, and ends the thread before its answer leaves.
    await expect(ref.send({ type: 'exit', code: 1 })).rejects.toMatchObject({
      code: 'WORKER_LOST',
      retryable: true,
      details: { outcome: 'unknown' },
    });
    expect(log.lines.at(-1)).toContain('again and again');
    expect(await codeOf(ref.send({ type: 'add' }))).toBe('WORKER_LOST');
    expect((await troupe.stats()).workers[0]).toMatchObject({ state: 'paused', restarts: 1 });
    await sees(async () => (await troupe.stats()).workers[0]?.state, 'up');
    expect((await ref.send({ type: 'add' })).seq).toBe(3);
  });
});

describe('a loop that does not turn', () => {
  test('is reported, by name, and left alone', async () => {
    const log = newLog();
    const troupe = await openSample({ workers: 1, limits: { stuckMs: 1000 }, logger: log.logger });
    const ref = troupe.actor('counter', '1');
    const spun = ref.send({ type: 'spin', ms: 2500 });
    await log.line('has not turned for 1000 ms');
    const { workers } = await troupe.stats();
    expect(workers[0]).toMatchObject({ stuck: true, restarts: 0 });
    await spun;
    await ref.send({ type: 'add' });
    await sees(async () => (await troupe.stats()).workers[0]?.stuck, false);
    expect(log.lines.filter((line) => line.includes('has not turned'))).toHaveLength(1);
  });
});

describe('a process that forgets to close', () => {
  test.each([0, 1])('ends by itself, and has lost nothing, with %i workers', async (workers) => {
    const directory = newDirectory();
    const script = `
      import { openTroupe } from ${JSON.stringify(new URL('../../runtime/index.ts', import.meta.url).href)};
      const actors = ${JSON.stringify(sampleUrl.href)};
      const troupe = await openTroupe({ directory: process.argv[1], workers: ${workers}, actors });
      const ref = troupe.actor('counter', '1');
      const receipts = await Promise.all(Array.from({ length: 50 }, () => ref.send({ type: 'add' })));
      console.log(receipts.at(-1).seq);`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, directory]);
    expect((await run).stdout.trim()).toBe('51');
    const troupe = await openSample({ directory, workers });
    expect((await troupe.actor('counter', '1').snapshot()).context.count).toBe(50);
  });
});
