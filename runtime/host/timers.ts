/**
 * All timers of one host behind one handle: a heap ordered by due time (then by the order they were set), and
 * one wait for the earliest. What was cancelled or set anew is passed over when it comes up, and swept out
 * before it outweighs the rest: a state that is left and entered again and again costs one wake, not many.
 *   - Due times are wall-clock: after a suspension everything overdue fires at once, in due order; a clock
 *     that goes back delays, and loses nothing.
 */
import type { Wait } from './clock.ts';

interface Wake {
  readonly due: number;
  readonly order: number;
  readonly address: string;
  /** Undefined: look at the actor, it is not in memory. */
  readonly id: string | undefined;
}

export type Fire = (address: string, id: string | undefined, due: number) => void;

export interface TimerClock {
  readonly now: () => number;
  readonly wait: Wait;
}

/** Longer waits are cut: the clock may be set while we wait. */
const waitMsMax = 10_000;

/** A heap this small is not worth sweeping. */
const sweepMin = 64;

export class Timers {
  #heap: Wake[] = [];
  /** The one wake of each timer that counts. */
  readonly #live = new Map<string, Wake>();
  readonly #clock: TimerClock;
  readonly #fire: Fire;
  #order = 0;
  #stop: (() => void) | undefined;
  #wakesAt = Infinity;
  #closed = false;

  constructor(clock: TimerClock, fire: Fire) {
    this.#clock = clock;
    this.#fire = fire;
  }

  get size(): number {
    return this.#live.size;
  }

  /** With what was replaced or called off and not yet swept out. */
  get heapLength(): number {
    return this.#heap.length;
  }

  set(address: string, id: string | undefined, due: number): void {
    const key = keyOf(address, id);
    if (this.#closed || this.#live.get(key)?.due === due) return;
    const wake = { due, order: this.#order++, address, id };
    this.#live.set(key, wake);
    this.#heap.push(wake);
    this.#up(this.#heap.length - 1);
    this.#sweep();
    this.#arm();
  }

  cancel(address: string, id: string): void {
    this.#live.delete(keyOf(address, id));
    this.#sweep();
  }

  /** Fires what is due; the host calls it at the start of each round, and the wait does. */
  run(): void {
    const now = this.#clock.now();
    for (;;) {
      const [first] = this.#heap;
      if (first === undefined || first.due > now) break;
      this.#pop();
      const key = keyOf(first.address, first.id);
      if (this.#live.get(key) !== first) continue;
      this.#live.delete(key);
      this.#fire(first.address, first.id, first.due);
    }
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    this.#stop?.();
    this.#stop = undefined;
    this.#heap = [];
    this.#live.clear();
  }

  #arm(): void {
    const [first] = this.#heap;
    if (first === undefined || this.#closed) return;
    if (this.#stop !== undefined && this.#wakesAt <= first.due) return;
    this.#stop?.();
    const ms = Math.min(waitMsMax, Math.max(0, first.due - this.#clock.now()));
    this.#wakesAt = first.due;
    this.#stop = this.#clock.wait(ms, () => {
      this.#stop = undefined;
      this.run();
    });
  }

  /** A sorted list is a heap. */
  #sweep(): void {
    if (this.#heap.length < sweepMin || this.#heap.length <= 2 * this.#live.size) return;
    this.#heap = [...this.#live.values()].toSorted((a, b) => (isEarlier(a, b) ? -1 : 1));
  }

  #up(from: number): void {
    const heap = this.#heap;
    for (let i = from; i > 0;) {
      const parent = (i - 1) >> 1;
      const [a, b] = [heap[i], heap[parent]];
      if (a === undefined || b === undefined || !isEarlier(a, b)) return;
      heap[i] = b;
      heap[parent] = a;
      i = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        const [a, b] = [heap[child], heap[least]];
        if (a !== undefined && b !== undefined && isEarlier(a, b)) least = child;
      }
      if (least === i) return;
      const [a, b] = [heap[i], heap[least]];
      if (a === undefined || b === undefined) return;
      heap[i] = b;
      heap[least] = a;
      i = least;
    }
  }
}

function keyOf(address: string, id: string | undefined): string {
  return id === undefined ? address : `${address} ${id}`;
}

function isEarlier(a: Wake, b: Wake): boolean {
  return a.due === b.due ? a.order < b.order : a.due < b.due;
}
