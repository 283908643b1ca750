/**
 * An iterator that can be left while its next item is waited for: a generator alone would end only when that
 * item comes, and of a quiet stream none may ever come.
 */
type Items<T> = AsyncGenerator<T, void, undefined>;

export class Endable<T> implements AsyncIterableIterator<T, void> {
  readonly #left = new AbortController();
  readonly #items: Items<T>;

  constructor(outer: AbortSignal | undefined, open: (signal: AbortSignal) => Items<T>) {
    const { signal } = this.#left;
    this.#items = open(outer === undefined ? signal : AbortSignal.any([outer, signal]));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, void>> {
    try {
      return await this.#items.next();
    } catch (error) {
      if (this.#left.signal.aborted) return { done: true, value: undefined };
      throw error;
    }
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.#left.abort();
    return this.#items.return();
  }
}
