/**
 * The ends of all open windows of one host behind one wait: windows of one length end in the order they were
 * opened, so each length has a queue, and the wait is for the earliest front.
 */
import type { TimerClock } from './timers.ts';

interface Window {
  readonly at: number;
  readonly end: () => void;
}

export class Windows {
  readonly #clock: TimerClock;
  readonly #queues = new Map<number, Window[]>();
  #next: { readonly at: number; readonly stop: () => void } | undefined;

  constructor(clock: TimerClock) {
    this.#clock = clock;
  }

  open(ms: number, end: () => void): void {
    const window = { at: this.#clock.now() + ms, end };
    const queue = this.#queues.get(ms);
    if (queue === undefined) this.#queues.set(ms, [window]);
    else queue.push(window);
    this.#arm();
  }

  #arm(): void {
    let at = Infinity;
    for (const [window] of this.#queues.values()) if (window !== undefined) at = Math.min(at, window.at);
    if (at === Infinity || (this.#next !== undefined && this.#next.at <= at)) return;
    this.#next?.stop();
    const ms = Math.min(Math.max(0, at - this.#clock.now()), Math.max(...this.#queues.keys()));
    this.#next = { at, stop: this.#clock.wait(ms, () => this.#run(at)) };
  }

  /** Waited for `at`: a clock that was set back meanwhile must not keep windows open. */
  #run(at: number): void {
    this.#next = undefined;
    const now = Math.max(at, this.#clock.now());
    for (const [ms, queue] of this.#queues) {
      const open = queue.findIndex((window) => window.at > now);
      const ended = queue.splice(0, open < 0 ? queue.length : open);
      if (queue.length === 0) this.#queues.delete(ms);
      for (const { end } of ended) end();
    }
    this.#arm();
  }

  close(): void {
    this.#next?.stop();
    this.#queues.clear();
  }
}
