/**
 * Tasks: run after the commit, until their end is recorded; retried, timed, aborted and bounded by policy.
 */
import { describe, expect, test } from 'vitest';
import { typesOf } from './kit.ts';
import { refOf, stageOf } from './runs.ts';

describe('pitfall 2: a task', () => {
  test('is not run before the commit that asks for it is durable', async () => {
    const { stage, work, runs } = await stageOf();
    const durableAtStart: boolean[] = [];
    const begin = runs.start.bind(runs);
    runs.start = async (args) => {
      durableAtStart.push(stage.memory.actors.has('worker/a'));
      return begin(args);
    };
    await work();
    expect(durableAtStart).toEqual([true]);
  });

  test('gets its input, and its output moves the machine', async () => {
    const { stage, work } = await stageOf();
    const run = await work('the dishes');
    expect(run).toMatchObject({ input: { what: 'the dishes' }, attempt: 1, effectId: 'worker/a#job@2' });
    run.resolve({ clean: true, at: new Date(5) });
    expect((await refOf(stage).until('idle')).context.got).toEqual({ clean: true, at: new Date(5) });
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'work', 'effect.done']);
  });

  test('whose end is recorded is not run again', async () => {
    const { stage, work, runs } = await stageOf();
    (await work()).resolve(1);
    await refOf(stage).until('idle');
    await stage.reopen();
    await refOf(stage).snapshot();
    await stage.idle();
    expect(runs.all).toHaveLength(1);
  });

  test('that had not ended when all was lost is run again, under the same id', async () => {
    const { stage, work, runs } = await stageOf();
    const lost = await work('y');
    const again = runs.next();
    await stage.reopen();
    const run = await again;
    expect([run.effectId, run.input]).toEqual([lost.effectId, lost.input]);
    run.resolve('second');
    lost.resolve('first');
    expect((await refOf(stage).until('idle')).context.got).toBe('second');
    await stage.idle();
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'work', 'effect.done']);
  });
});

describe('review 7: a state that is entered anew', () => {
  test('runs its task anew, under another id', async () => {
    const { stage, work } = await stageOf();
    const first = await work('one');
    const second = await work('two');
    expect(first.signal.aborted).toBe(true);
    expect(second.effectId).not.toBe(first.effectId);
    first.resolve('late');
    await stage.idle();
    expect((await refOf(stage).snapshot()).state).toEqual(['working']);
    second.resolve('right');
    expect((await refOf(stage).until('idle')).context.got).toBe('right');
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'work', 'work', 'effect.done']);
  });

  test('drops a late end also when it comes after a restart', async () => {
    const { stage, work } = await stageOf();
    const first = await work('one');
    const second = await work('two');
    const end = { effectId: first.effectId.slice('worker/a#'.length), output: new Uint8Array([0xc0]) };
    await stage.reopen();
    await stage.ask({ op: 'effect.end', address: 'worker/a', end });
    await stage.idle();
    expect((await refOf(stage).snapshot()).state).toEqual(['working']);
    expect(second.effectId).toBe('worker/a#job@3');
  });
});

test('leaving the state aborts the task; whatever it still says is nobody’s', async () => {
  const { stage, work } = await stageOf();
  const run = await work();
  await refOf(stage).send({ type: 'leave' });
  expect(run.signal.aborted).toBe(true);
  run.reject(new Error('aborted'));
  await stage.idle();
  expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'work', 'leave']);
  expect(await stage.stats()).toMatchObject({ effects: 0 });
});

