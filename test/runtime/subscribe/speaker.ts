/** The actor that is watched in the tests of subscriptions. Workers import it: nothing of a test is in it. */
import { assign, setup } from 'xstate';
import { defineActor } from '../../../runtime/index.ts';

export type Said =
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'line'; readonly text?: string }
  | { readonly type: 'rest' | 'end' };

const speakerMachine = setup({
  types: { context: {} as { readonly text: string }, events: {} as Said },
  actions: {
    keep: assign({ text: ({ context, event }) => context.text + ('text' in event ? event.text : '') }),
  },
}).createMachine({
  context: { text: '' },
  initial: 'talking',
  states: {
    talking: { on: { delta: { actions: 'keep' }, line: { actions: 'keep' }, rest: 'resting', end: 'over' } },
    resting: { tags: ['quiet'], on: { line: 'talking', end: 'over' } },
    over: { type: 'final' },
  },
});

/** Commits as it comes, so that windows are those of subscribers alone. */
export const speaker = defineActor({
  kind: 'speaker',
  version: 1,
  machine: speakerMachine,
  coalesce: (previous, next): Said | undefined =>
    previous.type === 'delta' && next.type === 'delta'
      ? { type: 'delta', text: previous.text + next.text }
      : undefined,
  commitWindowMs: 0,
});

/** Ends its worker when it is told to. */
export { counter } from '../actors/sample.ts';
