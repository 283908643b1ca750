/** A shop for crash tests: orders with a task, timers, a child and messages; a stock that they write to. */
import { assign, cancel, fromPromise, raise, sendParent, sendTo, setup } from 'xstate';
import { defineActor } from '../../../runtime/index.ts';

const post = (_: unknown, _params: { readonly to: string; readonly event: { readonly type: string } }) =>
  undefined;

/** How often the card was charged, by the id that the charge was asked for with. */
export const charges = new Map<string, number>();

const parcelMachine = setup({
  types: {
    context: {} as { readonly order: string; readonly stops: number },
    input: {} as { readonly order: string },
    events: {} as { readonly type: 'hurry' | 'handed' },
    output: {} as { readonly stops: number },
  },
}).createMachine({
  context: ({ input }) => ({ order: input.order, stops: 0 }),
  output: ({ context }) => ({ stops: context.stops }),
  initial: 'moving',
  states: {
    moving: {
      after: {
        500: {
          target: 'moving',
          reenter: true,
          actions: [
            assign({ stops: ({ context }) => context.stops + 1 }),
            sendParent(({ context }) => ({ type: 'parcel.moved', stops: context.stops })),
          ],
        },
      },
      on: { hurry: 'close' },
    },
    close: { on: { handed: 'handed' }, after: { 200: 'handed' } },
    handed: { type: 'final' },
  },
});

export const parcel = defineActor({ kind: 'parcel', version: 1, machine: parcelMachine });

type OrderEvent =
  | { readonly type: 'pay'; readonly cents: number }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'parcel.moved'; readonly stops: number }
  | { readonly type: 'remind' | 'hurry' };

const orderMachine = setup({
  types: {
    context: {} as {
      readonly id: string;
      readonly notes: readonly string[];
      readonly moved: number;
      readonly receipt: string;
    },
    input: {} as { readonly id: string },
    events: {} as OrderEvent,
  },
  actions: { 'troupe.send': post },
  actors: {
    parcel: parcelMachine,
    charge: fromPromise<string, { readonly cents: number }>(async (args) => {
      const { input, effectId } = args as typeof args & { readonly effectId: string };
      charges.set(effectId, (charges.get(effectId) ?? 0) + 1);
      return `charged ${input.cents}`;
    }),
  },
}).createMachine({
  context: ({ input }) => ({ id: input.id, notes: [], moved: 0, receipt: '' }),
  initial: 'open',
  on: {
    note: {
      actions: [
        assign({ notes: ({ context, event }) => [...context.notes, event.text] }),
        {
          type: 'troupe.send',
          params: ({ context, event }) => ({
            to: 'stock/main',
            event: { type: 'noted', order: context.id, text: event.text },
          }),
        },
      ],
    },
    'parcel.moved': { actions: assign({ moved: ({ event }) => event.stops }) },
  },
  states: {
    open: {
      entry: raise({ type: 'remind' }, { delay: 300, id: 'reminder' }),
      on: { pay: { target: 'paying', actions: cancel('reminder') }, remind: 'reminded' },
    },
    reminded: { on: { pay: 'paying' } },
    paying: {
      invoke: {
        src: 'charge',
        input: ({ event }) => ({ cents: event.type === 'pay' ? event.cents : 0 }),
        onDone: { target: 'sent', actions: assign({ receipt: ({ event }) => event.output }) },
      },
    },
    sent: {
      entry: {
        type: 'troupe.send',
        params: ({ context }) => ({ to: 'stock/main', event: { type: 'taken', order: context.id } }),
      },
      on: { hurry: { actions: sendTo('parcel', { type: 'hurry' }) } },
      after: { 5000: 'lost' },
      invoke: {
        id: 'parcel',
        src: 'parcel',
        input: ({ context }) => ({ order: context.id }),
        onDone: 'delivered',
      },
    },
    delivered: {
      type: 'final',
      entry: {
        type: 'troupe.send',
        params: ({ context }) => ({ to: 'stock/main', event: { type: 'gone', order: context.id } }),
      },
    },
    lost: { type: 'final' },
  },
});

export const order = defineActor({
  kind: 'order',
  version: 1,
  machine: orderMachine,
  reply: (event, before, after) => ({ [event.type]: [before.value, after.value] }),
});

type StockEvent = {
  readonly type: 'noted' | 'taken' | 'gone';
  readonly order: string;
  readonly text?: string;
};

const stockMachine = setup({
  types: { context: {} as { readonly book: readonly string[] }, events: {} as StockEvent },
}).createMachine({
  context: { book: [] },
  on: {
    '*': {
      actions: assign({
        book: ({ context, event }) => [...context.book, `${event.type} ${event.order} ${event.text ?? ''}`],
      }),
    },
  },
});

export const stock = defineActor({ kind: 'stock', version: 1, machine: stockMachine });
