/**
 * An actor that streams text, as an agent's run does: deltas that merge for who watches, and a line now and
 * then that has structure. Its definition is an actors module.
 */
import { assign, setup } from 'xstate';
import { defineActor } from '../runtime/index.ts';

export type Said =
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'line'; readonly n: number }
  | { readonly type: 'end' };

const speaking = setup({
  types: { context: {} as { readonly letters: number }, events: {} as Said },
  actions: {
    count: assign({
      letters: ({ context, event }) => context.letters + (event.type === 'delta' ? event.text.length : 0),
    }),
  },
}).createMachine({
  id: 'speaking',
  context: { letters: 0 },
  initial: 'talking',
  states: {
    talking: { on: { delta: { actions: 'count' }, line: {}, end: 'over' } },
    over: { type: 'final' },
  },
});

export const speaker = defineActor({
  kind: 'speaker',
  version: 1,
  machine: speaking,
  commitWindowMs: 33,
  coalesce: (previous, next): Said | undefined =>
    previous.type === 'delta' && next.type === 'delta'
      ? { type: 'delta', text: previous.text + next.text }
      : undefined,
});
