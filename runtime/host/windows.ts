/**
 * The ends of all open windows of one host, behind one wait for each length: windows of one length end in the
 * order they were opened. None waits longer than its length, whatever somebody sets the clock to.
 */
import type { TimerClock } from './timers.ts';

interface Window {
  readonly at: number;
  readonly end: () => void;
}

interface Queue {
  readonly ms: number;
  readonly windows: Window[];
  stop: (() => void) | undefined;
}

export class Windows {
  readonly #clock: TimerClock;
  readonly #queues = new Map<number, Queue>();

  constructor(clock: TimerClock) {
    this.#clock = clock;
  }

  open(ms: number, end: () => void): void {
    const window = { at: this.#clock.now() + ms, end };
    const queue = this.#queues.get(ms);
    if (queue !== undefined) queue.windows.push(window);
    else this.#arm({ ms, windows: [window], stop: undefined }, window.at);
  }

  #arm(queue: Queue, at: number): void {
    this.#queues.set(queue.ms, queue);
    const ms = Math.min(Math.max(0, at - this.#clock.now()), queue.ms);
    queue.stop = this.#clock.wait(ms, () => this.#run(queue, at));
  }

  /** Waited for `at`: a clock that was set back meanwhile must not keep windows open. */
  #run({ ms, windows }: Queue, at: number): void {
    const now = Math.max(at, this.#clock.now());
    const open = windows.findIndex((window) => window.at > now);
    const ended = windows.splice(0, open < 0 ? windows.length : open);
    const [next] = windows;
    if (next === undefined) this.#queues.delete(ms);
    else this.#arm({ ms, windows, stop: undefined }, next.at);
    for (const { end } of ended) end();
  }

  close(): void {
    for (const { stop } of this.#queues.values()) stop?.();
    this.#queues.clear();
  }
}
