/** The actors of the runtime's tests: an order, and ones that misbehave on demand. */
import { assign, log, setup } from 'xstate';
import type { PromiseActorLogic } from 'xstate';
import { TroupeError } from '../../../actors/troupeError.ts';
import { defineActor } from '../../../runtime/index.ts';

const orderMachine = setup({
  types: {
    context: {} as { readonly paid: number; readonly customer: string },
    input: {} as { readonly customer: string } | undefined,
    events: {} as
      | { readonly type: 'order.pay'; readonly cents: number }
      | { readonly type: 'order.ship' }
      | { readonly type: 'order.note'; readonly text: string },
  },
}).createMachine({
  id: 'order',
  context: ({ input }) => ({ paid: 0, customer: input?.customer ?? 'nobody' }),
  initial: 'open',
  states: {
    open: {
      tags: ['waiting'],
      on: {
        'order.note': {},
        'order.pay': {
          target: 'paid',
          actions: assign({ paid: ({ event }) => event.cents }),
        },
      },
    },
    paid: {
      initial: 'packing',
      states: {
        packing: { on: { 'order.ship': 'shipped', 'order.note': {} } },
        shipped: { type: 'final' },
      },
      onDone: 'done',
    },
    done: { type: 'final' },
  },
});

export const order = defineActor({
  kind: 'order',
  version: 1,
  machine: orderMachine,
  reply: (event, _before, after) => ({ type: event.type, paid: after.context.paid }),
  digest: {
    schema: 1,
    start: () => ({ events: 0 }),
    fold: (digest) => ({ events: digest.events + 1 }),
  },
});

/** Small pieces: Node ends the whole process where a single large one passes a worker's limit by far. */
function hoarded(): number {
  let hoard: unknown;
  for (let i = 0; i < 1e9; i++) hoard = { i, hoard };
  return hoard === undefined ? 0 : 1;
}

/** What no thread can tell another. */
const sayings = { symbol: Symbol('said'), huge: 10n ** 40n, function: () => 1 };

function refused(): never {
  const details: Record<string, unknown> = { symbol: sayings.symbol };
  details['self'] = details;
  throw new TroupeError('CONFLICT', 'mine', details);
}

const counterMachine = setup({
  types: {
    context: {} as { readonly count: number },
    events: {} as
      | { readonly type: 'add'; readonly by?: number }
      | { readonly type: 'exit'; readonly code: number }
      | { readonly type: 'throw' }
      | { readonly type: 'die' }
      | { readonly type: 'hoard' }
      | { readonly type: 'say'; readonly what: 'symbol' | 'huge' | 'function' }
      | { readonly type: 'refuse' }
      | { readonly type: 'spin'; readonly ms: number },
  },
  actions: {
    refuse: () => refused(),
    exit: (_, { code }: { readonly code: number }) => process.exit(code),
    throwLater: () => {
      queueMicrotask(() => {
        throw new Error('thrown outside of every step');
      });
    },
    spin: (_, { ms }: { readonly ms: number }) => {
      const end = performance.now() + ms;
      while (performance.now() < end);
    },
  },
}).createMachine({
  id: 'counter',
  context: { count: 0 },
  on: {
    add: { actions: assign({ count: ({ context, event }) => context.count + (event.by ?? 1) }) },
    exit: { actions: { type: 'exit', params: ({ event }) => ({ code: event.code }) } },
    throw: { actions: 'throwLater' },
    die: {
      // Inside of the step: whenever the event comes, the thread ends before anything is recorded.
      actions: assign({ count: () => process.exit(7) }),
    },
    say: { actions: log(({ event }) => sayings[event.what]) },
    refuse: { actions: 'refuse' },
    hoard: { actions: assign({ count: () => hoarded() }) },
    spin: { actions: { type: 'spin', params: ({ event }) => ({ ms: event.ms }) } },
  },
});

const fetcherMachine = setup({
  types: {
    context: {} as { readonly got: unknown; readonly failure: unknown },
    events: {} as { readonly type: 'fetch'; readonly url: string } | { readonly type: 'cancel' },
  },
  // Only its name and type: openTroupe is given the rest, as an effect.
  actors: {} as { readonly fetch: PromiseActorLogic<{ readonly text: string }, { readonly url: string }> },
}).createMachine({
  id: 'fetcher',
  context: { got: undefined, failure: undefined },
  initial: 'idle',
  states: {
    idle: { on: { fetch: 'fetching' } },
    fetching: {
      on: { cancel: 'idle' },
      invoke: {
        src: 'fetch',
        input: ({ event }) => ({ url: event.type === 'fetch' ? event.url : '' }),
        onDone: { target: 'idle', actions: assign({ got: ({ event }) => event.output }) },
        onError: { target: 'idle', actions: assign({ failure: ({ event }) => event.error }) },
      },
    },
  },
});

export const fetcher = defineActor({ kind: 'fetcher', version: 1, machine: fetcherMachine });

export const counter = defineActor({ kind: 'counter', version: 1, machine: counterMachine });
