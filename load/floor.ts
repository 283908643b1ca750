/**
 * The floor under the journal: lmdb alone, with the journal's settings, putting the same bytes in key order,
 * one value a group, flushed. It checks nothing, remembers nothing and can only be read from end to end.
 */
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';

export interface FloorOptions {
  /** lmdb-js's own default on Linux: a commit is visible first and flushed while the next one is written. */
  readonly overlappingSync?: boolean;
}

export class Floor {
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #table: Database<Buffer, Buffer>;
  groups = 0;

  constructor(directory: string, { overlappingSync = false }: FloorOptions = {}) {
    const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
    this.#root = open<Buffer, Buffer>({
      path: directory,
      noSubdir: false,
      mapSize: 2 ** 40,
      overlappingSync,
      cache: false,
      ...binary,
    });
    this.#table = this.#root.openDB<Buffer, Buffer>({ name: 'log', ...binary });
  }

  /** One transaction and one flush in this thread. */
  append(...values: readonly Buffer[]): void {
    this.#root.transactionSync(() => this.#put(values));
  }

  /** By lmdb's writing thread; resolves when it is flushed. */
  async appendLater(...values: readonly Buffer[]): Promise<void> {
    this.#put(values);
    await this.#root.flushed;
  }

  #put(values: readonly Buffer[]): void {
    for (const value of values) void this.#table.put(this.#key(++this.groups), value);
  }

  at(n: number): Buffer | undefined {
    return this.#table.get(this.#key(n));
  }

  #key(n: number): Buffer {
    const key = Buffer.allocUnsafe(7);
    key[0] = 0;
    key.writeUIntBE(n, 1, 6);
    return key;
  }

  async close(): Promise<void> {
    await this.#root.close();
  }
}
