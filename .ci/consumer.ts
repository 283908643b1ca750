/**
 * A consumer of the packed package's types, with actors of its own; compiled, never run. The lines that must
 * not compile are marked: one that does is an error.
 */
import * as troupe from 'troupe';
import * as actors from 'troupe/actors';
import * as adapters from 'troupe/adapters';
import * as client from 'troupe/client';
import * as http from 'troupe/http';
import * as inspect from 'troupe/inspect';
import * as storage from 'troupe/storage';
import * as testing from 'troupe/testing';
import { assign, fromPromise, setup } from 'xstate';

export const subpaths: readonly object[] = [
  troupe,
  actors,
  adapters,
  client,
  http,
  inspect,
  storage,
  testing,
];

const machine = setup({
  types: {
    context: {} as { cents: number; charge?: string },
    events: {} as { type: 'order.pay'; cents: number } | { type: 'order.cancel' },
    input: {} as { customer: string },
  },
  actors: { charge: fromPromise<string, { cents: number }>(async ({ input }) => `charged ${input.cents}`) },
}).createMachine({
  context: { cents: 0 },
  initial: 'open',
  states: {
    open: { on: { 'order.pay': { target: 'paid', actions: assign({ cents: ({ event }) => event.cents }) } } },
    paid: {
      initial: 'charging',
      states: {
        charging: {
          invoke: {
            src: 'charge',
            input: ({ context }) => ({ cents: context.cents }),
            onDone: { target: 'charged', actions: assign({ charge: ({ event }) => event.output }) },
          },
        },
        charged: {},
      },
    },
  },
});

export const order = troupe.defineActor({
  kind: 'order',
  version: 1,
  machine,
  reply: (_event, _before, after) => ({ cents: after.context.cents }),
});

export async function byModule(): Promise<void> {
  const opened = await troupe.openTroupe<typeof import('./consumer.ts')>({
    directory: 'data',
    actors: new URL('./consumer.js', import.meta.url),
  });
  const ref = opened.actor('order', '1');
  const receipt = await ref.send({ type: 'order.pay', cents: 1 }, { input: { customer: 'ann' } });
  const cents: number = receipt.reply.cents;
  const { context } = await ref.until('paid.charged');
  const charge: string | undefined = context.charge;
  void [cents, charge];
  // @ts-expect-error an event the machine does not have
  await ref.send({ type: 'order.nope' });
  // @ts-expect-error a payload of another type
  await ref.send({ type: 'order.pay', cents: '1' });
  // @ts-expect-error a kind the module does not export
  opened.actor('ordr', '1');
  // @ts-expect-error a state the machine does not have
  await ref.until('paid.lost');
  // @ts-expect-error a field the context does not have
  void context.nothing;
}

export async function byValue(): Promise<void> {
  const opened = await troupe.openTroupe({ directory: 'data', actors: [order] });
  await opened.actor('order', '1').send({ type: 'order.cancel' });
  await opened.actor(order, '1').send({ type: 'order.pay', cents: 1 });
  // @ts-expect-error an event the machine does not have
  await opened.actor(order, '1').send({ type: 'order.nope' });
  // @ts-expect-error a kind that is not among the values
  opened.actor('lamp', '1');
  // @ts-expect-error values are hosted in this thread
  await troupe.openTroupe({ directory: 'data', actors: [order], workers: 2 });
}
