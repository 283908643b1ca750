/** An actor that keeps the worker it lives in from doing anything, recording included, until it is let go. */
import { openSync, readSync, writeFileSync } from 'node:fs';
import { assign, setup } from 'xstate';
import { defineActor } from '../../../runtime/index.ts';

const machine = setup({
  types: {
    context: {} as { readonly count: number },
    events: {} as { readonly type: 'hold'; readonly fifo: string },
  },
}).createMachine({
  id: 'gate',
  context: { count: 0 },
  on: { hold: { actions: assign({ count: ({ context, event }) => context.count + held(event.fifo) }) } },
});

/** Says that it waits, by a file, and waits for a byte. */
function held(fifo: string): number {
  writeFileSync(`${fifo}.held`, '');
  return readSync(openSync(fifo, 'r'), Buffer.alloc(1));
}

export const gate = defineActor({ kind: 'gate', version: 1, machine });
