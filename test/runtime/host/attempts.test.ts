/** Attempts of a task, over what ends its runtime. */
import { expect, test } from 'vitest';
import { typesOf } from './kit.ts';
import { refOf, stageOf } from './runs.ts';

test.each([
  ['in the pause', false],
  ['while it runs', true],
])('a failed attempt counts after a crash %s', async (_, isRunning) => {
  const { stage, work, runs } = await stageOf({ attempts: 2, backoffMs: 100 });
  const first = await work();
  first.reject(new Error('not now'));
  await stage.idle();
  if (isRunning) {
    const second = runs.next();
    stage.clock.advance(100);
    await second;
  }
  const next = runs.next();
  await stage.reopen();
  const run = await next;
  expect([run.attempt, run.effectId]).toEqual([2, first.effectId]);
  run.reject(new Error('never'));
  expect((await refOf(stage).until('failed')).context.failure).toMatchObject({ message: 'never' });
  expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'work', 'effect.retried', 'effect.failed']);
});

test('a failed attempt counts after a close, from its snapshot', async () => {
  const { stage, work, runs } = await stageOf({ attempts: 3, backoffMs: 100 });
  (await work()).reject(new Error('not now'));
  await stage.idle();
  const next = runs.next();
  await stage.close();
  await stage.reopen();
  expect((await next).attempt).toBe(2);
});
