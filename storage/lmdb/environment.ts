/**
 * The one file that knows lmdb: an environment of binary tables, and durable transactions.
 *   E1. `durably` runs its work in one transaction of this thread and returns once it is flushed; if it
 *       throws, nothing of it happened. (Asynchronous puts were tried: no faster here, and a failing flush
 *       leaves their promise pending for ever. docs/decisions/0002-synchronous-commits.md)
 *   E2. No read transaction outlives the call that opened it: `fresh` lets go of the last one.
 *   E3. A write that cannot have room is not tried: lmdb-js 3.5.6 builds the text of a failed write in a
 *       buffer too small for it, and the process aborts some time later.
 */
import { chmodSync, existsSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { TroupeError, isTroupeError } from '../../actors/troupeError.ts';
import type { ErasuresWord } from './erasures.ts';
import type { Gate } from './gate.ts';
import { FileLength } from './fileLength.ts';
import { makeLockFile } from './lockFile.ts';
import { openFile } from './openFiles.ts';
import { Table, isNumbered } from './table.ts';
import type { Counters, Numbered } from './table.ts';

const tableNames = [
  'log',
  'actors',
  'marks',
  'pages',
  'moved',
  'snapshots',
  'seals',
  'bodies',
  'due',
  'directory',
  'usage',
  'erased',
  'meta',
] as const;

export type Tables = { readonly [name in (typeof tableNames)[number]]: Table };

export interface EnvironmentOptions {
  readonly directory: string;
  readonly mapBytes: number;
  /** Of the owning process; absent: for reading only. */
  readonly gate?: Gate | undefined;
  /** Shared by the threads of the owning process (erasures.ts). */
  readonly erasures?: ErasuresWord | undefined;
}

/** Beside the bytes of a group, a transaction copies pages of its tables: this much is kept free (E3). */
const roomBytesMin = 4 * 1024 * 1024;
/** Two pages of the smallest size. */
const headBytesMin = 8192;
/** Flushes between two looks for readers that are dead. */
const readersCheckEvery = 256;
/** As `bytes` of `durably`: a last small write, which finds free pages in the file itself. */
export const evenWhenFull = -Infinity;
/** EFBIG, ENOSPC, EDQUOT, MDB_MAP_FULL. LMDB tells short writes as EIO: then the room itself decides. */
const fullCodes: ReadonlySet<unknown> = new Set([27, 28, 122, -30792]);

export class Environment {
  readonly directory: string;
  readonly tables: Tables;
  readonly erasures: ErasuresWord | undefined;
  readonly counters: Counters = { puts: 0, logPuts: 0, flushes: 0, reads: 0 };
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #length: FileLength;
  readonly #gate: Gate | undefined;
  readonly #closed: () => void;

  constructor(options: EnvironmentOptions) {
    this.directory = options.directory;
    this.#gate = options.gate;
    this.erasures = options.erasures;
    checkHead(options.directory);
    this.#closed = openFile(options.directory, options.gate === undefined);
    try {
      // Opening a table is a transaction too.
      [this.#root, this.#length, this.tables] = this.#within(() => this.#opened(options));
    } catch (error) {
      this.#closed();
      throw error;
    }
  }

  #within<T>(work: () => T): T {
    return this.#gate === undefined ? work() : this.#gate.within(work);
  }

  #opened(options: EnvironmentOptions): [RootDatabase<Buffer, Buffer>, FileLength, Tables] {
    if (options.gate !== undefined) this.#makeReady(options.directory);
    const root = opened(options);
    const length = new FileLength(options.directory, options.gate !== undefined, () => pagesBytesOf(root));
    try {
      length.assertUncut();
      if (options.gate !== undefined) root.transactionSync(() => length.keepAhead(0));
      const tables = tableNames.map((name) => {
        const database = tableOf(root, name);
        if (database === undefined) throw unfinished(options.directory);
        return [name, new Table(name, database, this.counters)] as const;
      });
      return [root, length, Object.fromEntries(tables) as unknown as Tables];
    } catch (error) {
      length.close();
      void root.close();
      throw isTroupeError(error) ? error : unreadable(options.directory, error);
    }
  }

  #makeReady(directory: string): void {
    const room = this.#room();
    if (room < roomBytesMin) throw full(room);
    if (!existsSync(join(directory, 'lock.mdb'))) makeLockFile(directory);
  }

  /** E2. Reads that follow, until the next turn of the loop, see what is committed now. */
  fresh(): void {
    this.#root.resetReadTxn();
  }

  /** E1, E3. `bytes` is what the work will put, beside small rows. */
  durably<T>(work: () => T, bytes = 0): T {
    return this.#within(() => {
      const room = this.#room();
      if (room < roomBytesMin + bytes) throw full(room);
      try {
        const result = this.#root.transactionSync(() => {
          this.#length.keepAhead(bytes);
          return work();
        });
        // A process that was killed while it read would keep every page that it saw.
        if (++this.counters.flushes % readersCheckEvery === 0) this.#root.readerCheck();
        return result;
      } catch (error) {
        // What the work itself throws has no number: nothing was written, and the disk is as good as before.
        throw isNumbered(error) ? this.#failure(error) : error;
      }
    });
  }

  #room(): number {
    const { bavail, bsize } = statfsSync(this.directory);
    return bavail * bsize;
  }

  #failure(error: Numbered): TroupeError {
    const room = this.#room();
    if (fullCodes.has(error.code) || room < roomBytesMin) return full(room, error);
    this.#gate?.break();
    const text = `The disk refused a write (${error.message}). Check it, then open again.`;
    return new TroupeError('JOURNAL_FAILED', text, { code: error.code }, error);
  }

  /** A copy without free pages, so without a byte of what was deleted; runs beside writers. */
  async copy(path: string): Promise<void> {
    await this.#root.backup(path, true);
    chmodSync(join(path, 'data.mdb'), 0o600);
  }

  async close(): Promise<void> {
    this.#length.close();
    await this.#root.close();
    this.#closed();
  }
}

