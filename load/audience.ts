/** Who listens to the speakers of a benchmark: one counts letters, one times what it is told. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Ref } from '../runtime/index.ts';
import type { speaker } from './speaker.ts';

export type Speaker = Ref<typeof speaker>;

export const windowMs = 33;
const probeMs = 50;

/** A subscriber that counts what it is told. */
export class Heard {
  letters = 0;
  /** The newest. */
  line = 0;
  readonly #subscription: ReturnType<Speaker['subscribe']>;
  readonly #ended: Promise<void>;

  constructor(ref: Speaker) {
    this.#subscription = ref.subscribe({ windowMs });
    this.#ended = this.#read();
  }

  async leave(): Promise<void> {
    await this.#subscription.return();
    await this.#ended;
  }

  async #read(): Promise<void> {
    for await (const { facts } of this.#subscription) {
      for (const { event } of facts) {
        if (event.type === 'delta') this.letters += event.text.length;
        if (event.type === 'line') this.line = event.n;
      }
    }
  }
}

/** From a structural event's send to its arrival, again and again. */
export class Probe {
  readonly took: number[] = [];
  readonly #ref: Speaker;

  constructor(ref: Speaker) {
    this.#ref = ref;
  }

  async run(seconds: number): Promise<void> {
    const subscription = this.#ref.subscribe({ wait: true, windowMs });
    const end = performance.now() + seconds * 1000;
    for (let n = 1; performance.now() < end; n++) {
      const start = performance.now();
      const sent = this.#ref.send({ type: 'line', n });
      for (let seen = 0; seen < n;) {
        const { value } = await subscription.next();
        for (const { event } of value?.facts ?? []) if (event.type === 'line') seen = event.n;
      }
      this.took.push(performance.now() - start);
      await sent;
      await pause(probeMs);
    }
    await subscription.return();
  }
}
