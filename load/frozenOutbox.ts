/**
 * The simplest outbox that loses nothing, to measure the real one against: rows in LMDB, one durable
 * transaction for each call, no history, no digest, no timers, no threads. It is frozen: a ratio to it means
 * the same next year, so outboxBudget.ts refuses to run once a byte of this file has changed.
 */
import { open } from 'lmdb';
import type { RootDatabase } from 'lmdb';

export interface FrozenRecord {
  readonly position: number;
  readonly text: string;
}

export class FrozenOutbox {
  readonly #rows: RootDatabase<string, number>;
  #last = 0;

  constructor(directory: string) {
    this.#rows = open<string, number>({ path: directory, overlappingSync: false, cache: false });
  }

  /** All of them in one transaction. */
  post(texts: readonly string[]): void {
    this.#rows.transactionSync(() => {
      for (const text of texts) void this.#rows.put(++this.#last, `ready ${text}`);
    });
  }

  /** The oldest that nobody has. */
  drain(max: number): readonly FrozenRecord[] {
    return this.#rows.transactionSync(() => {
      const records: FrozenRecord[] = [];
      for (const { key, value } of this.#rows.getRange()) {
        if (records.length === max) break;
        if (value.startsWith('ready ')) records.push({ position: key, text: value.slice(6) });
      }
      for (const { position, text } of records) void this.#rows.put(position, `leased ${text}`);
      return records;
    });
  }

  ack(records: readonly FrozenRecord[]): void {
    this.#rows.transactionSync(() => {
      for (const { position } of records) void this.#rows.remove(position);
    });
  }

  async close(): Promise<void> {
    await this.#rows.close();
  }
}
