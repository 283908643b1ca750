/** How much a bundle may still take in, and what had to be left out of it. */
import { bytesMax } from './limits.ts';

export class Budget {
  /** Sentences for whoever looks at it. */
  readonly left: string[] = [];
  #facts: number;
  #bytes = bytesMax;

  constructor(facts: number) {
    this.#facts = facts;
  }

  get isSpent(): boolean {
    return this.#facts <= 0 || this.#bytes <= 0;
  }

  /** Takes a fact, with all that is told of it. */
  spend(...values: readonly unknown[]): void {
    this.#facts--;
    this.weigh(...values);
  }

  weigh(...values: readonly unknown[]): void {
    for (const value of values) this.#bytes -= JSON.stringify(value).length;
  }
}
