/**
 * The pitfalls of XState's persistence, by their numbers in our research on peers, as far as the step meets
 * them.
 */
import { assign, createMachine, fromCallback, fromPromise, sendTo, setup } from 'xstate';
import type { AnyActorLogic, AnyActorRef, AnyStateMachine } from 'xstate';
import { expect, test } from 'vitest';
import { Misfit, doneEvent, plainError, statechartOf } from '../../../actors/statechart.ts';
import { failureOf, given, self, stepped } from './given.ts';
import { recoded } from './smallHost.ts';

const driver = fromCallback(() => {});
const task = fromPromise(async () => Promise.resolve(1));
const states = (...names: string[]): AnyStateMachine =>
  setup({}).createMachine({
    initial: names[0]!,
    states: Object.fromEntries(names.map((name) => [name, {}])),
  });

test('1: a timer is an effect with its delay, so that somebody can keep it over a restart', () => {
  const machine = setup({}).createMachine({ initial: 'a', states: { a: { after: { 50: 'b' } }, b: {} } });
  const { chart, first } = given(machine);
  expect(first.effects).toEqual([{ type: 'timer.set', id: 'xstate.after.50.(machine).a', delayMs: 50 }]);
  const restored = chart.restore(recoded(chart.persist(first.snapshot)), self);
  expect(stepped(chart.step(restored, { type: 'xstate.after.50.(machine).a' }, self)).snapshot.value).toBe(
    'b',
  );
});

test('2, 10: restoring starts nothing and runs no entry action again', () => {
  let entered = 0;
  const machine = setup({ actors: { task } }).createMachine({
    entry: assign(() => ({ entered: ++entered })),
    invoke: { src: 'task', id: 'job' },
    on: { GO: {} },
  });
  const { chart, first } = given(machine);
  const restored = chart.restore(recoded(chart.persist(first.snapshot)), self);
  expect(stepped(chart.step(restored, { type: 'GO' }, self)).effects).toEqual([]);
  expect(entered).toBe(1);
});

test('3: a child that has ended and moved nobody is known as ended after a restart', () => {
  const machine = setup({ actors: { driver } }).createMachine({
    initial: 'a',
    states: {
      a: {
        invoke: { src: 'driver', id: 'd' },
        on: { SAY: { actions: sendTo('d', { type: 'X' }) }, GO: 'b' },
      },
      b: {},
    },
  });
  const { chart, after } = given(machine);
  const restored = chart.restore(recoded(chart.persist(after(doneEvent('d', 1)).snapshot)), self);
  expect(stepped(chart.step(restored, { type: 'SAY' }, self)).effects).toEqual([]);
  expect(stepped(chart.step(restored, { type: 'GO' }, self)).effects).toEqual([]);
});

test('5: spawned children survive persisting twice', () => {
  const machine = setup({ actors: { driver } }).createMachine({
    context: ({ spawn }) => ({ ref: spawn('driver', { id: 'd', systemId: 'sys' }) }),
  });
  const { chart, first } = given(machine);
  const once = recoded(chart.persist(first.snapshot));
  const twice = recoded(chart.persist(chart.restore(once, self)));
  expect(twice).toEqual(once);
  expect(twice.children).toEqual({ d: { src: 'driver', kind: 'driver', systemId: 'sys' } });
});

test('6: a snapshot whose state or source the machine no longer has is refused', () => {
  const { chart, first } = given(states('a', 'b'));
  const persisted = chart.persist(first.snapshot);
  expect(() => statechartOf(states('b', 'c')).restore(persisted, self)).toThrow(Misfit);
  const nested = setup({}).createMachine({
    initial: 'a',
    states: { a: { initial: 'x', states: { x: {} } } },
  });
  expect(() => statechartOf(nested).restore(persisted, self)).toThrow(Misfit);

  const withKid = (actors: Record<string, AnyActorLogic>): AnyStateMachine =>
    createMachine({ invoke: { src: 'kid', id: 'k' } }, { actors });
  const old = given(withKid({ kid: driver }));
  expect(() => statechartOf(withKid({})).restore(old.chart.persist(old.first.snapshot), self)).toThrow(
    `no driver source 'kid'`,
  );
  const done = setup({}).createMachine({ initial: 'a', states: { a: {}, h: { type: 'history' } } });
  const strange = {
    ...given(done).chart.persist(given(done).first.snapshot),
    history: { '(machine).gone': [] },
  };
  expect(() => statechartOf(done).restore(strange, self)).toThrow(Misfit);
});

test('7: a machine that threw is persisted with the name and message of its error', () => {
  const machine = setup({}).createMachine({
    on: {
      GO: {
        actions: assign(() => {
          throw new RangeError('too far');
        }),
      },
    },
  });
  const { chart, first, step } = given(machine);
  const persisted = recoded(chart.persist(failureOf(step(first.snapshot, 'GO')).snapshot));
  expect(persisted).toMatchObject({ status: 'error', error: { name: 'RangeError', message: 'too far' } });
  const restored = chart.restore(persisted, self);
  expect(restored).toMatchObject({ status: 'error', error: { message: 'too far' } });
  expect(plainError('only text')).toBe('only text');
});

test('9: what was persisted is not touched by later steps', () => {
  const machine = setup({ types: { context: {} as { list: number[] } } }).createMachine({
    context: { list: [1] },
    on: { ADD: { actions: assign({ list: ({ context }) => [...context.list, 2] }) } },
  });
  const { chart, first, step } = given(machine);
  const persisted = chart.persist(first.snapshot);
  step(first.snapshot, 'ADD');
  expect(persisted.context).toEqual({ list: [1] });
  expect(persisted.context).toBe(first.snapshot.context);
});

test('11: no id that XState counts per process is persisted; children without id get their own', () => {
  const machine = setup({
    types: { context: {} as { refs: AnyActorRef[] } },
    actors: { driver },
  }).createMachine({
    context: { refs: [] },
    on: {
      SPAWN: { actions: assign({ refs: ({ spawn, context }) => [...context.refs, spawn('driver')] }) },
    },
  });
  const one = given(machine).after('SPAWN', 'SPAWN');
  const { chart, after } = given(machine);
  const restored = chart.restore(recoded(chart.persist(after('SPAWN').snapshot)), self);
  const two = stepped(chart.step(restored, { type: 'SPAWN' }, self));
  expect(one.effects).toMatchObject([{ id: 'x:2' }]);
  expect(two.effects).toEqual(one.effects);
  expect(chart.persist(two.snapshot)).toEqual(given(machine).chart.persist(one.snapshot));
});

test('12: what is persisted can cross threads', () => {
  const machine = setup({ actors: { driver } }).createMachine({
    context: ({ spawn, self: me }) => ({ ref: spawn('driver', { id: 'd' }), me, at: new Date(5) }),
  });
  const { chart, first } = given(machine);
  const persisted = chart.persist(first.snapshot);
  expect(structuredClone(persisted)).toEqual(persisted);
});
