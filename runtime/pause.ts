/**
 * Pauses between tries that nobody's answer would end: no send is under way, and yet there was no room. As
 * long as there are no sends but the tries themselves, each pause is twice as long as the one before.
 */
const msMin = 1;
const msMax = 1_000;

export interface Tries {
  /** Sends so far. */
  readonly sent: () => number;
  /** Lets everybody try again, and says how many that were. */
  readonly wake: () => number;
}

export class Pause {
  readonly #tries: Tries;
  #ms = msMin;
  #sent = 0;
  #woken = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(tries: Tries) {
    this.#tries = tries;
  }

  begin(): void {
    if (this.#timer !== undefined) return;
    const others = this.#tries.sent() - this.#sent - this.#woken;
    this.#ms = others > 0 ? msMin : Math.min(msMax, this.#ms * 2);
    this.#timer = setTimeout(() => this.end(), this.#ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sent = this.#tries.sent();
    this.#woken = this.#tries.wake();
  }
}
