/** Troupe as an embedder has it: one worker, sends to references, each receipt after its flush. */
import assert from 'node:assert/strict';
import { openHost } from '../crowd.ts';
import { actors } from '../beside/roster.ts';
import { seated } from '../beside/seat.ts';

await seated(async (directory) => {
  const troupe = await openHost(directory, { workers: 1 });
  const refs = Array.from({ length: actors }, (_, i) => troupe.actor('run', String(i)));
  return {
    send: async (actor, event) => refs[actor]?.send(event),
    stored: async () => {
      const snapshots = await Promise.all(refs.map(async (ref) => ref.snapshot()));
      for (const ref of refs) assert((await ref.verify()).ok);
      return snapshots.reduce((sum, { context }) => sum + context.count, 0);
    },
    close: async () => troupe.close(),
  };
});
