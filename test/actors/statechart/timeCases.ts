/** Cases about time: after, delayed raise, cancel. */
import { assign, cancel, raise, sendTo, setup } from 'xstate';
import type { Case } from './case.ts';

const send = (...types: string[]): Case['ops'] => types.map((type) => ({ send: { type } }));

export const timeCases: readonly Case[] = [
  {
    title: 'after moves on when its time has come',
    machine: (kit) =>
      setup({ actions: kit.notes('late') }).createMachine({
        initial: 'green',
        states: {
          green: { after: { 100: 'yellow' } },
          yellow: { after: { 50: { target: 'red', actions: 'late' } } },
          red: {},
        },
      }),
    ops: [{ wait: 99 }, { wait: 1 }, { wait: 49 }, { wait: 1 }],
    ends: { value: 'red', actions: ['late'] },
  },
  {
    title: 'leaving a state cancels its after; coming back starts it anew',
    machine: () =>
      setup({}).createMachine({
        initial: 'a',
        states: { a: { after: { 100: 'late' }, on: { GO: 'b' } }, b: { on: { BACK: 'a' } }, late: {} },
      }),
    ops: [
      { wait: 60 },
      ...send('GO'),
      { wait: 60 },
      ...send('BACK'),
      { wait: 99 },
      ...send('NOPE'),
      { wait: 1 },
    ],
    ends: { value: 'late' },
  },
  {
    title: 'reenter starts after anew, a transition to itself without it does not',
    machine: () =>
      setup({}).createMachine({
        initial: 'a',
        states: {
          a: { after: { 100: 'b' }, on: { SAME: 'a', ANEW: { target: 'a', reenter: true } } },
          b: {},
        },
      }),
    ops: [{ wait: 50 }, ...send('ANEW'), { wait: 50 }, ...send('SAME'), { wait: 50 }],
    ends: { value: 'b' },
  },
  {
    title: 'delays by name and by function see the context and event that set them',
    machine: () =>
      setup({
        types: { context: {} as { ms: number } },
        delays: { short: 10, own: ({ context }) => context.ms },
      }).createMachine({
        context: { ms: 30 },
        initial: 'a',
        states: {
          a: { after: { short: 'b' } },
          b: {
            after: { own: 'c' },
            on: { MORE: { target: 'b', reenter: true, actions: assign({ ms: 80 }) } },
          },
          c: {},
        },
      }),
    ops: [{ wait: 10 }, { wait: 20 }, ...send('MORE'), { wait: 79 }, { wait: 1 }],
    ends: { value: 'c' },
  },
  {
    title: 'several delays of one state race, guards are asked when they fire',
    machine: (kit) =>
      setup({ actions: kit.notes('tick'), guards: { never: () => false } }).createMachine({
        initial: 'a',
        states: {
          a: {
            after: {
              10: { actions: 'tick' },
              20: [{ guard: 'never', target: 'x' }, { actions: 'tick' }],
              30: 'b',
            },
          },
          b: {},
          x: {},
        },
      }),
    ops: [{ wait: 10 }, { wait: 10 }, { wait: 10 }],
    ends: { value: 'b', actions: ['tick', 'tick'] },
  },
  {
    title: 'a delayed raise comes later and can be cancelled by its id',
    machine: (kit) =>
      setup({ actions: kit.notes('ping', 'pong') }).createMachine({
        entry: [
          raise({ type: 'PING' }, { delay: 10, id: 'p' }),
          raise({ type: 'PONG' }, { delay: 20, id: 'q' }),
        ],
        on: { PING: { actions: 'ping' }, PONG: { actions: 'pong' }, STOP: { actions: cancel('q') } },
      }),
    ops: [{ wait: 10 }, ...send('STOP'), { wait: 100 }],
    ends: { actions: ['ping'] },
  },
  {
    title: 'a raise with delay 0 is a step of its own, a raise without delay is not',
    machine: (kit) =>
      setup({ actions: kit.notes('later', 'now', 'go') }).createMachine({
        on: {
          GO: { actions: [raise({ type: 'LATER' }, { delay: 0 }), raise({ type: 'NOW' }), 'go'] },
          LATER: { actions: 'later' },
          NOW: { actions: 'now' },
        },
      }),
    ops: [...send('GO'), { wait: 0 }],
    ends: { actions: ['go', 'now', 'later'] },
  },
  {
    title: 'a delayed event to a driver arrives later, unless it is cancelled',
    machine: (kit) =>
      setup({ actors: kit.actors }).createMachine({
        invoke: { src: 'driver', id: 'd' },
        entry: [
          sendTo('d', { type: 'A' }, { delay: 10 }),
          sendTo('d', { type: 'B' }, { delay: 20, id: 'b' }),
          sendTo('d', { type: 'C' }, { delay: 30 }),
        ],
        on: { NO: { actions: cancel('b') } },
      }),
    ops: [{ wait: 10 }, ...send('NO'), { wait: 50 }],
    ends: { told: ['d got A', 'd got C'] },
  },
  {
    title: 'timers of regions are their own',
    machine: () =>
      setup({}).createMachine({
        type: 'parallel',
        states: {
          a: { initial: 'i', states: { i: { after: { 10: 'j' } }, j: {} } },
          b: { initial: 'i', states: { i: { after: { 10: 'j', 5: 'k' } }, j: {}, k: {} } },
        },
      }),
    ops: [{ wait: 5 }, { wait: 5 }],
    ends: { value: { a: 'j', b: 'k' } },
  },
];
