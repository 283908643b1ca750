/**
 * A peer as the benchmark sees it: a process of its own (so that none pays for another's heap or threads),
 * which does what it is asked and answers.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer, Order, Took } from './seat.ts';

export interface GuestOptions {
  readonly directory: string;
  /** A connection string, for those that need PostgreSQL. */
  readonly postgres?: string;
}

/** Those that have not ended. */
const guests = new Set<ChildProcess>();
// Told before their directories are removed, so that they leave nothing of their own behind.
process.on('exit', () => guests.forEach((guest) => guest.connected && guest.disconnect()));

export class Guest {
  readonly #child: ChildProcess;
  readonly #name: string;
  #orders = 0;
  #sent = 0;

  private constructor(name: string, { directory, postgres = '' }: GuestOptions) {
    this.#name = name;
    const entry = join(import.meta.dirname, `../peers/${name}.ts`);
    this.#child = spawn(process.execPath, ['--expose-gc', '--no-warnings', entry, directory], {
      // What it says goes to stderr: stdout is the benchmark's table.
      stdio: ['ignore', 2, 2, 'ipc'],
      env: { ...process.env, BENCH_POSTGRES: postgres },
    });
    guests.add(this.#child);
    this.#child.once('exit', () => guests.delete(this.#child));
  }

  /** Resolves when the peer is open. */
  static async open(name: string, options: GuestOptions): Promise<Guest> {
    const guest = new Guest(name, options);
    assert.equal(await guest.#answer(0), 'open');
    return guest;
  }

  /** Sends acknowledged so far. */
  get sent(): number {
    return this.#sent;
  }

  async send(sends: number, inFlight: number): Promise<Took> {
    const took = (await this.#ask({ ask: 'send', sends, inFlight })) as Took;
    this.#sent += sends;
    return took;
  }

  /** What was acknowledged is stored, no more and no less. */
  async assertStored(): Promise<void> {
    assert.equal(await this.#ask({ ask: 'stored' }), this.#sent, `${this.#name} has stored what it was sent`);
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    await this.#ask({ ask: 'close' });
    await ended;
  }

  async #ask(order: Omit<Order, 'number'>): Promise<unknown> {
    const number = ++this.#orders;
    this.#child.send({ ...order, number } satisfies Order);
    return this.#answer(number);
  }

  async #answer(number: number): Promise<unknown> {
    const [child, settled] = [this.#child, new AbortController()];
    const { signal } = settled;
    try {
      const told = await Promise.race([
        // A seat sends nothing else.
        once(child, 'message', { signal }).then(([message]) => message as Answer),
        once(child, 'exit', { signal }).then(([code]) => {
          throw new Error(`${this.#name} ended with code ${code}; what it said is above`);
        }),
      ]);
      assert.equal(told.number, number, 'one answer an order');
      return told.answer;
    } finally {
      settled.abort();
    }
  }
}
