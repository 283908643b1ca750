/**
 * The actors that load is put on, as an actors module: a tally that counts what it is told until it is ended,
 * one that ends its worker's thread, and the speakers of the benchmarks.
 */
import { assign, setup } from 'xstate';
import { defineActor } from '../../runtime/index.ts';

export { speaker } from '../speaker.ts';

export type TallyEvent =
  | { readonly type: 'note'; readonly n: number; readonly text: string }
  | { readonly type: 'end' };

const tallying = setup({
  types: { context: {} as { readonly count: number; readonly last: number }, events: {} as TallyEvent },
  actions: {
    take: assign({
      count: ({ context }) => context.count + 1,
      last: ({ context, event }) => (event.type === 'note' ? event.n : context.last),
    }),
  },
}).createMachine({
  id: 'tallying',
  context: { count: 0, last: 0 },
  initial: 'open',
  states: {
    open: { on: { note: { actions: 'take' }, end: 'over' } },
    over: { type: 'final' },
  },
});

export const tally = defineActor({ kind: 'tally', version: 1, machine: tallying });

const breaking = setup({
  types: { events: {} as { readonly type: 'break' } },
  // After its commit, so that it happens once: the thread ends, and the process goes on.
  actions: { endThread: () => process.exit(1) },
}).createMachine({ id: 'breaking', on: { break: { actions: 'endThread' } } });

export const breaker = defineActor({ kind: 'breaker', version: 1, machine: breaking });
