/**
 * Emmett, whichever store is below it: an event is appended to its actor's stream with the version that the
 * caller expects, as its command handler does; the store's own reading counts them.
 */
import { actors } from '../beside/roster.ts';
import type { Note, Seat } from '../beside/seat.ts';

/** What both of its stores have. */
export interface EventStore {
  appendToStream(
    stream: string,
    events: readonly { readonly type: string; readonly data: Note }[],
    options: { readonly expectedStreamVersion: bigint | 'STREAM_DOES_NOT_EXIST' },
  ): Promise<{ readonly nextExpectedStreamVersion: bigint }>;
  readStream(stream: string): Promise<{ readonly events: readonly unknown[] }>;
}

export function emmettSeat(store: EventStore, close: () => Promise<void> | void): Seat {
  const versions = Array.from({ length: actors }, (): bigint | undefined => undefined);
  return {
    send: async (actor, event) => {
      const expectedStreamVersion = versions[actor] ?? 'STREAM_DOES_NOT_EXIST';
      const appended = await store.appendToStream(`run-${actor}`, [{ type: event.type, data: event }], {
        expectedStreamVersion,
      });
      versions[actor] = appended.nextExpectedStreamVersion;
    },
    stored: async () => {
      let events = 0;
      for (let actor = 0; actor < actors; actor++) {
        events += (await store.readStream(`run-${actor}`)).events.length;
      }
      return events;
    },
    close,
  };
}
