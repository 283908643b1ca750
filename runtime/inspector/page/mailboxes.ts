/** What waits for the actors that can be seen, and which worker has them: asked for while somebody looks. */
import { ApiError, read } from './api.ts';
import { isLive } from './door.ts';
import { Latest } from './latest.ts';

export interface Mailbox {
  readonly address: string;
  readonly worker: number;
  readonly waiting?: number;
}

/** So often, and of no more than the API tells at once. */
const everyMs = 2000;
const addressesMax = 200;

export class Mailboxes {
  readonly #seen: () => readonly string[];
  readonly #told = new Map<string, Mailbox>();
  readonly #latest: Latest;
  #hasBegun = false;

  /** `seen`: of which actors; none: nobody looks. */
  constructor(seen: () => readonly string[], news: () => void, refused: (error: ApiError) => void) {
    this.#seen = seen;
    this.#latest = new Latest(
      async () => this.#ask(news),
      // A connection that is lost is told by the stream of rows.
      (error) => error instanceof ApiError && refused(error),
    );
    if (isLive) setInterval(() => document.hidden || this.#latest.want(), everyMs);
  }

  /** There is something to be seen: the first time nobody waits for the clock. */
  begin(): void {
    if (isLive && !this.#hasBegun) this.#latest.want();
    this.#hasBegun = true;
  }

  of(address: string): Mailbox | undefined {
    return this.#told.get(address);
  }

  async #ask(news: () => void): Promise<void> {
    const addresses = this.#seen().slice(0, addressesMax);
    if (addresses.length === 0) return;
    const query = addresses.map((address) => `address=${encodeURIComponent(address)}`).join('&');
    const { items } = await read<{ readonly items: readonly Mailbox[] }>(`mailboxes?${query}`);
    for (const item of items) this.#told.set(item.address, item);
    news();
  }
}
