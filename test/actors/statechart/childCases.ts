/** Cases about the work of others: invoke, spawn, sendTo, sendParent, system ids. */
import { assign, forwardTo, sendParent, sendTo, setup, spawnChild, stopChild } from 'xstate';
import type { AnyActorRef, AnyStateMachine } from 'xstate';
import type { Case, Kit } from './case.ts';

const send = (...types: string[]): Case['ops'] => types.map((type) => ({ send: { type } }));

/** A child machine that answers PING, counts, and ends on END with what it counted. */
const counter = (kit: Kit): AnyStateMachine =>
  setup({
    types: { context: {} as { n: number }, input: {} as number },
    actions: kit.notes('kid+', 'kid-'),
  }).createMachine({
    context: ({ input }) => ({ n: input }),
    initial: 'on',
    entry: 'kid+',
    output: ({ context }) => context.n,
    states: {
      on: {
        exit: 'kid-',
        on: {
          PING: { actions: [assign({ n: ({ context }) => context.n + 1 }), sendParent({ type: 'PONG' })] },
          END: 'off',
          BOOM: {
            actions: assign(() => {
              throw new Error('boom');
            }),
          },
        },
      },
      off: { type: 'final' },
    },
  });

const withTask = (kit: Kit, handlers: object): AnyStateMachine =>
  setup({
    types: { context: {} as { got: unknown } },
    actors: kit.actors,
    actions: kit.notes('ok', 'ko'),
  }).createMachine({
    context: { got: undefined },
    initial: 'work',
    states: {
      work: { invoke: { src: 'task', id: 'job', ...handlers }, on: { LEAVE: 'left' } },
      well: { entry: 'ok' },
      badly: { entry: 'ko' },
      left: { on: { BACK: 'work' } },
    },
  });

const onDone = {
  target: 'well',
  actions: assign({ got: ({ event }) => (event as unknown as { output: unknown }).output }),
};
const onError = {
  target: 'badly',
  actions: assign({ got: ({ event }) => (event as unknown as { error: Error }).error.message }),
};

