/**
 * What a look at a session needs of it: its recorded facts and those to come, as a reference gives them.
 */
import type { Fact } from '../../actors/fact.ts';
import type { Wait } from '../host/clock.ts';
import type { Notification } from '../notification.ts';
import type { SubscribeOptions } from '../subscribeOptions.ts';

/** What is recorded of it. */
export interface SessionHistory {
  readonly address: string;
  history(options?: { readonly after?: number; readonly before?: number }): AsyncIterable<Fact>;
}

/** And what is to come. */
export interface SessionFacts extends SessionHistory {
  subscribe(options?: SubscribeOptions): AsyncIterable<Notification>;
}

/** The time as the session's facts have it. */
export interface SessionClock {
  readonly now: () => number;
  readonly wait: Wait;
}

/** Facts that are told together; the last ones of all are `sealed`. */
export interface Batch {
  readonly facts: readonly Fact[];
  readonly to: number;
  readonly sealed: boolean;
}

/**
 * Every fact behind `after`, and then those to come, until the seal. A reader that was too slow for the
 * subscription finds what it missed in the journal: bytes cannot be summed up.
 */
export async function* following(
  session: SessionFacts,
  after: number,
  signal?: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  let last = after;
  const options = { after, windowMs: 0, ...(signal !== undefined && { signal }) };
  for await (const { facts, to, sealed, reset } of session.subscribe(options)) {
    if (reset !== undefined) {
      for await (const fact of session.history({ after: last, before: to + 1 })) {
        yield { facts: [fact], to: fact.to, sealed: false };
      }
    }
    last = to;
    yield { facts, to, sealed };
  }
}
