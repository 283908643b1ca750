/**
 * Sends without a promise each, for streams of small events: `push` takes an event and says whether to go on;
 * `flush` waits for all of them and tells the first failure.
 *   - `false` means: taken, but await `flush` before the next one (as a stream's `write`).
 *   - Who does not wait is refused in the end (`unansweredSends`); the next `flush` tells.
 */
import type { AnyEvent } from '../actors/fact.ts';
import { abortError } from './abort.ts';
import { loggable } from './logger.ts';
import type { Logger } from './logger.ts';
import { requestOf } from './sending.ts';
import type { Route, SendOptions } from './sending.ts';

/** What was pushed between two flushes. The answers are counted, so that a push costs no promise. */
class Batch {
  unanswered = 0;
  failure: Error | undefined;
  readonly #waiting: (() => void)[] = [];

  answered(): void {
    if (--this.unanswered > 0) return;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async settled(signal: AbortSignal | undefined): Promise<void> {
    if (this.unanswered === 0) return undefined;
    if (signal?.aborted === true) throw abortError(signal, 'unknown');
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(abortError(signal, 'unknown'));
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
    });
  }
}

/** Where pushes go now; the two functions serve all of them. */
interface Open {
  readonly batch: Batch;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Pushing {
  readonly #route: Route;
  readonly #logger: Logger;
  /** A mailbox is for others too. */
  readonly #most: number;
  #unanswered = 0;
  /** Flushed, and not answered yet. */
  readonly #flushed = new Set<Batch>();
  #open: Open;

  constructor(route: Route, logger: Logger) {
    this.#route = route;
    this.#logger = logger;
    this.#most = Math.max(1, Math.floor(route.limits.mailboxEvents / 4));
    this.#open = this.#begin();
  }

  push(event: AnyEvent, options: Pick<SendOptions, 'id'> | undefined): boolean {
    const request = requestOf(this.#route, event, options);
    const { batch, resolve, reject } = this.#open;
    this.#unanswered++;
    batch.unanswered++;
    this.#route.router.send(this.#route.link, { request, resolve, reject });
    return this.#unanswered < this.#most;
  }

  #begin(): Open {
    const batch = new Batch();
    const resolve = (): void => {
      this.#unanswered--;
      batch.answered();
    };
    const reject = (error: Error): void => {
      if (batch.failure === undefined) {
        batch.failure = error;
        const details = { address: this.#route.address, error: loggable(error) };
        this.#logger.warn(details, 'a pushed event failed; flush() tells');
      }
      resolve();
    };
    return { batch, resolve, reject };
  }

  /**
   * All that was pushed so far has its answer, whatever is pushed meanwhile; rejects with the first failure
   * since the last flush.
   */
  async flush(signal: AbortSignal | undefined): Promise<void> {
    this.#flushed.add(this.#open.batch);
    this.#open = this.#begin();
    let failure: Error | undefined;
    // Of earlier flushes that are under way, too, or were called off.
    for (const batch of Array.from(this.#flushed)) {
      await batch.settled(signal);
      this.#flushed.delete(batch);
      failure ??= batch.failure;
      batch.failure = undefined;
    }
    if (failure !== undefined) throw failure;
  }
}
