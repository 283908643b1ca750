/** Consumers over the loss of a worker and over a new opening (O5, O6), on LMDB with threads. */
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import { newDirectory } from '../open.ts';
import { posted } from './desk.ts';

const workers = new Set<Worker>();
const remember = (worker: Worker): void => {
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
};

afterEach(() => {
  process.off('worker', remember);
  workers.clear();
});

const endings: Promise<void>[] = [];
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('a consumer', () => {
  test('goes on when the worker of its outbox is lost, again and again', async () => {
    process.on('worker', remember);
    const troupe = await openTroupe({ directory: newDirectory(), workers: 1, limits: { restarts: 100 } });
    const outbox = troupe.outbox('c');
    const got: number[] = [];
    const controller = new AbortController();
    const isAll = new Promise<void>((resolve) => {
      const over = outbox.consume(
        ({ childSeq }) => {
          got.push(childSeq);
          if (new Set(got).size === 60) resolve();
        },
        { signal: controller.signal, max: 5, leaseMs: 200 },
      );
      endings.push(over);
    });
    for (const from of [1, 21, 41]) {
      await posted(outbox, 20, from);
      const [worker] = workers;
      await Promise.all([once(worker!, 'exit'), worker!.terminate()]);
    }
    await Promise.race([isAll, ...endings]);
    controller.abort();
    await Promise.all(endings.splice(0));
    expect([...new Set(got)].toSorted((a, b) => a - b)).toEqual(upTo(60));
    await troupe.close();
  }, 60_000);

  test('of the next opening gets what the one before left, and nothing else', async () => {
    const directory = newDirectory();
    const got: number[] = [];
    for (const [life, until] of [10, 25, 40].entries()) {
      const troupe = await openTroupe({ directory, workers: 1 });
      const outbox = troupe.outbox('c');
      if (life === 0) await posted(outbox, 40);
      const controller = new AbortController();
      await outbox.consume(
        ({ childSeq }) => {
          if (got.push(childSeq) === until) controller.abort();
        },
        { signal: controller.signal, max: 7 },
      );
      await troupe.close();
    }
    expect(got).toEqual(upTo(40));
  }, 60_000);
});