export const childCases: readonly Case[] = [
  {
    title: 'a task that ends takes onDone with its output',
    machine: (kit) => withTask(kit, { onDone, onError }),
    ops: [{ done: 'job', output: { n: 1 } }],
    ends: { value: 'well', context: { got: { n: 1 } }, actions: ['ok'] },
  },
  {
    title: 'a task that fails takes onError with its error',
    machine: (kit) => withTask(kit, { onDone, onError }),
    ops: [{ fail: 'job', message: 'no net' }],
    ends: { value: 'badly', context: { got: 'no net' }, actions: ['ko'] },
  },
  {
    title: 'a task that ends without onDone moves nothing',
    machine: (kit) => withTask(kit, { onError }),
    ops: [{ done: 'job', output: 1 }, ...send('LEAVE', 'BACK')],
    ends: { value: 'work', status: 'active' },
  },
  {
    title: 'a task that fails without onError ends the actor as error',
    machine: (kit) => withTask(kit, { onDone }),
    ops: [{ fail: 'job', message: 'no net' }],
    ends: { status: 'error', error: 'no net' },
  },
  {
    title: 'a state entered again starts its task again',
    machine: (kit) => withTask(kit, { onDone }),
    ops: [...send('LEAVE', 'BACK'), { done: 'job', output: 2 }],
    ends: { value: 'well', context: { got: 2 } },
  },
  {
    title: 'a driver speaks and listens while its state lasts, and is stopped with it',
    machine: (kit) =>
      setup({ types: { context: {} as { lines: number } }, actors: kit.actors }).createMachine({
        context: { lines: 0 },
        initial: 'on',
        states: {
          on: {
            invoke: { src: 'driver', id: 'tty' },
            exit: sendTo('tty', { type: 'BYE' }),
            on: {
              LINE: { actions: assign({ lines: ({ context }) => context.lines + 1 }) },
              KEY: { actions: sendTo('tty', { type: 'WRITE' }) },
              OFF: 'off',
            },
          },
          off: {},
        },
      }),
    ops: [{ says: 'tty', event: { type: 'LINE' } }, ...send('KEY', 'OFF')],
    ends: { value: 'off', context: { lines: 1 }, told: ['tty got WRITE', 'tty got BYE', 'tty stopped'] },
  },
  {
    title: 'an observable ends with onDone, fails with onError, and one of events speaks',
    machine: (kit) =>
      setup({ actors: kit.actors, actions: kit.notes('tick') }).createMachine({
        initial: 'a',
        states: {
          a: { invoke: { src: 'stream', id: 's', onDone: 'b' } },
          b: { invoke: { src: 'events', id: 'e', onError: 'c' }, on: { TICK: { actions: 'tick' } } },
          c: {},
        },
      }),
    ops: [{ done: 's' }, { says: 'e', event: { type: 'TICK' } }, { fail: 'e', message: 'x' }],
    ends: { value: 'c', actions: ['tick'] },
  },
  {
    title: 'a child machine gets its input, talks with its parent and ends with its output',
    machine: (kit) =>
      setup({
        types: { context: {} as { pongs: number; total: unknown } },
        actors: { counter: counter(kit) },
      }).createMachine({
        context: { pongs: 0, total: undefined },
        initial: 'on',
        states: {
          on: {
            invoke: {
              src: 'counter',
              id: 'kid',
              input: ({ context }: { context: { pongs: number } }) => context.pongs + 10,
              onDone: { target: 'off', actions: assign({ total: ({ event }): unknown => event.output }) },
            },
            on: {
              PONG: { actions: assign({ pongs: ({ context }) => context.pongs + 1 }) },
              PING: { actions: forwardTo('kid') },
              END: { actions: sendTo('kid', { type: 'END' }) },
            },
          },
          off: {},
        },
      }),
    ops: send('PING', 'PING', 'END'),
    ends: { value: 'off', context: { pongs: 2, total: 12 }, actions: ['kid+', 'kid-'] },
  },
  {
    title: 'a child machine that throws reaches onError of its parent',
    machine: (kit) =>
      setup({ actors: { counter: counter(kit) } }).createMachine({
        initial: 'on',
        states: {
          on: {
            invoke: { src: 'counter', id: 'kid', onError: 'sad' },
            on: { BOOM: { actions: forwardTo('kid') } },
          },
          sad: {},
        },
      }),
    ops: send('BOOM'),
    ends: { value: 'sad', status: 'active' },
  },
  {
    title: 'a child spawned in assign is reached through its reference in the context',
    machine: (kit) =>
      setup({
        types: { context: {} as { refs: { tty?: AnyActorRef }[] } },
        actors: kit.actors,
      }).createMachine({
        context: { refs: [] },
        on: {
          NEW: {
            actions: assign({
              refs: ({ spawn, context }) => [...context.refs, { tty: spawn('driver', { id: 'tty' }) }],
            }),
          },
          SAY: { actions: sendTo(({ context }) => context.refs[0]!.tty!, { type: 'HELLO' }) },
          DROP: { actions: stopChild(({ context }) => context.refs[0]!.tty!) },
        },
      }),
    ops: [...send('NEW', 'SAY'), { says: 'tty', event: { type: 'X' } }, ...send('DROP')],
    ends: { context: { refs: [{ tty: 'ref:tty' }] }, children: [], told: ['tty got HELLO', 'tty stopped'] },
  },
  {
    title: 'a reference to a stopped child stays one to nobody, also after the id is taken again',
    machine: (kit) =>
      setup({ types: { context: {} as { old: AnyActorRef | undefined } }, actors: kit.actors }).createMachine(
        {
          context: { old: undefined },
          on: {
            FIRST: { actions: assign({ old: ({ spawn }) => spawn('driver', { id: 'd' }) }) },
            STOP: { actions: stopChild('d') },
            SECOND: { actions: spawnChild('driver', { id: 'd' }) },
            OLD: { actions: sendTo(({ context }) => context.old!, { type: 'OLD' }) },
            NEW: { actions: sendTo('d', { type: 'NEW' }) },
          },
        },
      ),
    ops: send('FIRST', 'OLD', 'STOP', 'OLD', 'SECOND', 'OLD', 'NEW'),
    ends: { told: ['d got OLD', 'd stopped', 'd got NEW'] },
  },
  {
    title: 'spawned in the context factory, stopped at the end',
    machine: (kit) =>
      setup({ types: { context: {} as { ref: AnyActorRef } }, actors: kit.actors }).createMachine({
        context: ({ spawn }) => ({ ref: spawn('driver', { id: 'd' }) }),
        initial: 'a',
        states: {
          a: { on: { SAY: { actions: sendTo('d', { type: 'S' }) }, END: 'z' } },
          z: { type: 'final' },
        },
      }),
    ops: send('SAY', 'END'),
    ends: { status: 'done', told: ['d got S', 'd stopped'] },
  },
  {
    title: 'an entry action may send to the child that the same state invokes',
    machine: (kit) =>
      setup({ actors: kit.actors }).createMachine({
        initial: 'a',
        states: { a: { entry: sendTo('d', { type: 'HI' }), invoke: { src: 'driver', id: 'd' } } },
      }),
    ops: [],
    ends: { told: ['d got HI'] },
  },
  {
    title: 'a child that is left in the step that would start it never starts',
    machine: (kit) =>
      setup({ actors: kit.actors }).createMachine({
        initial: 'a',
        states: {
          a: { on: { GO: 'b' } },
          b: { entry: sendTo('d', { type: 'HI' }), invoke: { src: 'driver', id: 'd' }, always: 'c' },
          c: {},
        },
      }),
    ops: send('GO'),
    ends: { value: 'c', told: [], children: [] },
  },
  {
    title: 'a system id finds the child, and is free again when its state is left or it has ended',
    machine: (kit) =>
      setup({ types: { context: {} as { found: string[] } }, actors: kit.actors }).createMachine({
        context: { found: [] },
        initial: 'a',
        states: {
          a: {
            invoke: { src: 'driver', id: 'd', systemId: 'sys' },
            on: {
              AGAIN: { target: 'a', reenter: true },
              B: 'b',
              SAY: { actions: sendTo(({ system }) => system.get('sys') as AnyActorRef, { type: 'S' }) },
            },
          },
          b: { invoke: { src: 'task', id: 't', systemId: 'sys', onDone: { actions: [] } }, on: { A: '#c' } },
          c: {
            id: 'c',
            invoke: { src: 'driver', id: 'e', systemId: 'sys' },
            on: { SAY: { actions: sendTo(({ system }) => system.get('sys') as AnyActorRef, { type: 'S' }) } },
          },
        },
      }),
    ops: [...send('SAY', 'AGAIN', 'SAY', 'B'), { done: 't' }, ...send('A', 'SAY')],
    ends: { value: 'c', told: ['d got S', 'd stopped', 'd got S', 'd stopped', 'e got S'] },
  },
  {
    title: 'the actor may keep and send to itself',
    machine: (kit) =>
      setup({
        types: { context: {} as { me: AnyActorRef | undefined } },
        actions: kit.notes('a', 'b', 'got'),
      }).createMachine({
        context: { me: undefined },
        entry: assign({ me: ({ self }) => self }),
        on: {
          GO: {
            actions: [
              sendTo(({ context }) => context.me!, { type: 'X' }),
              'a',
              sendTo(({ self }) => self, { type: 'X' }),
              'b',
            ],
          },
          X: { actions: 'got' },
        },
      }),
    ops: [...send('GO'), { wait: 0 }],
    ends: { actions: ['a', 'b', 'got', 'got'], context: { me: 'ref:case/1' } },
  },
];
