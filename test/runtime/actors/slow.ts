/** An actor whose events wait until another kind of event comes. */
import { setup } from 'xstate';
import { defineActor } from '../../../runtime/index.ts';

type Say = { readonly type: 'say' | 'end'; readonly text: string };

/** What it is told waits for more of it until something else comes. */
export const slow = defineActor({
  kind: 'slow',
  version: 1,
  machine: setup({ types: { events: {} as Say } }).createMachine({ on: { say: {}, end: {} } }),
  coalesce: (a: Say, b: Say) => (a.text === b.text && a.type === b.type && a.type === 'say' ? a : undefined),
  commitWindowMs: 600_000,
});
