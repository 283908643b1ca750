/**
 * A script that reads, one way after another, and does nothing else: what it reads comes from a timer of the
 * runtime, which keeps no process alive. It says what it has read, and ends by itself.
 */
import { setup } from 'xstate';
import { defineActor, openTroupe } from '../../../runtime/index.ts';
import type { Ref } from '../../../runtime/ref.ts';

const bell = defineActor({
  kind: 'bell',
  version: 1,
  machine: setup({ types: { events: {} as { readonly type: 'wind' } } }).createMachine({
    initial: 'still',
    states: {
      still: { on: { wind: 'ringing' } },
      ringing: { after: { 50: 'over' } },
      over: { type: 'final' },
    },
  }),
});

const troupe = await openTroupe({ actors: [bell], workers: 0, journal: { kind: 'memory' } });
type Bell = Ref<typeof bell>;

const reads: Readonly<Record<string, (ref: Bell) => Promise<void>>> = {
  subscription: async (ref) => {
    for await (const { sealed } of ref.subscribe()) if (sealed) return;
  },
  watch: async ({ address }) => {
    for await (const { changed } of troupe.watch({}, { windowMs: 1 }))
      if (changed.some((row) => row.address === address && row.status === 'sealed')) return;
  },
  feed: async (ref) => {
    for await (const { items } of troupe.feed())
      if (items.some(({ address, event }) => address === ref.address && event.type === 'timer.fired')) return;
  },
  // Pulled, and given up: nothing is left to wait for.
  nothing: async (ref) => {
    const subscription = ref.subscribe();
    await subscription.next();
    const pulled = subscription.next();
    await subscription.return();
    await pulled;
  },
};

for (const [what, read] of Object.entries(reads)) {
  const ref = troupe.actor('bell', what);
  await ref.send({ type: 'wind' });
  await read(ref);
  console.log(what);
}
