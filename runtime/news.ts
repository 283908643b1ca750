/**
 * Who in this thread wants to know which actors have news, and that hosts tell it: in the shortest window
 * that anybody asked for, and not at all when nobody listens.
 */
import type { Link } from './link.ts';
import type { Router } from './router.ts';

export interface Listener {
  readonly windowMs: number;
  /** Undefined: news may have been missed (another host took over); look at everything. */
  heard(addresses: readonly string[] | undefined): void;
  /** A host is gone for good, and with it the news of its actors. */
  failed(error: Error): void;
}

export class News {
  readonly #router: Router;
  readonly #listeners = new Set<Listener>();
  #windowMs: number | undefined;

  constructor(router: Router) {
    this.#router = router;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** Resolves when every host tells its news: whatever becomes durable after that is heard. */
  async listen(listener: Listener): Promise<void> {
    this.#listeners.add(listener);
    await this.#ask();
  }

  leave(listener: Listener): void {
    if (!this.#listeners.delete(listener)) return;
    // Nobody waits for the answer: a host that tells too much is only heard by nobody.
    this.#ask().catch(() => undefined);
  }

  async #ask(): Promise<void> {
    const windows = [...this.#listeners].map(({ windowMs }) => windowMs);
    const windowMs = windows.length === 0 ? undefined : Math.min(...windows);
    const isKnown = windowMs === this.#windowMs;
    this.#windowMs = windowMs;
    if (!isKnown || windowMs !== undefined)
      await Promise.all(this.#router.links.map((link) => this.#tell(link)));
  }

  #tell(link: Link): PromiseLike<unknown> {
    return this.#router.ask(link, {
      op: 'changes',
      ...(this.#windowMs !== undefined && { windowMs: this.#windowMs }),
    });
  }

  heard(addresses: readonly string[]): void {
    for (const listener of this.#listeners) listener.heard(addresses);
  }

  lost(error: Error): void {
    for (const listener of this.#listeners) listener.failed(error);
  }

  /** Whoever listens finds that the runtime is closed. */
  close(): void {
    for (const listener of this.#listeners) listener.heard([]);
  }

  /** Another host: it was not told to tell. */
  revived(link: Link): void {
    if (this.#windowMs === undefined) return;
    const missed = (): void => this.#listeners.forEach((listener) => listener.heard(undefined));
    this.#tell(link).then(missed, missed);
  }
}
