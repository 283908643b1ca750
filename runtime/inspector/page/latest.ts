/** One question at a time: what is wanted while one is asked is asked once, after it. */
export class Latest {
  readonly #ask: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #isWanted = false;
  #isAsking = false;

  constructor(ask: () => Promise<void>, failed: (error: unknown) => void) {
    this.#ask = ask;
    this.#failed = failed;
  }

  want(): void {
    this.#isWanted = true;
    if (!this.#isAsking) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isAsking = true;
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        await this.#ask();
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isAsking = false;
    }
  }
}
