/**
 * The actors module of the consumer.
 */
import { defineActor } from 'troupe';
import { assign, setup } from 'xstate';

const lamp = setup({}).createMachine({
  context: { presses: 0 },
  initial: 'off',
  states: {
    off: {
      on: {
        'lamp.press': { target: 'on', actions: assign({ presses: ({ context }) => context.presses + 1 }) },
      },
    },
    on: { after: { 300: 'off' } },
  },
});

export const lampActor = defineActor({ kind: 'lamp', version: 1, machine: lamp });
