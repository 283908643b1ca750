/**
 * A script that reads, as its first argument says, and does nothing else: what it reads comes from a timer of
 * the runtime, which keeps no process alive. It says that it has read, and ends by itself.
 */
import { setup } from 'xstate';
import { defineActor, openTroupe } from '../../../runtime/index.ts';

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
const ref = troupe.actor(bell, 'a');
await ref.send({ type: 'wind' });

const reads: Readonly<Record<string, () => Promise<void>>> = {
  subscription: async () => {
    for await (const { sealed } of ref.subscribe()) if (sealed) return;
  },
  watch: async () => {
    for await (const { changed } of troupe.watch({}, { windowMs: 1 }))
      if (changed.some(({ status }) => status === 'sealed')) return;
  },
  feed: async () => {
    for await (const { items } of troupe.feed())
      if (items.some(({ event }) => event.type === 'timer.fired')) return;
  },
  // Pulled, and given up: nothing is left to wait for.
  nothing: async () => {
    const subscription = ref.subscribe();
    await subscription.next();
    const pulled = subscription.next();
    await subscription.return();
    await pulled;
  },
};

await reads[process.argv[2] ?? '']?.();
console.log('read');
