/** Cases about where a machine stands: nesting, regions, history, completion, outputs, tags. */
import { assign, setup } from 'xstate';
import type { Case } from './case.ts';

const send = (...types: string[]): Case['ops'] => types.map((type) => ({ send: { type } }));

export const stateCases: readonly Case[] = [
  {
    title: 'nested states enter from the outside in and exit from the inside out',
    machine: (kit) =>
      setup({
        actions: kit.notes('root+', 'a+', 'a-', 'a1+', 'a1-', 'a2+', 'a2-', 'b+', 'go'),
      }).createMachine({
        initial: 'a',
        entry: 'root+',
        states: {
          a: {
            entry: 'a+',
            exit: 'a-',
            initial: 'a1',
            states: {
              a1: { entry: 'a1+', exit: 'a1-', on: { IN: 'a2' } },
              a2: { entry: 'a2+', exit: 'a2-' },
            },
            on: { OUT: { target: 'b', actions: 'go' } },
          },
          b: { entry: 'b+' },
        },
      }),
    ops: send('IN', 'OUT', 'IN'),
    ends: { value: 'b', actions: ['root+', 'a+', 'a1+', 'a1-', 'a2+', 'a2-', 'a-', 'go', 'b+'] },
  },
  {
    title: 'parallel regions take the same event each in its own way',
    machine: (kit) =>
      setup({ actions: kit.notes('up', 'down') }).createMachine({
        type: 'parallel',
        states: {
          left: {
            initial: 'off',
            states: { off: { on: { FLIP: { target: 'on', actions: 'up' } } }, on: {} },
          },
          right: {
            initial: 'on',
            states: { on: { on: { FLIP: { target: 'off', actions: 'down' } } }, off: {} },
          },
        },
      }),
    ops: send('FLIP', 'FLIP'),
    ends: { value: { left: 'on', right: 'off' }, actions: ['up', 'down'] },
  },
  {
    title: 'regions entered in another order than written keep that order of their actions',
    machine: (kit) =>
      setup({
        actions: kit.notes('z', 'y'),
        guards: { is: ({ event }) => event.type === 'NOW' },
      }).createMachine({
        type: 'parallel',
        states: {
          zed: {
            initial: 'i',
            states: { i: { on: { Z: 'j' } }, j: { always: { guard: 'is', actions: 'z' } } },
          },
          why: {
            initial: 'i',
            states: { i: { on: { Y: 'j' } }, j: { always: { guard: 'is', actions: 'y' } } },
          },
        },
      }),
    ops: send('Y', 'Z', 'NOW'),
    ends: { value: { zed: 'j', why: 'j' } },
  },
  {
    title: 'shallow history comes back to the direct child, deep history to the leaf',
    machine: () =>
      setup({}).createMachine({
        initial: 'work',
        states: {
          work: {
            initial: 'one',
            states: {
              one: { on: { NEXT: 'two' } },
              two: { initial: 'x', states: { x: { on: { NEXT: 'y' } }, y: {} } },
              shallow: { type: 'history' },
              deep: { type: 'history', history: 'deep' },
            },
            on: { PAUSE: 'paused' },
          },
          paused: { on: { BACK: 'work.shallow', DEEP: 'work.deep' } },
        },
      }),
    ops: send('NEXT', 'NEXT', 'PAUSE', 'BACK', 'NEXT', 'PAUSE', 'DEEP'),
    ends: { value: { work: { two: 'y' } } },
  },
  {
    title: 'deep history of parallel states survives leaving and restarting',
    machine: () =>
      setup({}).createMachine({
        initial: 'on',
        states: {
          on: {
            type: 'parallel',
            states: {
              a: { initial: 'a1', states: { a1: { on: { A: 'a2' } }, a2: {} } },
              b: { initial: 'b1', states: { b1: { on: { B: 'b2' } }, b2: {} } },
              h: { type: 'history', history: 'deep' },
            },
            on: { OFF: 'off' },
          },
          off: { on: { ON: 'on.h' } },
        },
      }),
    ops: send('B', 'OFF', 'ON', 'A', 'OFF', 'ON'),
    ends: { value: { on: { a: 'a2', b: 'b2' } } },
  },
  {
    title: 'a history state never left goes to its default target',
    machine: () =>
      setup({}).createMachine({
        initial: 'out',
        states: {
          out: { on: { IN: 'in.past' } },
          in: { initial: 'a', states: { a: {}, b: {}, past: { type: 'history', target: 'b' } } },
        },
      }),
    ops: send('IN'),
    ends: { value: { in: 'b' } },
  },
  {
    title: 'a compound state that completes raises onDone with the output of its final state',
    machine: () =>
      setup({ types: { context: {} as { got: unknown } } }).createMachine({
        context: { got: undefined },
        initial: 'step',
        states: {
          step: {
            initial: 'a',
            states: { a: { on: { FIN: 'end' } }, end: { type: 'final', output: ({ event }) => event.type } },
            onDone: { target: 'next', actions: assign({ got: ({ event }) => event.output }) },
          },
          next: {},
        },
      }),
    ops: send('FIN'),
    ends: { value: 'next', context: { got: 'FIN' } },
  },
  {
    title: 'a parallel state completes with its last region',
    machine: (kit) =>
      setup({ actions: kit.notes('both') }).createMachine({
        initial: 'p',
        states: {
          p: {
            type: 'parallel',
            states: {
              a: { initial: 'i', states: { i: { on: { A: 'f' } }, f: { type: 'final' } } },
              b: { initial: 'i', states: { i: { on: { B: 'f' } }, f: { type: 'final' } } },
            },
            onDone: { target: 'done', actions: 'both' },
          },
          done: {},
        },
      }),
    ops: send('B', 'A'),
    ends: { value: 'done', actions: ['both'] },
  },
  {
    title: 'a final state ends the machine with its output, running exits on the way',
    machine: (kit) =>
      setup({ actions: kit.notes('bye', 'root-') }).createMachine({
        initial: 'a',
        exit: 'root-',
        context: ({ input }) => ({ start: input as number }),
        output: ({ context }) => ({ sum: (context as { start: number }).start + 1 }),
        states: { a: { exit: 'bye', on: { END: 'z' } }, z: { type: 'final' } },
      }),
    input: 41,
    ops: send('END', 'END'),
    ends: { value: 'z', status: 'done', output: { sum: 42 }, actions: ['bye', 'root-'] },
  },
  {
    title: 'a machine may be done at birth',
    machine: () => setup({}).createMachine({ initial: 'z', output: 7, states: { z: { type: 'final' } } }),
    ops: [],
    ends: { status: 'done', output: 7 },
  },
  {
    title: 'tags of all active states are there',
    machine: () =>
      setup({}).createMachine({
        tags: 'root',
        type: 'parallel',
        states: {
          a: { tags: ['x', 'busy'], initial: 'i', states: { i: { tags: 'idle', on: { GO: 'j' } }, j: {} } },
          b: { tags: 'busy' },
        },
      }),
    ops: send('GO'),
    ends: { tags: ['busy', 'root', 'x'] },
  },
  {
    title: 'a machine without states keeps its context',
    machine: () =>
      setup({ types: { context: {} as { n: number } } }).createMachine({
        context: { n: 0 },
        on: { INC: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
      }),
    ops: send('INC', 'INC', 'NOPE'),
    ends: { value: {}, context: { n: 2 } },
  },
];
