/**
 * Ten machines, each around one thing that XState's documentation explains: what pictures of statecharts
 * must be able to show.
 */
import { and, assign, fromCallback, fromPromise, not, raise, setup } from 'xstate';
import type { AnyStateMachine } from 'xstate';

const nothing = (): void => undefined;
const yes = (): boolean => true;

/** Two states, an entry and an exit action. */
const toggle = setup({ actions: { light: nothing, dim: nothing, count: nothing } }).createMachine({
  id: 'toggle',
  initial: 'off',
  states: {
    off: { on: { 'toggle.pressed': { target: 'on', actions: 'count' } } },
    on: { entry: 'light', exit: 'dim', on: { 'toggle.pressed': 'off' } },
  },
});

/** A compound state: the word for pedestrians lives while the light is red. */
const trafficLight = setup({ actions: { beep: nothing } }).createMachine({
  id: 'trafficLight',
  initial: 'green',
  states: {
    green: { after: { 30_000: 'yellow' }, on: { 'power.lost': 'blinking' } },
    yellow: { after: { 3500: 'red' }, on: { 'power.lost': 'blinking' } },
    red: {
      tags: ['stop'],
      initial: 'walk',
      onDone: 'green',
      on: { 'power.lost': { target: 'blinking', actions: 'beep' } },
      states: {
        walk: { after: { 15_000: 'hurry' } },
        hurry: { entry: 'beep', after: { 5000: 'wait' } },
        wait: { type: 'final' },
      },
    },
    blinking: { on: { 'power.back': 'red' } },
  },
});

/** Regions side by side, one of which moves the other. */
const player = setup({ guards: { 'has sound': yes } }).createMachine({
  id: 'player',
  type: 'parallel',
  states: {
    track: {
      initial: 'paused',
      states: {
        paused: { on: { 'play.pressed': 'playing' } },
        playing: { tags: ['busy'], on: { 'pause.pressed': 'paused', 'track.ended': 'over' } },
        over: { on: { 'play.pressed': 'playing' } },
      },
    },
    volume: {
      initial: 'normal',
      states: {
        normal: { on: { 'mute.pressed': 'muted' } },
        muted: { on: { 'mute.pressed': { guard: 'has sound', target: 'normal' } } },
      },
    },
    window: {
      initial: 'small',
      states: { small: { on: { resize: 'full' } }, full: { on: { resize: 'small' } } },
    },
  },
});

/** Both histories: a pause that goes on where it was. */
const washer = setup({}).createMachine({
  id: 'washer',
  initial: 'idle',
  states: {
    idle: { on: { start: 'running', 'start.again': 'running.last' } },
    running: {
      initial: 'washing',
      on: { 'door.opened': 'paused' },
      states: {
        washing: {
          initial: 'filling',
          on: { next: 'spinning' },
          states: { filling: { on: { full: 'turning' } }, turning: {} },
        },
        spinning: { on: { next: '#washer.finished' } },
        last: { type: 'history', history: 'deep' },
        recent: { type: 'history', target: 'spinning' },
      },
    },
    paused: { on: { 'door.closed': 'running.last', skip: 'running.recent' } },
    finished: { type: 'final' },
  },
});

/** `always` with guards, in the order in which they are tried. */
const grade = setup({
  types: { context: {} as { points: number } },
  guards: { 'has passed': ({ context }) => context.points > 50, 'has excelled': () => false },
  actions: { praise: nothing },
}).createMachine({
  id: 'grade',
  context: { points: 0 },
  initial: 'pending',
  states: {
    pending: {
      on: { 'points.added': { actions: assign({ points: ({ context }) => context.points + 10 }) } },
      always: [
        { guard: 'has excelled', target: 'excellent', actions: 'praise' },
        { guard: 'has passed', target: 'passed' },
      ],
    },
    passed: { on: { 'points.added': { target: 'passed', reenter: true } } },
    excellent: { type: 'final' },
  },
});

