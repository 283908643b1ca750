/**
 * How late a reader hears, and when its worker was gone: what happens between two samples. Silence is lag,
 * too: a reader that hears nothing is as late as it has heard nothing.
 */
import { percentile } from '../measure.ts';

/** What was late because of a kill may be heard so much later than the worker is back. */
const afterMs = 1000;

export interface HeardBetween {
  readonly lag: number;
  readonly killed: boolean;
}

export class Hearing {
  readonly #now: () => number;
  #late: number[] = [];
  #heardAt: number;
  #sampledAt: number;
  /** The last kill; Infinity: the worker is not back yet. */
  #backAt = -Infinity;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#heardAt = now();
    this.#sampledAt = now();
  }

  heard(lateMs: number): void {
    this.#late.push(lateMs);
    this.#heardAt = this.#now();
  }

  /** A worker is killed now. */
  killed(): void {
    this.#backAt = Infinity;
  }

  /** It answers again. */
  back(): void {
    this.#backAt = this.#now();
  }

  /** Since the last time this was asked. */
  taken(): HeardBetween {
    const now = this.#now();
    const late = this.#late;
    this.#late = [];
    const killed = this.#backAt + afterMs >= this.#sampledAt;
    this.#sampledAt = now;
    return { lag: late.length > 0 ? percentile(late, 99) : now - this.#heardAt, killed };
  }
}
