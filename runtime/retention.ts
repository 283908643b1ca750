/**
 * Retention: what ended long ago goes by itself, histories and bodies first, rows and seals later. Counters
 * of usage stay.
 *   - One sweep an hour looks at sealed actors, oldest first, in pieces with a pause between them: its work
 *     at a time is bounded, whatever there is. The next one begins where nothing older is left to do.
 *   - Who still owes something (a message to its parent) stays until it has been taken.
 *   - Watchers hear of rows that are gone; a cursor of the feed from before is CURSOR_GONE (J9).
 */
import type { Journal, Row, Upkeep } from '../storage/journal.ts';
import type { Wait } from './host/clock.ts';
import type { Logger } from './logger.ts';

/** After how many days an actor that has ended loses what; absent: never. */
export interface RetentionOptions {
  /** Its history and bodies. Row, digest and seal stay. */
  readonly sealedDays?: number;
  /** Its row, digest and seal as well. The address is never used again. */
  readonly digestDays?: number;
}

export interface RetentionParts {
  readonly options: RetentionOptions;
  readonly journal: Journal & Upkeep;
  readonly now: () => number;
  readonly wait: Wait;
  readonly logger: Logger;
  /** Told what is gone. */
  readonly expired: (addresses: readonly string[]) => void;
}

const dayMs = 86_400_000;
const sweepMs = 3_600_000;
/** Each takes two or three flushes in this thread: some tens of milliseconds together. */
const pieceActors = 16;
const pauseMs = 100;

/** Rows that ended before the bound, from `from` on. */
interface Sweep {
  readonly days: number;
  readonly bound: 'historyBefore' | 'rowBefore';
  /** Nobody who ended earlier has anything left to lose. */
  from: number;
}

export class Retention {
  readonly #parts: RetentionParts;
  readonly #sweeps: readonly Sweep[];
  #stop: (() => void) | undefined;
  #working: Promise<void> | undefined;
  #isOver = false;

  constructor(parts: RetentionParts) {
    const { sealedDays, digestDays } = parts.options;
    this.#parts = parts;
    // Rows first: whose row goes loses the history with it.
    this.#sweeps = [
      ...(digestDays === undefined ? [] : [{ days: digestDays, bound: 'rowBefore' as const, from: 0 }]),
      ...(sealedDays === undefined ? [] : [{ days: sealedDays, bound: 'historyBefore' as const, from: 0 }]),
    ];
    if (this.#sweeps.length > 0) this.#later(0);
  }

  #later(ms: number): void {
    if (this.#isOver) return;
    this.#stop = this.#parts.wait(ms, () => {
      this.#working = this.#swept();
    });
  }

  /** One sweep; what stands in its way is told, and the next one tries again. */
  async #swept(): Promise<void> {
    try {
      for (const sweep of this.#sweeps) await this.#sweep(sweep);
    } catch (error) {
      this.#parts.logger.error({ error }, 'Retention could not take what is due; it tries again in an hour.');
    }
    this.#later(sweepMs);
  }

  async #sweep(sweep: Sweep): Promise<void> {
    const { journal, now } = this.#parts;
    const before = now() - sweep.days * dayMs;
    let from = before;
    let after: string | undefined;
    do {
      const place = after === undefined ? {} : { after };
      const range = { since: sweep.from, until: before, order: 'oldest', limit: pieceActors } as const;
      const { rows, next } = await journal.rows({ ...range, ...place, status: 'sealed' });
      const owing = await this.#expire(rows, sweep.bound);
      for (const { at } of owing) from = Math.min(from, at);
      after = next;
      if (after !== undefined) await this.#pause();
    } while (after !== undefined && !this.#isOver);
    // Cut short: the next one begins where this one did.
    if (!this.#isOver) sweep.from = Math.max(sweep.from, from);
  }

  /** Those that have to stay for now. */
  async #expire(rows: readonly Row[], bound: Sweep['bound']): Promise<readonly Row[]> {
    const { journal, expired } = this.#parts;
    const standings = await Promise.all(rows.map(async ({ address }) => journal.last(address)));
    const left = rows.filter((_, i) => {
      const { seq = 0, erased } = standings[i] ?? {};
      return bound === 'rowBefore' || (erased?.historyTo ?? 0) < seq;
    });
    const owing = left.filter(({ address }) => {
      return (standings.find((one) => one?.address === address)?.due ?? null) !== null;
    });
    const going = left.filter((row) => !owing.includes(row));
    const [first, last] = [going[0], going.at(-1)];
    if (first === undefined || last === undefined) return owing;
    const bounds = { [bound]: last.at + 1, since: first.at, limit: pieceActors };
    for (;;) {
      const { addresses } = await journal.expire(bounds);
      expired(addresses);
      // Of those that ended in the same millisecond there may be more than there are in a piece.
      if (addresses.length < pieceActors) return owing;
      await this.#pause();
      if (this.#isOver) return owing;
    }
  }

  async #pause(): Promise<void> {
    if (this.#isOver) return;
    await new Promise<void>((resolve) => {
      const stop = this.#parts.wait(pauseMs, resolve);
      this.#stop = () => {
        stop();
        resolve();
      };
    });
  }

  /** The piece at hand is done when it resolves; nothing is taken after it. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#stop?.();
    await this.#working;
  }
}
