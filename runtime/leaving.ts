/**
 * What waits on behalf of one handle of a runtime: the handle's close ends it with `CLOSED`, also where
 * another handle keeps the directory open; so do its caller's signal and the time it was given.
 */
import { TroupeError } from '../actors/troupeError.ts';
import type { Wait } from './host/clock.ts';
import { assertMs, assertNames } from './invalidOption.ts';

/** How long something is waited for. */
export interface UntilOptions {
  /** `TIMEOUT` after so long; absent: for ever. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const untilNames: Readonly<Record<keyof UntilOptions, true>> = { timeoutMs: true, signal: true };

export function closed(): TroupeError {
  return new TroupeError('CLOSED', 'This runtime is closed. Open it again.', { outcome: 'none' });
}

/** The waits of one handle. */
export class Leaving {
  readonly #ends = new Set<(error: TroupeError) => void>();
  #isOver = false;

  /** Gives what takes it away again. */
  add(end: (error: TroupeError) => void): () => void {
    if (this.#isOver) end(closed());
    else this.#ends.add(end);
    return () => void this.#ends.delete(end);
  }

  /** The handle is closed. */
  end(): void {
    this.#isOver = true;
    for (const end of this.#ends) end(closed());
    this.#ends.clear();
  }

  /** What comes of `work`, which its signal ends. */
  async during<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const wait = this.#wait(signal);
    try {
      return await work(wait.signal);
    } catch (error) {
      throw wait.cause() ?? error;
    } finally {
      wait.over();
    }
  }

  /** The same for what is iterated. */
  async *following<T>(
    signal: AbortSignal | undefined,
    begin: (signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T, void, undefined> {
    const wait = this.#wait(signal);
    try {
      yield* begin(wait.signal);
    } catch (error) {
      throw wait.cause() ?? error;
    } finally {
      wait.over();
    }
  }

  /** The same with a time limit, in the words of what is waited for. */
  async within<T>(
    what: string,
    { timeoutMs, signal }: UntilOptions,
    wait: Wait,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (timeoutMs === undefined) return this.during(signal, work);
    const late = new AbortController();
    const text = `${what} did not come in ${timeoutMs} ms; waiting only looked, and has changed nothing.`;
    const error = new TroupeError('TIMEOUT', text, { outcome: 'none', timeoutMs });
    const stop = wait(timeoutMs, () => late.abort());
    const either = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
    try {
      return await this.during(either, work);
    } catch (thrown) {
      throw late.signal.aborted && signal?.aborted !== true ? error : thrown;
    } finally {
      stop();
    }
  }

  #wait(signal: AbortSignal | undefined) {
    const own = new AbortController();
    let cause: TroupeError | undefined;
    const over = this.add((error) => {
      cause = error;
      own.abort();
    });
    const either = signal === undefined ? own.signal : AbortSignal.any([signal, own.signal]);
    return { signal: either, over, cause: () => cause };
  }
}

/** Refuses what nobody knows. */
export function assertUntil(of: string, options: UntilOptions): void {
  assertNames(of, options, untilNames);
  assertMs('timeoutMs', options.timeoutMs);
}
