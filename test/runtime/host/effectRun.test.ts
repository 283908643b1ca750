/** A machine's own sources learn who runs them, and how often. */
import { assign, createActor, fromPromise, setup, waitFor } from 'xstate';
import { expect, test } from 'vitest';
import { defineActor, effectRun } from '../../../runtime/index.ts';
import { openStage } from './kit.ts';

const payMachine = setup({
  types: { context: {} as { readonly paid: unknown }, events: {} as { type: 'pay' } },
  actors: {
    charge: fromPromise<unknown, { cents: number }>(async (args) => {
      const { input, signal, attempt, effectId, address } = effectRun(args);
      if (attempt === 1) throw new Error('again');
      return { cents: input.cents, aborted: signal.aborted, attempt, effectId, address };
    }),
  },
}).createMachine({
  context: { paid: undefined },
  initial: 'open',
  states: {
    open: { on: { pay: 'paying' } },
    paying: {
      invoke: {
        src: 'charge',
        input: { cents: 5 },
        onDone: { target: 'open', actions: assign({ paid: ({ event }) => event.output }) },
        onError: { target: 'open', actions: assign({ paid: ({ event }) => event.error }) },
      },
    },
  },
});
const tasks = { charge: { attempts: 2, backoffMs: 10 } };
const pay = defineActor({ kind: 'pay', version: 1, machine: payMachine, tasks });

test('effectRun gives a source its input, signal, attempt, effect id and address', async () => {
  const stage = await openStage([pay]);
  const ref = stage.troupe.actor('pay', '1');
  await ref.send({ type: 'pay' });
  const paid = ref.until(({ context }) => context.paid !== undefined);
  await stage.idle();
  stage.clock.advance(10);
  expect((await paid).context.paid).toEqual({
    cents: 5,
    aborted: false,
    attempt: 2,
    effectId: expect.stringMatching(/^pay\/1#/) as string,
    address: 'pay/1',
  });
});

test('outside a runtime it is UNSUPPORTED', async () => {
  const actor = createActor(payMachine).start();
  actor.send({ type: 'pay' });
  const { context } = await waitFor(actor, (snapshot) => snapshot.context.paid !== undefined);
  expect(context.paid).toMatchObject({ code: 'UNSUPPORTED' });
});
