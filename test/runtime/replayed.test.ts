/** A history goes through its statechart again, with what the host said in it, and runs nothing. */
import { expect, test } from 'vitest';
import { assign, enqueueActions, setup } from 'xstate';
import { defineActor } from '../../runtime/index.ts';
import { replayed } from '../../runtime/testing.ts';
import { openStage } from './host/kit.ts';
import { fetcher } from './actors/sample.ts';

const alarm = defineActor({
  kind: 'alarm',
  version: 1,
  machine: setup({
    types: {
      context: {} as { readonly rung: readonly string[] },
      events: {} as { readonly type: 'alarm.set' } | { readonly type: 'alarm.ring'; readonly says: string },
    },
  }).createMachine({
    context: { rung: [] },
    initial: 'idle',
    on: {
      'alarm.ring': { actions: assign({ rung: ({ context, event }) => [...context.rung, event.says] }) },
    },
    states: {
      idle: {
        on: {
          'alarm.set': {
            target: 'waiting',
            actions: enqueueActions(({ enqueue }) =>
              enqueue.raise({ type: 'alarm.ring', says: 'up' }, { delay: 20, id: 'bell' }),
            ),
          },
        },
      },
      waiting: { after: { 50: 'late' } },
      late: {},
    },
  }),
});

test('timers that fired lead where they led', async () => {
  const stage = await openStage([alarm]);
  const ref = stage.troupe.actor('alarm', 'a');
  await ref.send({ type: 'alarm.set' });
  for (const ms of [20, 30]) {
    stage.clock.advance(ms);
    await stage.idle();
  }
  const events = [];
  for await (const { event } of ref.history()) events.push(event);
  expect(events.map(({ type }) => type)).toEqual(['actor.born', 'alarm.set', 'timer.fired', 'timer.fired']);
  expect(replayed(alarm, events)).toEqual([
    { state: ['idle'], context: { rung: [] }, status: 'active' },
    { state: ['waiting'], context: { rung: [] }, status: 'active' },
    { state: ['waiting'], context: { rung: ['up'] }, status: 'active' },
    { state: ['late'], context: { rung: ['up'] }, status: 'active' },
  ]);
});

test('the end of a task is what was recorded: it is not run', () => {
  const born = { type: 'actor.born', version: 1 };
  const fetch = { type: 'fetch', url: 'x' };
  const done = { type: 'effect.done', effect: 'fetch@2', output: { text: 'y' } };
  const states = replayed(fetcher, [born, fetch]).map(({ state }) => state);
  expect(states).toEqual([['idle'], ['fetching']]);
  // Its invoke has an id of XState's own.
  const id = '0.fetcher.fetching@2';
  const last = replayed(fetcher, [born, fetch, { ...done, effect: id }]).at(-1);
  expect(last).toMatchObject({ state: ['idle'], context: { got: { text: 'y' } } });
});

test('what does not begin at its birth is refused', () => {
  expect(() => replayed(alarm, [{ type: 'alarm.set' }])).toThrow(/begins with "actor\.born"/);
});
