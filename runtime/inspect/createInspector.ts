/**
 * Tells a server what an app's own actors do: `createActor(machine, { inspect: inspector.inspect })`.
 *   - The app pays for a reference and a timer; values are looked at when they are sent, together.
 *   - What waits is bounded: the oldest goes first, and the server is told how much that was.
 *   - Nothing is thrown into the app. A server that is not there is tried again; one that refuses is not, and
 *     `onError` hears why.
 */
import type { InspectionEvent } from 'xstate';
import { refusal } from '../client/refusal.ts';
import { Sending } from './sending.ts';
import { inspectedOf } from './told.ts';

/** Where an inspector sends, and how it is shown there. */
export interface InspectorOptions {
  /** Of the server: `http://127.0.0.1:4711`. */
  readonly url: string;
  /** `Authorization: Bearer …` of every request. */
  readonly token?: string;
  /** What the app is called in the fleet. */
  readonly name?: string;
  /** Events that wait to be sent; past it the oldest are dropped. 1000 unless told. */
  readonly waitingMax?: number;
  /** What happens within it is sent together. 100 ms unless told. */
  readonly windowMs?: number;
  /** Hears why nothing is sent any more, or not yet; once for each reason. */
  readonly onError?: (error: Error) => void;
  /** Instead of the global one. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** Tells a server of an app's own actors. */
export interface Inspector {
  /** For `createActor(machine, { inspect })`; any number of actors share it. */
  readonly inspect: (event: InspectionEvent) => void;
  /** Events that were never sent. */
  readonly dropped: number;
  /** Settles when everything so far was sent, or could not be. */
  flush(): Promise<void>;
  /** Flushes, and says goodbye; whatever comes after that is not told. */
  close(): Promise<void>;
}

/** Throws `INVALID_OPTION` for a URL that is none; nothing is sent before an actor does something. */
export function createInspector(options: InspectorOptions): Inspector {
  if (!URL.canParse(options.url)) {
    throw refusal('INVALID_OPTION', `"${options.url}" is no URL.`, { option: 'url' });
  }
  const sending = new Sending(options);
  return {
    inspect: (event) => {
      try {
        const inspected = inspectedOf(event);
        if (inspected !== undefined) sending.add(inspected);
      } catch (error) {
        sending.report(error);
      }
    },
    get dropped() {
      return sending.dropped;
    },
    flush: async () => sending.flush(),
    close: async () => sending.close(),
  };
}
