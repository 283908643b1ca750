/**
 * The statechart that benchmarks of the host drive, as an actors module: two states in turn, a counter and a
 * sum, so that every event is a transition with an assign. The same machine is given to XState alone.
 */
import { assign, setup } from 'xstate';
import { defineActor } from '../runtime/index.ts';

export const counting = setup({
  types: {
    context: {} as { count: number; letters: number },
    events: {} as { type: 'note'; n: number; text: string },
  },
  actions: {
    take: assign({
      count: ({ context }) => context.count + 1,
      letters: ({ context, event }) => context.letters + event.text.length,
    }),
  },
}).createMachine({
  id: 'counting',
  initial: 'even',
  context: { count: 0, letters: 0 },
  states: {
    even: { on: { note: { target: 'odd', actions: 'take' } } },
    odd: { on: { note: { target: 'even', actions: 'take' } } },
  },
});

const waiting = setup({ types: { events: {} as { type: 'wait' } } }).createMachine({
  id: 'waiting',
  initial: 'idle',
  states: {
    idle: { on: { wait: 'waiting' } },
    waiting: { after: { 3_600_000: 'over' } },
    over: {},
  },
});

export const run = defineActor({ kind: 'run', version: 1, machine: counting });

/** The same with a running summary. */
export const folded = defineActor({
  kind: 'folded',
  version: 1,
  machine: counting,
  digest: {
    schema: 1,
    start: () => ({ facts: 0, letters: 0, last: '' }),
    fold: ({ facts, letters }, { event }) => {
      const text = 'text' in event && typeof event.text === 'string' ? event.text : '';
      return { facts: facts + 1, letters: letters + text.length, last: event.type };
    },
  },
});

/** Has a timer that is far from due. */
export const sleeper = defineActor({ kind: 'sleeper', version: 1, machine: waiting });
