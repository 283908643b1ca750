/** A run remembers its ids for its life, over a restart and past what an actor remembers of callers (P4). */
import { expect, test, vi } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import type { Run } from '../../../runtime/run.ts';
import { newDirectory } from '../open.ts';

// Ten thousand events and more, on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const many = 10_000;
const numbers = Array.from({ length: many }, (_, i) => i);

async function report(run: Run, keys: readonly number[]): Promise<void> {
  for (const key of keys) {
    const event = {
      type: 'usage',
      key: `msg_${key}`,
      model: 'opus',
      mode: 'delta',
      scope: 'message',
    } as const;
    if (!run.push({ ...event, input: 1, output: 0 })) await run.flush();
  }
  await run.flush();
}

test(`of ${many} usage keys none counts twice, before a restart and behind it`, async () => {
  const directory = newDirectory();
  const opened = { directory, workers: 0 } as const;
  {
    await using troupe = await openTroupe(opened);
    const run = troupe.run('a');
    await run.start({ title: 'Long' });
    await run.prompt('First', { promptId: 'first' });
    await report(run, numbers);
    await report(run, [0, 1, 5000]);
    expect((await run.digest()).digest.usage.total.input).toBe(many);
  }
  await using troupe = await openTroupe(opened);
  const run = troupe.run('a');
  await report(run, [0, 1, 5000, 9999]);
  const { digest } = await run.digest();
  expect(digest.usage.total.input).toBe(many);
  // The ids are the runtime's: a reader gets the digest in its bound.
  expect(JSON.stringify(digest).length).toBeLessThan(64 * 1024);
  await report(run, [many]);
  // Not the same send again, which would be answered as before.
  const again = run.send({ type: 'run.prompt', promptId: 'first', content: 'Again' }, { id: 'other' });
  await expect(again).rejects.toMatchObject({ code: 'NOT_ACCEPTED' });
  await run.end({ cause: 'completed' });
  const { sealed, digest: last } = await run.digest();
  expect([sealed, last.usage.total.input, last.carry]).toEqual([true, many + 1, null]);
  expect(await run.verify()).toMatchObject({ ok: true });
  expect(await troupe.usage()).toMatchObject([{ input: many + 1 }]);
});
