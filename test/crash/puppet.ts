/**
 * A process that does with a journal what its parent says over IPC: one message a call, one answer each.
 * Outcomes travel as values. Started by puppeteer.ts.
 */
import { rmSync } from 'node:fs';
import { outcomeOf } from '../../actors/troupeError.ts';
import { Model } from '../../storage/conformance/model.ts';
import type { Parts } from '../../storage/conformance/model.ts';
import { start } from '../../storage/conformance/drafts.ts';
import type { Range, Writer } from '../../storage/journal.ts';
import { openLmdbJournal } from '../../storage/lmdb/journal.ts';
import type { LmdbJournal, LmdbOptions } from '../../storage/lmdb/journal.ts';
import { pack } from '../../storage/values.ts';
import { verify } from '../../storage/verify.ts';
import { continued } from './continued.ts';

export interface Appending {
  readonly address: string;
  readonly slot?: number;
  /** How many appends, of one commit each; stops at the first that fails. */
  readonly count?: number;
  /** Of text, in each commit. */
  readonly bytes?: number;
}

export interface Filling {
  readonly actors: number;
  readonly commits: number;
  readonly perAppend: number;
  readonly bytes?: number;
}

export interface Appended {
  readonly seq: number;
  readonly error?: { readonly code: string; readonly retryable: boolean; readonly message: string };
}

export interface Found {
  readonly seq: number;
  readonly commits: number;
  readonly verified: boolean;
}

class Puppet {
  #journal: LmdbJournal | undefined;
  #model = new Model();
  readonly #writers = new Map<number, Writer>();
  #looping = false;
  unhandled = 0;

  get journal(): LmdbJournal {
    if (this.#journal === undefined) throw new Error('not open');
    return this.#journal;
  }

  async open(options: LmdbOptions): Promise<number> {
    this.#journal = await openLmdbJournal(options);
    this.#model = new Model();
    this.#writers.clear();
    return process.pid;
  }

  async writer(slot: number): Promise<Writer> {
    const writer = this.#writers.get(slot) ?? (await this.journal.writer(slot));
    this.#writers.set(slot, writer);
    return writer;
  }

  async append({ address, slot = 0, count = 1, bytes = 100 }: Appending): Promise<Appended> {
    const writer = await this.writer(slot);
    await this.#meet(address);
    for (let i = 0; i < count; i++) {
      const error = await this.#tried(writer, partOf(address, bytes));
      if (error !== undefined) return { seq: this.#model.seqOf(address), error };
    }
    return { seq: this.#model.seqOf(address) };
  }

  async #meet(address: string): Promise<void> {
    if (this.#model.told.has(address)) return;
    const end = await continued(this.journal, address);
    if (end !== undefined) this.#model.took([end]);
  }

  async #tried(writer: Writer, part: Parts): Promise<Appended['error']> {
    try {
      await this.#model.append(writer, [part]);
      return undefined;
    } catch (error) {
      const { code, message } = outcomeOf(error);
      return { code, message, retryable: (error as { retryable?: boolean }).retryable === true };
    }
  }

  /** Many commits fast: so many an append, to actors in turn. */
  async fill({ actors, commits, perAppend, bytes = 100 }: Filling): Promise<void> {
    const writer = await this.writer(0);
    for (let i = 0; i < commits; i += perAppend) {
      const parts = Array.from({ length: perAppend }, (_, j) => partOf(`run/${(i + j) % actors}`, bytes));
      await this.#model.append(writer, parts);
    }
  }

  async resume(slot = 0): Promise<void> {
    await (await this.writer(slot)).resume();
  }

  /** Appends in turns of the loop until `stop`; one commit in each of `slots` a turn. */
  async loop(slots: number): Promise<void> {
    for (let slot = 0; slot < slots; slot++) await this.writer(slot);
    this.#looping = true;
    void this.#run(slots);
  }

  async #run(slots: number): Promise<void> {
    for (let i = 0; this.#looping; i++) {
      for (let slot = 0; slot < slots; slot++) await this.append({ address: `run/${slot}-${i % 5}`, slot });
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async stop(): Promise<number> {
    this.#looping = false;
    return this.journal.stats().commits;
  }

  async find(address: string): Promise<Found> {
    let commits = 0;
    for (let range: Range | undefined = {}; range !== undefined;) {
      const page = await this.journal.read(address, range);
      commits += page.commits.length;
      range = page.next;
    }
    const seq = (await this.journal.last(address))?.seq ?? 0;
    return { seq, commits, verified: seq === 0 || (await verify(this.journal, address)).ok };
  }

  /** Reads, and stops in the same turn of the loop: nothing can be let go of. Never answers. */
  async hold(address: string): Promise<void> {
    await this.journal.read(address, { limit: 10 });
    process.send?.({ id: 0 }, () => undefined);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }

  async erase(address: string): Promise<void> {
    await this.journal.erase(address, 'bodies');
  }

  async compact(): Promise<void> {
    await this.journal.compact();
  }

  async stats(): Promise<unknown> {
    return { ...this.journal.stats(), unhandled: this.unhandled };
  }

  async remove(path: string): Promise<void> {
    rmSync(path);
  }

  async close(): Promise<void> {
    await this.journal.close();
  }
}

function partOf(address: string, bytes: number): Parts {
  return { address, facts: [{ at: start, event: pack({ type: 'said', text: 'a'.repeat(bytes) }).bytes }] };
}

export type Calls = Pick<
  Puppet,
  | 'open'
  | 'append'
  | 'fill'
  | 'resume'
  | 'loop'
  | 'stop'
  | 'find'
  | 'hold'
  | 'erase'
  | 'compact'
  | 'stats'
  | 'remove'
  | 'close'
>;

interface Call {
  readonly id: number;
  readonly name: keyof Calls;
  readonly argument: unknown;
}

const puppet = new Puppet();
process.on('unhandledRejection', () => puppet.unhandled++);
process.on('message', ({ id, name, argument }: Call) => {
  const method = puppet[name] as (this: Puppet, argument: unknown) => Promise<unknown>;
  method.call(puppet, argument).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) => process.send?.({ id, error: outcomeOf(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ id: 0, value: process.pid });
