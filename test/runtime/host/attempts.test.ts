/** Attempts of a task, over what ends its runtime. */
import { expect, test } from 'vitest';
import { typesOf } from './kit.ts';
import { refOf, stageOf } from './runs.ts';

test.each([
  ['in the pause', false],
  ['while it runs', true],
])(
  'a failed attempt counts after a crash %s, and a run that was lost is no failure',
  async (_, isRunning) => {
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
    // The second run was asked for: whether it began, nobody knows.
    expect([run.attempt, run.effectId]).toEqual([3, first.effectId]);
    run.reject(new Error('never'));
    expect((await refOf(stage).until('failed')).context.failure).toMatchObject({ message: 'never' });
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'work', 'effect.retried', 'effect.failed']);
  },
);

test('a failed attempt counts after a close, from its snapshot', async () => {
  const { stage, work, runs } = await stageOf({ attempts: 3, backoffMs: 100 });
  (await work()).reject(new Error('not now'));
  await stage.idle();
  const next = runs.next();
  await stage.close();
  await stage.reopen();
  expect((await next).attempt).toBe(3);
});

test('a run that was under way at a crash is told so by an attempt above 1, however often', async () => {
  const { stage, work, runs } = await stageOf();
  const { attempt, effectId } = await work();
  expect(attempt).toBe(1);
  for (let crash = 0; crash < 2; crash++) {
    const next = runs.next();
    await stage.reopen();
    const run = await next;
    expect(run.attempt).toBeGreaterThan(1);
    expect(run.effectId).toBe(effectId);
  }
});

test('the policy counts failures: a run lost in a crash leaves it all its attempts', async () => {
  const { stage, work, runs } = await stageOf({ attempts: 2, backoffMs: 100 });
  await work();
  let next = runs.next();
  await stage.reopen();
  (await next).reject(new Error('not now'));
  await stage.idle();
  next = runs.next();
  stage.clock.advance(100);
  const last = await next;
  expect(last.attempt).toBe(3);
  last.reject(new Error('never'));
  expect((await refOf(stage).until('failed')).context.failure).toMatchObject({ message: 'never' });
  const told: number[] = [];
  for await (const { event } of refOf(stage).history({ types: ['effect.retried'] })) told.push(event.attempt);
  expect(told).toEqual([3]);
});
