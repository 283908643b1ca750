/** LMDB as lmdb-js suggests: keys [actor, seq], its own batching and encoding; done when `flushed`. */
import { open } from 'lmdb';
import { actors } from '../beside/roster.ts';
import { seated } from '../beside/seat.ts';
import type { Note } from '../beside/seat.ts';

await seated((directory) => {
  const root = open<Note, [number, number]>({ path: directory, noSubdir: false });
  const seqs = new Uint32Array(actors);
  return {
    send: async (actor, event) => {
      const seq = (seqs[actor] ?? 0) + 1;
      seqs[actor] = seq;
      // What put resolves with is visible, not yet on the disk.
      await root.put([actor, seq], event);
      await root.flushed;
    },
    stored: () => root.getKeysCount(),
    close: async () => root.close(),
  };
});