/** An invoke with both ends and a retry under a bound. */
const fetching = setup({
  actors: { 'fetch user': fromPromise(async () => 'Ada') },
  guards: { 'may try again': yes },
  delays: { backoff: 1000 },
  actions: { keep: nothing, blame: nothing },
}).createMachine({
  id: 'fetching',
  initial: 'idle',
  states: {
    idle: { on: { fetch: 'loading' } },
    loading: {
      tags: ['busy', 'cancellable'],
      invoke: {
        id: 'user',
        src: 'fetch user',
        onDone: { target: 'success', actions: 'keep' },
        onError: [
          { guard: 'may try again', target: 'waiting' },
          { target: 'failure', actions: 'blame' },
        ],
      },
      on: { cancel: 'idle' },
    },
    waiting: { after: { backoff: 'loading' } },
    success: { type: 'final' },
    failure: { on: { fetch: 'loading' } },
  },
});

/** Steps of a form, back and forth, with combined guards. */
const checkout = setup({
  guards: { 'the basket is filled': yes, 'the address is valid': yes, 'the user is blocked': yes },
  actions: { charge: nothing, thank: nothing },
}).createMachine({
  id: 'checkout',
  initial: 'basket',
  states: {
    basket: {
      on: {
        'step.next': {
          guard: and(['the basket is filled', not('the user is blocked')]),
          target: 'address',
        },
      },
    },
    address: {
      on: { 'step.next': { guard: 'the address is valid', target: 'payment' }, 'step.back': 'basket' },
    },
    payment: {
      initial: 'choosing',
      on: { 'step.back': 'address' },
      states: {
        choosing: { on: { 'card.chosen': 'card', 'bill.chosen': 'bill' } },
        card: { on: { 'card.accepted': { target: '#checkout.paid', actions: ['charge', 'thank'] } } },
        bill: { on: { 'bill.sent': '#checkout.paid' } },
      },
    },
    paid: { type: 'final' },
  },
});

/** A driver, raised events, wildcards, and a state that is entered again. */
const socket = setup({
  actors: { connection: fromCallback(() => undefined) },
  actions: { note: nothing },
}).createMachine({
  id: 'socket',
  initial: 'closed',
  on: { 'config.*': { actions: 'note' }, '*': {} },
  states: {
    closed: { on: { open: 'open' } },
    open: {
      invoke: { src: 'connection' },
      entry: raise({ type: 'ping' }, { delay: 1000 }),
      on: { ping: { target: 'open', reenter: true }, close: 'closed', message: { actions: 'note' } },
    },
  },
});

/** Regions in regions, a transition into several of them, and one that all must end for. */
const oven = setup({}).createMachine({
  id: 'oven',
  initial: 'off',
  states: {
    off: { on: { bake: ['#oven.on.heat.warming'], 'bake.fast': { target: ['#hot', '#oven.on.fan.fast'] } } },
    on: {
      type: 'parallel',
      onDone: 'off',
      states: {
        heat: {
          initial: 'warming',
          states: {
            warming: { on: { warm: 'hot' } },
            hot: { id: 'hot', on: { done: 'ready' } },
            ready: { type: 'final' },
          },
        },
        fan: {
          initial: 'slow',
          states: {
            slow: { on: { faster: 'fast' } },
            fast: { on: { done: 'still' } },
            still: { type: 'final' },
          },
        },
      },
    },
  },
});

/** Long names, signs that XML and Mermaid mind, other scripts, a description, an initial action. */
const names = setup({
  guards: { 'a < b && "c" > d': yes },
  actions: { 'tell the person who asked': nothing },
}).createMachine({
  id: 'names',
  description: 'States may be called anything at all; a picture has to bear it & stay legible.',
  initial: 'a state with a rather long name',
  states: {
    'a state with a rather long name': {
      on: {
        'an.event.of.a.very.long.name.that.nobody.would.ever.want.to.type': {
          guard: 'a < b && "c" > d',
          target: '日本語の状態',
          actions: 'tell the person who asked',
        },
      },
    },
    日本語の状態: {
      tags: ['späť', 'ready'],
      on: {
        '<script>': 'a; b: #c',
        ...Object.fromEntries(Array.from('abcdefgh', (one) => [one, 'a; b: #c'])),
      },
    },
    'a; b: #c': { on: { back: { target: '日本語の状態' } } },
  },
});

export const machines: Readonly<Record<string, AnyStateMachine>> = {
  toggle,
  trafficLight,
  player,
  washer,
  grade,
  fetching,
  checkout,
  socket,
  oven,
  names,
};
