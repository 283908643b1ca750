/**
 * Time that stands still until it is moved; then whatever came due in between happens, in due order.
 */
import type { Wait } from './host/clock.ts';
import type { Clock } from './options.ts';

interface Waiting {
  readonly at: number;
  readonly ms: number;
  readonly work: () => void;
}

export class VirtualClock {
  #now: number;
  #waiting: readonly Waiting[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** When the next wait comes due. */
  get next(): number | undefined {
    return this.#waiting[0]?.at;
  }

  /** Moves to a later time at which nothing has come due. */
  moveTo(at: number): void {
    this.#now = Math.max(this.#now, at);
  }

  /** Moves to the next due time; false: what came due was only a beat, which waits as long again. */
  fire(): boolean {
    const [due, ...rest] = this.#waiting;
    if (due === undefined) return false;
    this.moveTo(due.at);
    this.#waiting = rest;
    due.work();
    const again = this.#waiting.filter((one) => !rest.includes(one));
    return !(again.length === 1 && again[0]?.ms === due.ms && this.#waiting.length === rest.length + 1);
  }

  /** The clock of one life of a runtime: what waits in it is gone when that life ends. */
  life(): Required<Clock> & { end(): void } {
    const own = new Set<Waiting>();
    const wait: Wait = (ms, work) => {
      const waiting = { at: this.#now + ms, ms, work };
      own.add(waiting);
      const index = this.#waiting.findIndex(({ at }) => at > waiting.at);
      this.#waiting = this.#waiting.toSpliced(index < 0 ? this.#waiting.length : index, 0, waiting);
      return () => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
      };
    };
    const end = (): void => {
      this.#waiting = this.#waiting.filter((one) => !own.has(one));
    };
    return { now: () => this.#now, wait, end };
  }
}
