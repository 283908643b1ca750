/**
 * The process that is killed: opens the directory, lets two threads append, and at random moments compacts,
 * backs up, takes old histories, or ends one thread and gives its slots to a new one.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Random } from '../../storage/conformance/random.ts';
import { openLmdbJournal } from '../../storage/lmdb/journal.ts';
import type { LmdbJournal } from '../../storage/lmdb/journal.ts';
import type { Bounds } from './story.ts';
import { Teller } from './story.ts';
import type { Known, ThreadData } from './thread.ts';

export interface ChildData {
  readonly directory: string;
  readonly backups: string;
  readonly seed: number;
  readonly now: number;
  readonly slots: number;
  /** Of each slot. */
  readonly actors: readonly (readonly Known[])[];
  readonly bounds: Bounds;
}

/** The child's own pipe; the slots' follow. */
export const firstDescriptor = 3;
const threads = 2;

class Child {
  readonly #data: ChildData;
  readonly #journal: LmdbJournal;
  readonly #random: Random;
  readonly #clock = new Int32Array(new SharedArrayBuffer(4));
  readonly #teller = new Teller(firstDescriptor, this.#clock);
  readonly #workers: Worker[] = [];
  readonly #loaded: Promise<unknown>[] = [];
  #started = 0;
  #backups = 0;

  constructor(data: ChildData, journal: LmdbJournal) {
    this.#data = data;
    this.#journal = journal;
    this.#random = new Random(data.seed);
  }

  async live(): Promise<void> {
    for (let thread = 0; thread < threads; thread++) this.#start(thread);
    this.#teller.tell({ what: 'ready' });
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, this.#random.below(60)));
      const step = this.#random.below(10);
      if (step < 3) await this.#compact();
      else if (step < 5) await this.#backup();
      else if (step < 6) await this.#expire();
      else if (step < 8) await this.#replace(this.#random.below(threads));
    }
  }

  #start(thread: number): void {
    const { actors, seed, now } = this.#data;
    const slots = actors
      .map((known, slot) => ({ slot, descriptor: firstDescriptor + 1 + slot, actors: known }))
      .filter(({ slot }) => slot % threads === thread);
    const workerData: ThreadData = {
      share: this.#journal.share(),
      clock: this.#clock,
      seed: seed + 1000 * ++this.#started,
      now,
      slots,
    };
    const worker = new Worker(new URL('thread.ts', import.meta.url), { workerData });
    worker.on('error', (error) => this.#fail(error));
    this.#workers[thread] = worker;
    this.#loaded[thread] = once(worker, 'message');
  }

  async #compact(): Promise<void> {
    this.#teller.tell({ what: 'compact' });
    await this.#journal.compact();
    this.#teller.tell({ what: 'ack' });
  }

  async #backup(): Promise<void> {
    const path = join(this.#data.backups, `${this.#data.seed}-${++this.#backups}`);
    this.#teller.tell({ what: 'backup', path });
    await this.#journal.backup(path);
    this.#teller.tell({ what: 'ack' });
  }

  async #expire(): Promise<void> {
    const { bounds } = this.#data;
    this.#teller.tell({ what: 'expire', bounds });
    await this.#journal.expire(bounds);
    this.#teller.tell({ what: 'ack' });
  }

  async #replace(thread: number): Promise<void> {
    const worker = this.#workers[thread];
    if (worker === undefined) return;
    const exit = once(worker, 'exit');
    // A thread that is ended while it loads lmdb's binary takes the whole process along.
    await this.#loaded[thread];
    await this.#journal.quietly(async () => worker.terminate());
    await exit;
    this.#start(thread);
  }

  #fail(error: unknown): never {
    const message = error instanceof Error ? `${error.stack}` : String(error);
    this.#teller.tell({ what: 'failed', message });
    process.exit(1);
  }
}

const data = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as ChildData;
const teller = new Teller(firstDescriptor, new Int32Array(new SharedArrayBuffer(4)));
const fail = (error: unknown): never => {
  teller.tell({ what: 'failed', message: error instanceof Error ? `${error.stack}` : String(error) });
  process.exit(1);
};
process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);
const journal = await openLmdbJournal({ directory: data.directory });
await new Child(data, journal).live();
