/** Cases about what is selected and run: guards, always, raise, actions, wildcards, reenter. */
import { and, assign, enqueueActions, log, not, or, raise, setup, stateIn } from 'xstate';
import type { Case } from './case.ts';

const send = (...types: string[]): Case['ops'] => types.map((type) => ({ send: { type } }));

export const transitionCases: readonly Case[] = [
  {
    title: 'always transitions run on until the machine rests',
    machine: (kit) =>
      setup({ types: { context: {} as { n: number } }, actions: kit.notes('over') }).createMachine({
        context: { n: 0 },
        initial: 'a',
        states: {
          a: {
            always: { guard: ({ context }) => context.n > 2, target: 'b', actions: 'over' },
            on: { INC: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
          },
          b: { always: 'c' },
          c: {},
        },
      }),
    ops: send('INC', 'INC', 'INC', 'INC'),
    ends: { value: 'c', context: { n: 3 }, actions: ['over'] },
  },
  {
    title: 'the first transition whose guard holds is taken: and, or, not, stateIn',
    machine: () =>
      setup({
        guards: {
          yes: () => true,
          no: () => false,
          over: ({ event }, params: { limit: number }) =>
            (event as unknown as { n: number }).n > params.limit,
        },
      }).createMachine({
        type: 'parallel',
        states: {
          a: {
            initial: '0',
            states: {
              '0': {
                on: {
                  GO: [
                    { guard: and(['yes', 'no']), target: '1' },
                    { guard: or(['no', not('no')]), target: '2' },
                  ],
                },
              },
              '1': {},
              '2': { on: { GO: { guard: stateIn({ b: 'y' }), target: '3' } } },
              '3': { on: { N: { guard: { type: 'over', params: { limit: 5 } }, target: '1' } } },
            },
          },
          b: { initial: 'x', states: { x: { on: { B: 'y' } }, y: {} } },
        },
      }),
    ops: [
      ...send('GO', 'GO', 'B', 'GO'),
      { send: { type: 'N', n: 5 } as never },
      { send: { type: 'N', n: 6 } as never },
    ],
    ends: { value: { a: '1', b: 'y' } },
  },
  {
    title: 'raised events are taken in order, before the step ends',
    machine: (kit) =>
      setup({ actions: kit.notes('x', 'y', 'go') }).createMachine({
        initial: 'a',
        states: {
          a: { on: { GO: { actions: [raise({ type: 'X' }), 'go', raise({ type: 'Y' })] }, X: 'b' } },
          b: { entry: 'x', on: { Y: { target: 'c', actions: 'y' } } },
          c: {},
        },
      }),
    ops: send('GO'),
    ends: { value: 'c', actions: ['go', 'x', 'y'] },
  },
  {
    title: 'enqueueActions chooses by context, event and guards',
    machine: (kit) =>
      setup({
        types: { context: {} as { n: number } },
        actions: kit.notes('even', 'odd'),
        guards: { isEven: ({ context }) => context.n % 2 === 0 },
      }).createMachine({
        context: { n: 0 },
        on: {
          T: {
            actions: enqueueActions(({ enqueue, check, context }) => {
              enqueue(check('isEven') ? 'even' : 'odd');
              enqueue.assign({ n: context.n + 1 });
              if (context.n === 1) enqueue.raise({ type: 'T' });
            }),
          },
        },
      }),
    ops: send('T', 'T'),
    ends: { context: { n: 3 }, actions: ['even', 'odd', 'even'] },
  },
  {
    title: 'a named built-in action works like an inline one',
    machine: (kit) =>
      setup({
        types: { context: {} as { n: number } },
        actions: { ...kit.notes('tick'), add: assign({ n: ({ context }, by: number) => context.n + by }) },
      }).createMachine({
        context: { n: 1 },
        on: { ADD: { actions: [{ type: 'add', params: 4 }, 'tick'] } },
      }),
    ops: send('ADD', 'ADD'),
    ends: { context: { n: 9 }, actions: ['tick', 'tick'] },
  },
  {
    title: 'params of actions are taken from context and event at their place in the order',
    machine: (kit) =>
      setup({
        types: { context: {} as { n: number } },
        actions: { say: (_, params: { n: number }) => kit.note(`n=${params.n}`)() },
      }).createMachine({
        context: { n: 1 },
        on: {
          GO: {
            actions: [
              { type: 'say', params: ({ context }) => ({ n: context.n }) },
              assign({ n: 2 }),
              { type: 'say', params: ({ context }) => ({ n: context.n }) },
            ],
          },
        },
      }),
    ops: send('GO'),
    ends: { actions: ['n=1', 'n=2'] },
  },
  {
    title: 'inline actions and log run in the order of named ones',
    machine: (kit) =>
      setup({ actions: kit.notes('one') }).createMachine({
        context: { who: 'me' },
        on: {
          GO: { actions: ['one', log(({ context }) => context.who, 'by'), kit.note('two'), log('plain')] },
        },
      }),
    ops: send('GO'),
    ends: { actions: ['one', 'log by me', 'two', 'log plain'] },
  },
  {
    title: 'wildcards match what nothing nearer does',
    machine: (kit) =>
      setup({ actions: kit.notes('exact', 'part', 'any') }).createMachine({
        on: {
          '*': { actions: 'any' },
          'mouse.*': { actions: 'part' },
          'mouse.down': { actions: 'exact' },
        },
      }),
    ops: send('mouse.down', 'mouse.up', 'mouse', 'mouse.up.left', 'mousey', 'key'),
    ends: { actions: ['exact', 'part', 'part', 'part', 'any', 'any'] },
  },
  {
    title: 'a forbidden event of an inner state hides the transition of an outer one',
    machine: () =>
      setup({}).createMachine({
        initial: 'a',
        states: { a: { on: { GO: {} } }, b: {} },
        on: { GO: '.b' },
      }),
    ops: send('GO'),
    ends: { value: 'a' },
  },
  {
    title: 'reenter leaves and enters, without it a state stays',
    machine: (kit) =>
      setup({ actions: kit.notes('in', 'out', 'act') }).createMachine({
        initial: 'a',
        states: {
          a: {
            entry: 'in',
            exit: 'out',
            on: {
              STAY: { target: 'a', actions: 'act' },
              AGAIN: { target: 'a', reenter: true, actions: 'act' },
            },
          },
        },
      }),
    ops: send('STAY', 'AGAIN'),
    ends: { actions: ['in', 'act', 'out', 'act', 'in'] },
  },
  {
    title: 'an internal transition to a child keeps the parent, an external one enters it anew',
    machine: (kit) =>
      setup({ actions: kit.notes('p+', 'p-', 'x+', 'x-', 'y+', 'y-') }).createMachine({
        initial: 'p',
        states: {
          p: {
            entry: 'p+',
            exit: 'p-',
            initial: 'x',
            states: { x: { entry: 'x+', exit: 'x-' }, y: { entry: 'y+', exit: 'y-' } },
            on: { IN: '.y', OUT: { target: '.y', reenter: true } },
          },
        },
      }),
    ops: send('IN', 'OUT'),
    ends: { actions: ['p+', 'x+', 'x-', 'y+', 'y-', 'p-', 'p+', 'y+'] },
  },
  {
    title: 'conflicting transitions of regions: the inner one wins',
    machine: () =>
      setup({}).createMachine({
        initial: 'p',
        states: {
          p: {
            type: 'parallel',
            states: {
              a: { initial: 'a1', states: { a1: { on: { E: '#out' } }, a2: {} } },
              b: { initial: 'b1', states: { b1: { on: { E: 'b2' } }, b2: {} } },
            },
          },
          out: { id: 'out' },
        },
      }),
    ops: send('E'),
    ends: { value: 'out' },
  },
  {
    title: 'an event that changes nothing but fits an always guard moves the machine',
    machine: () =>
      setup({}).createMachine({
        initial: 'a',
        states: { a: { always: { guard: ({ event }) => event.type === 'NOW', target: 'b' } }, b: {} },
      }),
    ops: send('LATER', 'NOW'),
    ends: { value: 'b' },
  },
];
