/**
 * One stream: what a source gives, as frames, until it ends, its reader is gone, or the server closes.
 *   - The next item is asked for when the reader has taken the one before: a slow reader gets fewer, larger
 *     ones, and past its bound a reset, as any subscriber does (P8).
 *   - Whoever reads is authorised again every `authorizeMs` (Q3).
 *   - It says something every `heartbeatMs`, and says so when it ends for a reason of the server's.
 */
import type { Access } from './access.ts';
import { commentOf, frameOf, opening } from './frame.ts';
import type { Answer } from './incoming.ts';
import { problemOf } from './problem.ts';
import type { Call } from './route.ts';
import { assertWelcome } from './welcome.ts';

export interface Told {
  readonly frame: Uint8Array;
  /** Nothing is to follow. */
  readonly isLast: boolean;
}

export interface Source<T> {
  /** What is streamed; it ends with the signal. */
  open(signal: AbortSignal): AsyncIterator<T>;
  told(item: T): Told;
  /** Whether its reader may still see it. */
  readonly isVisible?: (access: Access) => Promise<boolean>;
}

export const eventStream = { content: 'text/event-stream', about: 'Server-sent events' } as const;

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // Of nginx: it would keep what is to be read at once.
  'x-accel-buffering': 'no',
};

/** The answer that streams; throws `TOO_MANY_REQUESTS` before anything is opened. */
export function streamed<T>(call: Call, source: Source<T>): Answer {
  const reading = new Reading(call, source);
  return { status: 200, headers, body: reading.frames() };
}

class Reading<T> {
  readonly #call: Call;
  readonly #source: Source<T>;
  readonly #ended = new AbortController();
  readonly #leave: () => void;
  readonly #timers: NodeJS.Timeout[] = [];
  #arrived: (() => IteratorResult<T, unknown>) | undefined;
  #isClosing = false;
  #isDoubted = false;
  #isQuiet = false;
  #wake: (() => void) | undefined;

  constructor(call: Call, source: Source<T>) {
    this.#call = call;
    this.#source = source;
    this.#leave = call.desk.streams.enter(() => {
      this.#isClosing = true;
      this.#wake?.();
    });
    call.incoming.gone().addEventListener('abort', this.#gone, { once: true });
    if (call.incoming.gone().aborted) this.#gone();
  }

  readonly #gone = (): void => {
    this.#ended.abort();
    this.#wake?.();
    // Its frames may never be asked for again.
    this.#end();
  };

  /** One generator: each that it were made of would cost every frame three turns of the microtasks. */
  async *frames(): AsyncGenerator<Uint8Array, void, undefined> {
    const { signal } = this.#ended;
    const isGone = (): boolean => signal.aborted;
    try {
      if (isGone()) return;
      this.#startTimers();
      const items = this.#source.open(signal);
      yield opening;
      this.#ask(items);
      for (;;) {
        if (!this.#isCalled) await this.#something();
        if (isGone()) return;
        if (this.#arrived !== undefined) {
          const item = this.#arrived();
          this.#arrived = undefined;
          if (item.done === true) return;
          const { frame, isLast } = this.#source.told(item.value);
          yield frame;
          if (isLast) return;
          this.#ask(items);
        } else if (this.#isClosing) {
          yield commentOf('the server closes');
          return;
        } else if (this.#isDoubted) {
          this.#isDoubted = false;
          await this.#assertWelcome();
        } else if (this.#isQuiet) {
          this.#isQuiet = false;
          yield commentOf('still here');
        }
      }
    } catch (error) {
      if (!isGone()) yield frameOf({ event: 'problem', data: problemOf(error) });
    } finally {
      this.#end();
    }
  }

  get #isCalled(): boolean {
    const isAsked = this.#isClosing || this.#isDoubted || this.#isQuiet;
    return this.#arrived !== undefined || isAsked || this.#ended.signal.aborted;
  }

  #ask(items: AsyncIterator<T>): void {
    const arrived = (told: () => IteratorResult<T, unknown>): void => {
      this.#arrived = told;
      this.#wake?.();
    };
    items.next().then(
      (item) => arrived(() => item),
      (error: unknown) =>
        arrived(() => {
          throw error;
        }),
    );
  }

  /** By hand: a race over a promise that lives as long as the stream would grow with each item. */
  #something(): PromiseLike<void> {
    return new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #startTimers(): void {
    const { heartbeatMs, authorizeMs } = this.#call.desk.limits;
    const every = (ms: number, work: () => void): void => {
      const timer = setInterval(() => {
        work();
        this.#wake?.();
      }, ms);
      this.#timers.push(timer);
    };
    every(heartbeatMs, () => (this.#isQuiet = true));
    every(authorizeMs, () => (this.#isDoubted = true));
  }

  async #assertWelcome(): Promise<void> {
    await assertWelcome(this.#call, 'read', this.#source.isVisible);
  }

  #end(): void {
    this.#leave();
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    this.#call.incoming.gone().removeEventListener('abort', this.#gone);
    this.#ended.abort();
  }
}