/** Undefined: it is not there, and this environment is for reading only. */
function tableOf(root: RootDatabase<Buffer, Buffer>, name: string): Database<Buffer, Buffer> | undefined {
  return root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
}

/** Without its two meta pages a file kills the process that opens it; an empty one is a new journal. */
function checkHead(directory: string): void {
  const size = statSync(join(directory, 'data.mdb'), { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0 && size < headBytesMin) throw unreadable(directory, `data.mdb was cut to ${size} bytes`);
}

function pagesBytesOf(root: RootDatabase<Buffer, Buffer>): number {
  const stats = root.getStats() as { lastPageNumber: number; pageSize: number };
  return (stats.lastPageNumber + 1) * stats.pageSize;
}

function full(room: number, cause?: unknown): TroupeError {
  const text = `The journal has no room to write (${room} bytes free). Free some and send again.`;
  return new TroupeError('JOURNAL_FULL', text, { room }, cause);
}

function unfinished(directory: string): TroupeError {
  const text = `There is no journal in ${directory} yet: its owner is making it. Open it again in a moment.`;
  return new TroupeError('NOT_FOUND', text, { directory });
}

function unreadable(directory: string, cause: unknown): TroupeError {
  const text = `${directory} cannot be opened as a journal: ${String(cause)}. Restore a backup.`;
  return new TroupeError('CORRUPT', text, { directory }, cause);
}

function opened({ directory, mapBytes, gate }: EnvironmentOptions): RootDatabase<Buffer, Buffer> {
  const options = {
    path: directory,
    noSubdir: false,
    mapSize: mapBytes,
    maxDbs: tableNames.length + 3,
    maxReaders: 512,
    overlappingSync: false,
    readOnly: gate === undefined,
    permissionsMode: 0o600,
    encoding: 'binary',
    keyEncoding: 'binary',
    cache: false,
  } as const;
  try {
    return open<Buffer, Buffer>(options);
  } catch (error) {
    throw unreadable(directory, error);
  }
}
