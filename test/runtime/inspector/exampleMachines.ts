/** Ten machines, one for each thing that statecharts are told by: what people draw first. */
import { assign, fromPromise, setup } from 'xstate';
import { defineActor } from '../../../runtime/index.ts';
import type { AnyDefinition } from '../../../runtime/index.ts';

type Any = { readonly type: string };
const events = {} as Any;

const light = setup({ types: { events } }).createMachine({
  initial: 'off',
  states: { off: { on: { 'switch.press': 'on' } }, on: { on: { 'switch.press': 'off' } } },
});

const crossing = setup({ types: { events } }).createMachine({
  initial: 'green',
  on: { 'power.lost': '.dark' },
  states: {
    green: { after: { 30_000: 'yellow' } },
    yellow: { after: { 4000: 'red' } },
    red: {
      initial: 'walk',
      after: { 40_000: 'green' },
      states: { walk: { after: { 20_000: 'hurry' } }, hurry: { after: { 10_000: 'stay' } }, stay: {} },
    },
    dark: { on: { 'power.back': 'red' } },
  },
});

const editor = setup({ types: { events } }).createMachine({
  type: 'parallel',
  states: {
    bold: {
      initial: 'no',
      states: { no: { on: { 'bold.toggle': 'yes' } }, yes: { on: { 'bold.toggle': 'no' } } },
    },
    list: {
      initial: 'none',
      states: {
        none: { on: { 'list.bullets': 'bullets', 'list.numbers': 'numbers' } },
        bullets: { on: { 'list.none': 'none', 'list.numbers': 'numbers' } },
        numbers: { on: { 'list.none': 'none', 'list.bullets': 'bullets' } },
      },
    },
    file: {
      initial: 'saved',
      states: { saved: { on: { 'text.typed': 'dirty' } }, dirty: { on: { 'file.save': 'saved' } } },
    },
  },
});

const player = setup({ types: { events } }).createMachine({
  initial: 'stopped',
  states: {
    stopped: { on: { 'deck.play': 'playing' } },
    playing: {
      initial: 'normal',
      on: { 'deck.stop': 'stopped', 'deck.pause': 'paused' },
      states: {
        normal: { on: { 'deck.faster': 'fast' } },
        fast: { on: { 'deck.normal': 'normal' } },
        last: { type: 'history', history: 'deep', target: 'normal' },
      },
    },
    paused: { on: { 'deck.play': 'playing.last', 'deck.stop': 'stopped' } },
  },
});

const grade = setup({
  types: { events, context: {} as { readonly points: number } },
  guards: { isGood: ({ context }) => context.points > 80, isEnough: ({ context }) => context.points > 50 },
}).createMachine({
  context: { points: 0 },
  initial: 'reading',
  states: {
    reading: {
      on: {
        'exam.point': { actions: assign({ points: ({ context }) => context.points + 1 }) },
        'exam.over': 'judging',
      },
    },
    judging: {
      always: [
        { guard: 'isGood', target: 'excellent' },
        { guard: 'isEnough', target: 'passed' },
        { target: 'failed' },
      ],
    },
    excellent: { type: 'final' },
    passed: { type: 'final' },
    failed: { on: { 'exam.again': { target: 'reading', actions: assign({ points: 0 }) } } },
  },
});

const search = setup({
  types: { events },
  actors: { find: fromPromise(async () => ['found']), suggest: fromPromise(async () => ['perhaps']) },
  guards: { isLong: () => true },
}).createMachine({
  initial: 'empty',
  states: {
    empty: { on: { 'query.typed': { guard: 'isLong', target: 'waiting' } } },
    waiting: { after: { 300: 'searching' }, on: { 'query.typed': { target: 'waiting', reenter: true } } },
    searching: {
      invoke: { id: 'find', src: 'find', onDone: 'shown', onError: 'suggesting' },
      on: { 'query.typed': 'waiting', 'query.cleared': 'empty' },
    },
    suggesting: { invoke: { id: 'suggest', src: 'suggest', onDone: 'shown', onError: 'failed' } },
    shown: { on: { 'query.typed': 'waiting', 'query.cleared': 'empty' } },
    failed: { on: { 'query.again': 'searching' } },
  },
});

const checkout = setup({
  types: { events },
  actors: { charge: fromPromise(async () => 'charged'), reserve: fromPromise(async () => 'reserved') },
}).createMachine({
  initial: 'basket',
  states: {
    basket: { on: { 'basket.buy': 'paying' } },
    paying: {
      type: 'parallel',
      onDone: 'sent',
      states: {
        money: {
          initial: 'charging',
          states: {
            charging: { invoke: { id: 'charge', src: 'charge', onDone: 'done', onError: 'refused' } },
            refused: { on: { 'card.other': 'charging' } },
            done: { type: 'final' },
          },
        },
        goods: {
          initial: 'reserving',
          states: {
            reserving: { invoke: { id: 'reserve', src: 'reserve', onDone: 'done', onError: '#soldOut' } },
            done: { type: 'final' },
          },
        },
      },
      after: { 600_000: 'basket' },
    },
    soldOut: { id: 'soldOut', type: 'final' },
    sent: { type: 'final' },
  },
});

const door = setup({
  types: { events },
  actions: { ring: () => undefined, log: () => undefined },
  guards: { isKnown: () => true },
}).createMachine({
  initial: 'locked',
  states: {
    locked: {
      entry: 'log',
      tags: ['safe'],
      on: { 'code.entered': [{ guard: 'isKnown', target: 'unlocked' }, { actions: ['ring', 'log'] }] },
    },
    unlocked: {
      initial: 'closed',
      exit: 'ring',
      states: {
        closed: { after: { 5000: '#again' }, on: { 'door.open': 'open' } },
        open: { tags: ['draughty'], on: { 'door.close': 'closed' } },
      },
    },
    again: { id: 'again', always: 'locked' },
  },
});

const wizard = setup({ types: { events } }).createMachine({
  initial: 'name',
  states: {
    name: { on: { 'step.next': 'address' } },
    address: {
      initial: 'street',
      onDone: 'card',
      on: { 'step.back': 'name' },
      states: {
        street: { on: { 'step.next': 'town' } },
        town: { on: { 'step.next': 'complete', 'step.back': 'street' } },
        complete: { type: 'final' },
      },
    },
    card: { on: { 'step.back': 'address', 'step.next': 'review' } },
    review: { on: { 'step.back': 'card', 'step.edit': 'name', 'step.done': 'over' } },
    over: { type: 'final' },
  },
});

const game = setup({ types: { events }, guards: { isOver: () => false, isWon: () => false } }).createMachine({
  initial: 'playing',
  states: {
    playing: {
      always: [
        { guard: 'isWon', target: 'over.won' },
        { guard: 'isOver', target: 'over.drawn' },
      ],
      initial: 'first',
      states: { first: { on: { 'cell.taken': 'second' } }, second: { on: { 'cell.taken': 'first' } } },
      on: { 'game.leave': 'over.left' },
    },
    over: {
      initial: 'drawn',
      on: { 'game.again': 'playing' },
      states: { won: { tags: ['happy'] }, drawn: {}, left: {} },
    },
  },
});

const machines = { light, crossing, editor, player, grade, search, checkout, door, wizard, game };

export const examples: readonly AnyDefinition[] = Object.entries(machines).map(([kind, machine]) =>
  defineActor({ kind, version: 1, machine: machine as typeof light }),
);
