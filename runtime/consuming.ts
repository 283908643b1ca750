/**
 * The loop of a reader: drain, handle, acknowledge, and wait for news in between. It holds one lease at a
 * time, and slows down nobody else (O11).
 */
import { isTroupeError } from '../actors/troupeError.ts';
import type { Lease, Outbox } from './outbox.ts';
import type { OutboxRecord } from './outboxRecords.ts';

/** Awaited before the record is acknowledged; what it throws on is delivered again. */
export type Handler = (record: OutboxRecord) => unknown;

export interface ConsumeOptions {
  readonly max?: number;
  readonly leaseMs?: number;
  /** Before the second delivery of what a handler threw on; doubled for each further one, an hour at most. */
  readonly retryMs?: number;
  readonly failed?: (record: OutboxRecord, error: unknown) => void;
  /** Ends the loop: it resolves after the record at hand. */
  readonly signal?: AbortSignal;
}

const retryMsDefault = 1000;
const retryMsMax = 3_600_000;

export async function consumed(outbox: Outbox, handler: Handler, options: ConsumeOptions): Promise<void> {
  const { signal, max, leaseMs } = options;
  const news = new OutboxWaker(outbox, signal);
  try {
    while (!news.isAborted) {
      news.clear();
      const lease = await outbox.drain({ ...(max && { max }), ...(leaseMs && { leaseMs }) });
      if (lease.records.length > 0) await handled(outbox, lease, handler, options);
      else if (lease.leaseId === undefined) await news.next();
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
  const done: number[] = [];
  let attempts: number | undefined;
  for (const record of lease.records) {
    if (signal?.aborted === true) break;
    try {
      await handler(record);
      done.push(record.position);
    } catch (error) {
      attempts = Math.max(attempts ?? 0, record.attempts);
      failed?.(record, error);
    }
  }
  try {
    await outbox.ack(lease, done);
    if (done.length === lease.records.length) return;
    const pause = attempts === undefined ? 0 : Math.min(retryMsMax, retryMs * 2 ** attempts);
    await outbox.release(lease, pause === 0 ? {} : { retryMs: pause });
  } catch (error) {
    // A handler that took longer than the lease: somebody else may have it by now.
    if (!isTroupeError(error, 'LEASE_EXPIRED')) throw error;
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
