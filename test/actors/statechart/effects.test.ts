/** What a step asks for, in its order, exact for children. */
import {
  assign,
  cancel,
  enqueueActions,
  fromCallback,
  fromPromise,
  log,
  raise,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { expect, test } from 'vitest';
import { doneEvent } from '../../../actors/statechart.ts';
import { failureOf, given } from './given.ts';

const base = setup({
  types: { context: {} as { n: number } },
  actors: { driver: fromCallback(() => {}), task: fromPromise(async () => Promise.resolve(1)) },
  actions: { 'troupe.send': () => {}, note: () => {} },
});
const on = (actions: unknown): AnyStateMachine =>
  base.createMachine({
    context: { n: 1 },
    on: { GO: { actions: actions as never }, STOP: { actions: stopChild('x:1') } },
  });
const effectsOf = (actions: unknown): unknown => given(on(actions)).after('GO').effects;

test('everything a step asks for stands in the order in which it is written', () => {
  const effects = effectsOf([
    'note',
    spawnChild('task' as never, { id: 't', input: ({ context }: { context: { n: number } }) => context.n }),
    { type: 'troupe.send', params: { to: 'outbox/o', event: { type: 'A' } } },
    assign({ n: 5 }),
    raise({ type: 'R' }, { delay: 7, id: 'r' }),
    sendTo('t', { type: 'B' }),
    log(({ context }: { context: { n: number } }) => context.n, 'n'),
    cancel('r'),
  ]);
  expect(effects).toEqual([
    { type: 'action', name: 'note', params: undefined, run: expect.any(Function) as unknown },
    { type: 'task.start', id: 't', src: 'task', input: 1 },
    { type: 'send', to: { actor: 'outbox/o' }, event: { type: 'A' } },
    { type: 'timer.set', id: 'r', delayMs: 7, event: { type: 'R' } },
    { type: 'send', to: { child: 't' }, event: { type: 'B' } },
    { type: 'log', label: 'n', value: 5 },
    { type: 'timer.cancel', id: 'r' },
  ]);
});

test('troupe.send with a delay is a timer that can be cancelled', () => {
  const params = { to: 'run/1', event: { type: 'A' }, delayMs: 50, id: 'later' };
  expect(effectsOf({ type: 'troupe.send', params })).toEqual([
    { type: 'timer.set', id: 'later', delayMs: 50, event: { type: 'A' }, to: { actor: 'run/1' } },
  ]);
});

test('troupe.send without an address or event, and a delay that is no number, fail the step', () => {
  for (const params of [undefined, { to: 'a/b' }, { event: { type: 'A' } }]) {
    const { first, step } = given(on({ type: 'troupe.send', params }));
    expect(failureOf(step(first.snapshot, 'GO')).error).toBeInstanceOf(TypeError);
  }
  const { first, step } = given(on(raise({ type: 'X' }, { delay: Infinity })));
  expect(failureOf(step(first.snapshot, 'GO')).error).toBeInstanceOf(RangeError);
});

test('an action runs with the context and event of its place, and gives back what its function does', () => {
  const [first] = given(
    on([({ context }: { context: { n: number } }) => context.n * 2, assign({ n: 9 })]),
  ).after('GO').effects;
  expect(first?.type === 'action' && first.run()).toBe(2);
});

test('children without an id all live, each under its own', () => {
  const { after, first, chart } = given(on([spawnChild('driver'), spawnChild('driver')]));
  const { snapshot, effects } = after('GO');
  expect(effects).toMatchObject([{ id: 'x:1' }, { id: 'x:2' }]);
  expect(Object.keys(chart.persist(snapshot).children ?? {})).toEqual(['x:1', 'x:2']);
  expect(after('GO', 'STOP').effects).toEqual([{ type: 'invoke.stop', id: 'x:1' }]);
  expect(first.snapshot.children).toEqual({});
});

test('a start under an id that lives stops what lives; under one that has ended it does not', () => {
  const { after } = given(on(spawnChild('task', { id: 't' })));
  const start = { type: 'task.start', id: 't', src: 'task', input: undefined };
  expect(after('GO', 'GO').effects).toEqual([{ type: 'invoke.stop', id: 't' }, start]);
  expect(after('GO', doneEvent('t', 1), 'GO').effects).toEqual([start]);
});

test('a child started and stopped in one step leaves no trace', () => {
  const actions = [
    spawnChild('driver', { id: 'd' }),
    sendTo('d', { type: 'A' }),
    sendTo('d', { type: 'B' }, { delay: 5 }),
    'note',
    stopChild('d'),
  ];
  expect(effectsOf(actions)).toMatchObject([{ type: 'action', name: 'note' }]);
});

test('a source that only a step names is taken for one that somebody else implements', () => {
  const effects = effectsOf(
    enqueueActions(({ enqueue }) => enqueue.spawnChild('mail' as never, { id: 'm' })),
  );
  expect(effects).toEqual([{ type: 'task.start', id: 'm', src: 'mail', input: undefined }]);
});

test('the end of the actor stops its children and runs its exits', () => {
  const machine = base.createMachine({
    context: { n: 0 },
    initial: 'a',
    exit: 'note',
    states: {
      a: { invoke: { src: 'task', id: 't' }, after: { 5: 'z' }, on: { END: 'z' } },
      z: { type: 'final' },
    },
  });
  expect(given(machine).after('END').effects).toMatchObject([
    { type: 'timer.cancel', id: 'xstate.after.5.(machine).a' },
    { type: 'invoke.stop', id: 't' },
    { type: 'action', name: 'note' },
  ]);
});
