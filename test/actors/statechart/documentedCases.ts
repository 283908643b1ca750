/** Cases after the examples of XState's public documentation (stately.ai/docs), in our own words. */
import { and, assign, not, setup } from 'xstate';
import type { Case } from './case.ts';

const send = (...types: string[]): Case['ops'] => types.map((type) => ({ send: { type } }));

export const documentedCases: readonly Case[] = [
  {
    title: 'traffic light with a pedestrian light in its red state',
    machine: () =>
      setup({}).createMachine({
        id: 'light',
        initial: 'green',
        states: {
          green: { on: { TIMER: 'yellow' } },
          yellow: { on: { TIMER: 'red' } },
          red: {
            initial: 'walk',
            states: {
              walk: { on: { COUNTDOWN: 'wait' } },
              wait: { on: { COUNTDOWN: 'stop' } },
              stop: { type: 'final' },
            },
            onDone: 'green',
          },
        },
        on: { POWER_RESTORED: '.red' },
      }),
    ops: send('TIMER', 'TIMER', 'COUNTDOWN', 'COUNTDOWN', 'POWER_RESTORED'),
    ends: { value: { red: 'walk' } },
  },
  {
    title: 'toggle with a bounded count',
    machine: () =>
      setup({
        types: { context: {} as { count: number; max: number }, input: {} as { max: number } },
        guards: { isBelow: ({ context }) => context.count < context.max },
      }).createMachine({
        context: ({ input }) => ({ count: 0, max: input.max }),
        initial: 'inactive',
        states: {
          inactive: { on: { toggle: { guard: 'isBelow', target: 'active' } } },
          active: {
            entry: assign({ count: ({ context }) => context.count + 1 }),
            on: { toggle: 'inactive' },
            after: { 5000: 'inactive' },
          },
        },
      }),
    input: { max: 2 },
    ops: [...send('toggle'), { wait: 5000 }, ...send('toggle', 'toggle', 'toggle')],
    ends: { value: 'inactive', context: { count: 2, max: 2 } },
  },
  {
    title: 'feedback form with guards and a final state',
    machine: (kit) =>
      setup({
        types: { context: {} as { text: string } },
        guards: { filled: ({ context }) => context.text.length > 0 },
        actions: kit.notes('track'),
      }).createMachine({
        context: { text: '' },
        initial: 'prompt',
        states: {
          prompt: { on: { good: 'thanks', bad: 'form' } },
          form: {
            on: {
              update: {
                actions: assign({ text: ({ event }) => (event as unknown as { value: string }).value }),
              },
              submit: [{ guard: and(['filled', not(() => false)]), target: 'thanks' }, { actions: 'track' }],
              back: 'prompt',
            },
          },
          thanks: { after: { 3000: 'closed' } },
          closed: { type: 'final' },
        },
        on: { close: '.closed' },
      }),
    ops: [
      ...send('bad', 'submit'),
      { send: { type: 'update', value: 'hm' } as never },
      ...send('submit'),
      { wait: 3000 },
    ],
    ends: { value: 'closed', status: 'done', actions: ['track'] },
  },
  {
    title: 'fetch with retries',
    machine: (kit) =>
      setup({
        types: { context: {} as { tries: number; user: unknown } },
        actors: kit.actors,
        delays: { backoff: ({ context }) => 2 ** context.tries * 100 },
      }).createMachine({
        context: { tries: 0, user: null },
        initial: 'loading',
        states: {
          loading: {
            entry: assign({ tries: ({ context }) => context.tries + 1 }),
            invoke: {
              src: 'task',
              id: 'fetchUser',
              input: ({ context }: { context: { tries: number } }) => ({ attempt: context.tries }),
              onDone: { target: 'success', actions: assign({ user: ({ event }): unknown => event.output }) },
              onError: [
                { guard: ({ context }) => context.tries < 3, target: 'waiting' },
                { target: 'failure' },
              ],
            },
          },
          waiting: { after: { backoff: 'loading' } },
          success: { type: 'final' },
          failure: { on: { RETRY: { target: 'loading', actions: assign({ tries: 0 }) } } },
        },
      }),
    ops: [
      { fail: 'fetchUser', message: '1' },
      { wait: 200 },
      { fail: 'fetchUser', message: '2' },
      { wait: 399 },
      { wait: 1 },
      { fail: 'fetchUser', message: '3' },
      ...send('RETRY'),
      { done: 'fetchUser', output: { name: 'Ada' } },
    ],
    ends: { value: 'success', status: 'done', context: { tries: 1, user: { name: 'Ada' } } },
  },
  {
    title: 'word processor with independent formats',
    machine: () => {
      const format = {
        initial: 'off',
        states: { off: { on: { T: 'on' } }, on: { on: { T: 'off' } } },
      } as const;
      return setup({}).createMachine({
        type: 'parallel',
        states: {
          bold: format,
          italics: format,
          list: {
            initial: 'none',
            states: { none: { on: { BULLETS: 'bullets' } }, bullets: { on: { NONE: 'none' } } },
          },
        },
      });
    },
    ops: send('T', 'BULLETS', 'T', 'NONE', 'T'),
    ends: { value: { bold: 'on', italics: 'on', list: 'none' } },
  },
  {
    title: 'payment remembered by history when the flow is entered again',
    machine: () =>
      setup({}).createMachine({
        initial: 'method',
        states: {
          method: {
            initial: 'cash',
            states: {
              cash: { on: { SWITCH: 'check' } },
              check: { on: { SWITCH: 'cash' } },
              hist: { type: 'history' },
            },
            on: { NEXT: 'review' },
          },
          review: { on: { PREVIOUS: 'method.hist' } },
        },
      }),
    ops: send('SWITCH', 'NEXT', 'PREVIOUS'),
    ends: { value: { method: 'check' } },
  },
];
