/**
 * An outbox of a server, as its posters and its reader use it. What is tried again after a lost answer has an
 * id, a lease too: it is the same.
 */
import type { OutboxReply } from '../../actors/outbox/reply.ts';
import type { OutboxEvent } from '../../actors/outbox/vocabulary.ts';
import type { outbox } from '../builtIn.ts';
import type { ConsumeOptions, Handler } from '../consuming.ts';
import type { DeadLetterRecord, DrainOptions, Lease, Outbox, OutboxPost, ReleaseOptions } from '../outbox.ts';
import { ClientRef } from './ref.ts';
import type { ClientSendOptions } from './ref.ts';
import { isTroupeError, refusal } from './refusal.ts';
import { newSendId, unless } from './remote.ts';
import type { Remote } from './remote.ts';

type Verbs =
  | 'post'
  | 'drain'
  | 'ack'
  | 'release'
  | 'consume'
  | 'pending'
  | 'deadLetters'
  | 'retry'
  | 'purge'
  | 'turn'
  | 'seal';
/** Positions that one event holds, at most. */
const positionsMax = 1000;
const retryMsMax = 3_600_000;

/** An outbox on a server. */
export class ClientOutbox extends ClientRef<typeof outbox> implements Pick<Outbox, Verbs> {
  readonly #path: string;

  constructor(remote: Remote, id: string) {
    super(remote, 'outbox', id);
    this.#path = `/v1/outboxes/${encodeURIComponent(id)}`;
  }

  /** Durable when it resolves. One fact of one child is posted once, however often it is sent. */
  async post(post: OutboxPost, options: ClientSendOptions<never> = {}): Promise<OutboxReply> {
    const id = `${post.child}#${post.childSeq}`;
    return (await this.send({ ...post, type: 'outbox.post' }, { id, ...options })).reply;
  }

  /** The oldest records that nobody has, for `leaseMs`. */
  async drain({ id = newSendId(), ...body }: DrainOptions = {}): Promise<Lease> {
    const lease = await this.remote.ask<{ leaseId: number | null; records: Lease['records'] }>(
      `${this.#path}/leases`,
      { body, id },
    );
    return { leaseId: lease.leaseId ?? undefined, records: lease.records };
  }

  /** They are dealt with, and gone for good. `LEASE_EXPIRED` changes nothing. */
  async ack({ leaseId, records }: Lease, some = records.map(({ position }) => position)): Promise<void> {
    if (leaseId === undefined || some.length === 0) return;
    await this.#leased(leaseId, { type: 'outbox.ack', leaseId, positions: [...new Set(some)] });
  }

  /** Given back before its time: at once, or in `retryMs`. */
  async release({ leaseId }: Pick<Lease, 'leaseId'>, options: ReleaseOptions = {}): Promise<void> {
    if (leaseId === undefined) return;
    await this.#leased(leaseId, { type: 'outbox.release', leaseId, ...options });
  }

  async #leased(leaseId: number, event: OutboxEvent): Promise<void> {
    if ((await unless('NOT_FOUND', unless('NOT_ACCEPTED', this.send(event)))) !== undefined) return;
    const text = `The lease ${leaseId} has expired, or never held that: drain anew.`;
    throw refusal('LEASE_EXPIRED', text, { leaseId });
  }

  /** Drains, awaits the handler for each record, acks; what a handler threw on comes again, ever later. */
  async consume(handler: Handler, options: ConsumeOptions = {}): Promise<void> {
    const { signal } = options;
    const isOver = (): boolean => signal?.aborted === true;
    try {
      // Its own acknowledgements are news too: one more look, which writes nothing.
      for await (const _ of this.subscribe({ wait: true, windowMs: 0, ...(signal && { signal }) })) {
        let hasMore = true;
        while (hasMore && !isOver()) hasMore = await this.#consumed(handler, options);
      }
    } catch (error) {
      if (!isOver() && !isTroupeError(error, 'SEALED')) throw error;
    }
  }

  /** One lease; false: there was none. */
  async #consumed(handler: Handler, options: ConsumeOptions): Promise<boolean> {
    const { signal, failed, retryMs = 1000, ...drain } = options;
    const lease = await this.drain(drain);
    let [handled, attempts] = [0, -1];
    try {
      for (const record of lease.records) {
        if (signal?.aborted === true) break;
        try {
          await handler(record);
        } catch (error) {
          attempts = Math.max(attempts, record.attempts);
          failed?.(record, error);
          continue;
        }
        await this.ack(lease, [record.position]);
        handled++;
      }
      if (handled === lease.records.length) return handled > 0;
      const pause = Math.min(retryMsMax, retryMs * 2 ** attempts);
      await this.release(lease, attempts < 0 ? { untouched: true } : { retryMs: pause });
    } catch (error) {
      // A handler took longer than the lease: somebody else may have the rest by now.
      if (!isTroupeError(error, 'LEASE_EXPIRED')) throw error;
    }
    return true;
  }

  /** How much waits, is leased, is dead. */
  async pending(): Promise<OutboxReply> {
    return this.remote.ask(`${this.#path}/pending`);
  }

  /** Records that nobody could deal with. */
  async deadLetters(): Promise<readonly DeadLetterRecord[]> {
    const { items } = await this.remote.ask<{ items: DeadLetterRecord[] }>(`${this.#path}/dead-letters`);
    return items;
  }

  /** Dead letters get another chance; absent: all. */
  async retry(positions?: readonly number[]): Promise<void> {
    await this.#each('outbox.retry', positions ?? (await this.deadLetters()).map(({ position }) => position));
  }

  /** Dead letters go: these, or those whose record is older. */
  async purge(which: Parameters<Outbox['purge']>[0]): Promise<void> {
    if ('positions' in which) return this.#each('outbox.purge', which.positions);
    const old = (await this.deadLetters()).filter(({ at }) => at < Number(which.before));
    return this.#each(
      'outbox.purge',
      old.map(({ position }) => position),
    );
  }

  async #each(type: 'outbox.retry' | 'outbox.purge', positions: readonly number[]): Promise<void> {
    for (let i = 0; i < positions.length; i += positionsMax) {
      await this.send({ type, positions: positions.slice(i, i + positionsMax) });
    }
  }

  /** The parent had a turn of its own: its loop budget is counted anew. */
  async turn(): Promise<void> {
    await this.send({ type: 'outbox.turn' });
  }

  async seal(): Promise<void> {
    await this.send({ type: 'outbox.seal' });
  }
}
