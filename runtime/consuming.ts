/**
 * The loop of a reader: drain, handle, acknowledge, and wait for news in between. It holds one lease at a
 * time, and slows down nobody else (O11).
 */
import { isTroupeError } from '../actors/troupeError.ts';
import { assertFunction, assertNames } from './invalidOption.ts';
import type { Lease, Outbox } from './outbox.ts';
import type { OutboxRecord } from './outboxRecords.ts';

/** Awaited before the record is acknowledged; what it throws on is delivered again. */
export type Handler = (record: OutboxRecord) => unknown;

/** How an outbox is consumed. */
export interface ConsumeOptions {
  readonly max?: number;
  readonly leaseMs?: number;
  /** Deliveries of a record before it is a dead letter: 10. */
  readonly maxAttempts?: number;
  /** Before the second delivery of what a handler threw on; doubled for each further one, an hour at most. */
  readonly retryMs?: number;
  readonly failed?: (record: OutboxRecord, error: unknown) => void;
  /** Ends the loop: it resolves after the record at hand. */
  readonly signal?: AbortSignal;
}

const names: Readonly<Record<keyof ConsumeOptions, true>> = {
  max: true,
  leaseMs: true,
  maxAttempts: true,
  retryMs: true,
  failed: true,
  signal: true,
};
const retryMsDefault = 1000;
const retryMsMax = 3_600_000;

export async function consumed(outbox: Outbox, handler: Handler, options: ConsumeOptions): Promise<void> {
  const given: unknown = handler;
  assertFunction('the handler', given ?? null);
  assertNames('consume', options, names);
  const { signal, max, leaseMs, maxAttempts } = options;
  const news = new OutboxWaker(outbox, signal);
  try {
    while (!news.isAborted) {
      news.clear();
      const lease = await outbox.drain({
        ...(max !== undefined && { max }),
        ...(leaseMs !== undefined && { leaseMs }),
        ...(maxAttempts !== undefined && { maxAttempts }),
      });
      if (lease.records.length > 0) await handled(outbox, lease, handler, options);
      else await news.next();
    }
  } catch (error) {
    if (!isTroupeError(error, 'SEALED')) throw error;
  } finally {
    await news.end();
  }
}

async function handled(
  outbox: Outbox,
  lease: Lease,
  handler: Handler,
  options: ConsumeOptions,
): Promise<void> {
  const { signal, failed, retryMs = retryMsDefault } = options;
  const acks = new Acks(outbox, lease);
  let attempts: number | undefined;
  for (const record of lease.records) {
    // Over: a handler took longer than the lease, and somebody else may have the rest by now.
    if (signal?.aborted === true || acks.isOver) break;
    try {
      await handler(record);
      acks.add(record.position);
    } catch (error) {
      attempts = Math.max(attempts ?? 0, record.attempts);
      failed?.(record, error);
    }
  }
  await acks.end();
  if (acks.isOver || acks.count === lease.records.length) return;
  const pause = attempts === undefined ? 0 : Math.min(retryMsMax, retryMs * 2 ** attempts);
  try {
    await outbox.release(lease, attempts === undefined ? { untouched: true } : { retryMs: pause });
  } catch (error) {
    if (!isTroupeError(error, 'LEASE_EXPIRED')) throw error;
  }
}

/**
 * Acknowledges while the next records are handled, all that are done at once: acknowledged only at the end,
 * the first of a lease would come again for ever where all of them together take longer than it lasts.
 */
class Acks {
  readonly #outbox: Outbox;
  readonly #lease: Lease;
  readonly #done: number[] = [];
  #acking: Promise<void> | undefined;
  #failure: Error | undefined;
  count = 0;
  /** The lease has expired, or it cannot be acknowledged. */
  isOver = false;

  constructor(outbox: Outbox, lease: Lease) {
    this.#outbox = outbox;
    this.#lease = lease;
  }

  add(position: number): void {
    this.count++;
    this.#done.push(position);
    this.#acking ??= this.#ack();
  }

  async #ack(): Promise<void> {
    try {
      while (this.#done.length > 0 && !this.isOver) await this.#outbox.ack(this.#lease, this.#done.splice(0));
    } catch (error) {
      this.isOver = true;
      if (!isTroupeError(error, 'LEASE_EXPIRED')) {
        this.#failure = error instanceof Error ? error : new Error(String(error));
      }
    }
    this.#acking = undefined;
  }

  async end(): Promise<void> {
    await this.#acking;
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** Tells that there may be something to drain. */
class OutboxWaker {
  readonly #subscription: ReturnType<Outbox['subscribe']>;
  readonly #reading: Promise<void>;
  readonly #signal: AbortSignal | undefined;
  #hasNews = false;
  #isOver = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(outbox: Outbox, signal: AbortSignal | undefined) {
    this.#subscription = outbox.subscribe({ wait: true, windowMs: 0 });
    this.#signal = signal;
    signal?.addEventListener('abort', this.#tell);
    this.#reading = this.#read();
  }

  readonly #tell = (): void => {
    this.#hasNews = true;
    this.#wake?.();
  };

  async #read(): Promise<void> {
    try {
      for await (const _ of this.#subscription) this.#tell();
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
    this.#isOver = true;
    this.#tell();
  }

  clear(): void {
    this.#hasNews = false;
  }

  get isAborted(): boolean {
    return this.#signal?.aborted === true;
  }

  async next(): Promise<void> {
    if (!this.#hasNews && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async end(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#tell);
    await this.#subscription.return();
    await this.#reading;
  }
}