describe('a policy', () => {
  test('of several attempts tries again after pauses that double, under one id', async () => {
    const { stage, work, runs } = await stageOf({ attempts: 3, backoffMs: 100 });
    const ids: string[] = [];
    let run = await work();
    for (const pause of [100, 200]) {
      ids.push(run.effectId);
      run.reject(new Error('not now'));
      await stage.idle();
      stage.clock.advance(pause - 1);
      await stage.idle();
      const before = runs.all.length;
      const next = runs.next();
      stage.clock.advance(1);
      run = await next;
      expect(runs.all.length).toBe(before + 1);
    }
    expect(run.attempt).toBe(3);
    expect(new Set([...ids, run.effectId]).size).toBe(1);
    run.reject(new Error('never'));
    expect((await refOf(stage).until('failed')).context.failure).toMatchObject({ message: 'never' });
    const tries = ['effect.retried', 'effect.retried', 'effect.failed'];
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'work', ...tries]);
  });

  test('of one attempt, or none, fails at once', async () => {
    const { stage, work } = await stageOf();
    (await work()).reject(new TypeError('broken'));
    const { context } = await refOf(stage).until('failed');
    expect(context.failure).toMatchObject({ name: 'TypeError', message: 'broken' });
  });

  test('with a time limit aborts what takes longer; what it says too late does not count', async () => {
    const { stage, work, runs } = await stageOf({ attempts: 2, backoffMs: 10, timeoutMs: 1000 });
    const slow = await work();
    stage.clock.advance(1000);
    expect(slow.signal.aborted).toBe(true);
    slow.resolve('too late');
    await stage.idle();
    const next = runs.next();
    stage.clock.advance(10);
    const run = await next;
    expect(run.attempt).toBe(2);
    stage.clock.advance(1000);
    const { context } = await refOf(stage).until('failed');
    expect(context.failure).toMatchObject({ code: 'TIMEOUT' });
  });

  test('does not try again when the state was left in the pause', async () => {
    const { stage, work, runs } = await stageOf({ attempts: 3, backoffMs: 100 });
    (await work()).reject(new Error('not now'));
    await stage.idle();
    await refOf(stage).send({ type: 'leave' });
    stage.clock.advance(1000);
    await stage.idle();
    expect(runs.all).toHaveLength(1);
  });
});

describe('a result', () => {
  test('that is too large is a failure, and not asked for again', async () => {
    const { stage, work, runs } = await stageOf({ attempts: 5 });
    (await work()).resolve('x'.repeat(2000));
    const { context } = await refOf(stage).until('failed');
    expect(context.failure).toMatchObject({ code: 'TOO_LARGE' });
    expect(runs.all).toHaveLength(1);
  });

  test('that cannot be stored is a failure that names the path', async () => {
    const { stage, work, runs } = await stageOf({ attempts: 5 });
    (await work()).resolve({ deep: [{ socket: () => 1 }] });
    const { context } = await refOf(stage).until('failed');
    expect(context.failure).toMatchObject({ code: 'NOT_STORABLE' });
    expect(context.failure!.message).toContain('deep[0].socket');
    expect(runs.all).toHaveLength(1);
  });

  test('that is nothing is fine', async () => {
    const { stage, work } = await stageOf();
    (await work()).resolve(undefined);
    expect((await refOf(stage).until('idle')).context.got).toBe(undefined);
  });
});

describe('of an actor that was set aside, a task', () => {
  test('that ended meanwhile is run again after the release', async () => {
    const { stage, work, runs } = await stageOf();
    const first = await work();
    stage.failDisk();
    first.resolve('unheard');
    await stage.settled();
    expect(await stage.troupe.quarantined()).toHaveLength(1);
    const again = runs.next();
    await stage.troupe.release('worker/a');
    const second = await again;
    expect([second.effectId, runs.all.length]).toEqual([first.effectId, 2]);
    second.resolve('heard');
    expect((await refOf(stage).until('idle')).context.got).toBe('heard');
  });

  test('that runs is aborted, and run again after the release', async () => {
    const { stage, work, runs } = await stageOf();
    const first = await work();
    stage.failDisk();
    await refOf(stage)
      .label({ a: 'b' })
      .catch(() => undefined);
    await stage.settled();
    expect([first.signal.aborted, (await stage.stats()).effects]).toEqual([true, 0]);
    first.resolve('unheard');
    await stage.settled();
    const again = runs.next();
    await stage.troupe.release('worker/a');
    (await again).resolve('heard');
    expect((await refOf(stage).until('idle')).context.got).toBe('heard');
  });
});
