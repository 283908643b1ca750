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

export class Pushing {
  readonly #route: Route;
  readonly #logger: Logger;
  /** A mailbox is for others too. */
  readonly #most: number;
  #unanswered = 0;
  #failure: Error | undefined;
  #waiting: (() => void)[] = [];

  constructor(route: Route, logger: Logger) {
    this.#route = route;
    this.#logger = logger;
    this.#most = Math.max(1, Math.floor(route.limits.mailboxEvents / 4));
  }

  push(event: AnyEvent, options: Pick<SendOptions, 'id'> | undefined): boolean {
    const request = requestOf(this.#route, event, options);
    this.#unanswered++;
    this.#route.router.send(this.#route.link, { request, resolve: this.#answered, reject: this.#failed });
    return this.#unanswered < this.#most;
  }

  readonly #answered = (): void => {
    this.#unanswered--;
    if (this.#unanswered > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  };

  readonly #failed = (error: Error): void => {
    if (this.#failure === undefined) {
      this.#failure = error;
      const details = { address: this.#route.address, error: loggable(error) };
      this.#logger.warn(details, 'a pushed event failed; flush() tells');
    }
    this.#answered();
  };

  /** All that was pushed so far has its answer; rejects with the first failure since the last flush. */
  async flush(signal: AbortSignal | undefined): Promise<void> {
    if (this.#unanswered > 0) await this.#settled(signal);
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  async #settled(signal: AbortSignal | undefined): Promise<void> {
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
