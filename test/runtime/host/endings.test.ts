/** An actor that fails says so: to the log, to the counters and to whoever comes too late. */
import { fromPromise, setup } from 'xstate';
import { expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { openStage, refusalOf } from './kit.ts';
import type { Stage } from './kit.ts';

const call = defineActor({
  kind: 'call',
  version: 1,
  machine: setup({
    types: { events: {} as { type: 'dial' | 'hang' } },
    actors: {
      line: fromPromise(async () => {
        throw new TypeError('the line is dead');
      }),
    },
  }).createMachine({
    initial: 'idle',
    states: {
      idle: { on: { dial: 'dialling', hang: 'over' } },
      dialling: { invoke: { src: 'line' } },
      over: { type: 'final' },
    },
  }),
});

async function failed(stage: Stage<typeof call>) {
  const ref = stage.troupe.actor('call', '1');
  await ref.send({ type: 'dial' });
  await stage.idle();
  return ref;
}

test('an actor that ends as error is logged once and counted', async () => {
  const stage = await openStage([call]);
  await failed(stage);
  expect(stage.log).toEqual(['call/1 ended as error at seq 3: the line is dead']);
  expect(await stage.troupe.stats()).toMatchObject({ failures: 1 });
  await stage.close();
  await stage.reopen();
  await stage.troupe.actor('call', '1').snapshot();
  expect(stage.log).toHaveLength(1);
});

test('its description says the cause and the error', async () => {
  const stage = await openStage([call]);
  const ref = await failed(stage);
  const text = await ref.describe();
  expect(text).toMatch(/ended \S+ as error$/m);
  expect(text).toContain('error: the line is dead');
});

test('a send to it, and who waits for it, hears the cause and the error', async () => {
  const stage = await openStage([call]);
  const ref = await failed(stage);
  const refusals = [ref.send({ type: 'dial' }), ref.until('over'), ref.until(() => false)];
  for (const refusal of await Promise.all(refusals.map(refusalOf))) {
    expect(refusal).toMatchObject({
      code: 'SEALED',
      details: { seq: 3, cause: 'error', error: { name: 'TypeError', message: 'the line is dead' } },
    });
    expect(refusal.message).toContain('as error (the line is dead)');
  }
});

test('one that has simply ended is said to be done, and nothing is logged', async () => {
  const stage = await openStage([call]);
  const ref = stage.troupe.actor('call', '2');
  await ref.send({ type: 'hang' });
  expect(await refusalOf(ref.send({ type: 'dial' }))).toMatchObject({ details: { cause: 'done' } });
  expect(await ref.describe()).toMatch(/ended \S+ as done$/m);
  expect(stage.log).toEqual([]);
});
