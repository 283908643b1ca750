/**
 * A stream that outlives its connections: whoever is cut off goes on behind the last frame that was read. It
 * is patient until it was connected once; after that it comes back for as long as it takes.
 */
import { framesOf } from './frames.ts';
import { pause, pauseOf } from './patience.ts';
import { isPassing, refusalOf } from './problem.ts';
import { aborted, isTroupeError, unanswered } from './refusal.ts';
import type { Remote } from './remote.ts';
import { parsed } from './revived.ts';

export interface Told {
  readonly item: unknown;
  /** The first of a connection. */
  readonly isFirst: boolean;
}

export interface FollowOptions {
  /** Asked for anew with each connection. */
  readonly query?: () => object;
  readonly signal: AbortSignal;
  /** Where there is nothing yet: wait for it. */
  readonly wait?: boolean | undefined;
}

/** Ends when its reader leaves, or the server says that nothing can follow. */
export async function* followed(
  remote: Remote,
  path: string,
  { query, signal, wait }: FollowOptions,
): AsyncGenerator<Told, void, undefined> {
  const { patience } = remote;
  const end = Date.now() + patience.patienceMs;
  let [tries, hasBegun, last]: [number, boolean, string | undefined] = [0, false, undefined];
  for (;;) {
    const lost = new AbortController();
    // A dead connection says nothing, and nobody else says so.
    let hasHeard = true;
    const timer = setInterval(() => {
      if (!hasHeard) lost.abort();
      hasHeard = false;
    }, patience.silenceMs);
    let told: unknown;
    try {
      const both = AbortSignal.any([signal, lost.signal]);
      const response = await remote.response(path, { query: query?.(), last, signal: both });
      // What was waited for is over.
      if (response.status === 204 || response.body === null) return;
      hasBegun = true;
      let isFirst = true;
      for await (const { id, event, text } of framesOf(response.body, () => (hasHeard = true))) {
        tries = 0;
        if (event === 'problem') throw refusalOf(text, 0);
        last = id ?? last;
        yield { item: parsed(text), isFirst };
        isFirst = false;
      }
    } catch (error) {
      if (signal.aborted) throw aborted(signal);
      const isKnown = isTroupeError(error) && !lost.signal.aborted;
      const why = isKnown ? error : unanswered('The stream was cut', error);
      const isEarly = wait === true && why.code === 'NOT_FOUND';
      if (!isEarly && (!isPassing(why) || (!hasBegun && Date.now() > end))) throw why;
      told = why.details['retryAfterMs'];
    } finally {
      clearInterval(timer);
      lost.abort();
    }
    await pause(pauseOf(patience, tries++, told), signal);
  }
}
