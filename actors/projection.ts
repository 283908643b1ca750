/**
 * The projection of one watched actor: decides when its subscribers are told. A throttle, not a debounce:
 * text opens a window, more text never moves its end, and whatever has structure ends it at once.
 *
 *   quiet ──text──▶ gathering ──window.ended | structure──▶ quiet        any ──sealed──▶ ended
 *
 * It decides and holds nothing: facts are gathered by who drives it (runtime/host/projection.ts), which does
 * what the actions say: `openWindow`, `tell`.
 */
import { setup } from 'xstate';

export type ProjectionEvent =
  /** A commit that only holds what merges with its like. */
  | { readonly type: 'text' }
  /** A commit with anything else. */
  | { readonly type: 'structure' }
  | { readonly type: 'window.ended' }
  /** Somebody must know everything up to here: a subscriber that joins, or a flush. */
  | { readonly type: 'cut' }
  /** The commit that ends the actor. */
  | { readonly type: 'sealed' };

/** What the driver of a projection does. */
export type ProjectionAction = 'openWindow' | 'tell';

const nothing = (): void => undefined;

export const projection = setup({
  types: { events: {} as ProjectionEvent },
  actions: { openWindow: nothing, tell: nothing },
}).createMachine({
  id: 'projection',
  initial: 'quiet',
  states: {
    quiet: {
      on: {
        text: 'gathering',
        structure: { actions: 'tell' },
        sealed: { target: 'ended', actions: 'tell' },
      },
    },
    gathering: {
      entry: 'openWindow',
      on: {
        text: {},
        structure: { target: 'quiet', actions: 'tell' },
        'window.ended': { target: 'quiet', actions: 'tell' },
        cut: { target: 'quiet', actions: 'tell' },
        sealed: { target: 'ended', actions: 'tell' },
      },
    },
    ended: { type: 'final' },
  },
});
