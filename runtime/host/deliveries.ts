/**
 * Messages between actors on their last way: into a mailbox of this host, or by the callers' thread to the
 * host of their shard.
 */
import { isAddress } from '../../actors/address.ts';
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import { shardOf } from '../../storage/shard.ts';
import type { Message } from '../protocol.ts';
import type { Answers } from './answers.ts';
import type { Entry, Settle } from './mailbox.ts';
import { noAddress } from './refusals.ts';

export interface DeliveryPorts {
  readonly shards: readonly number[];
  readonly answers: Answers;
  readonly put: (address: string, entry: Entry) => void;
}

export class Deliveries {
  readonly #ports: DeliveryPorts;
  readonly #shards: ReadonlySet<number>;
  /** On their way to other hosts. */
  readonly #away = new Map<number, Settle>();
  #number = 0;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
    this.#shards = new Set(ports.shards);
  }

  deliver(to: string, message: Message, settle: Settle): void {
    if (!isAddress(to)) return settle(outcomeOf(noAddress(to)));
    if (this.#shards.has(shardOf(to))) return this.here(to, message, settle);
    const n = ++this.#number;
    this.#away.set(n, settle);
    this.#ports.answers.push({ op: 'deliver', n, address: to, message });
  }

  here(to: string, message: Message, settle: Settle): void {
    try {
      this.#ports.put(to, { type: 'message', message, settle });
    } catch (error) {
      settle(outcomeOf(error));
    }
  }

  /** Another host has it, or refused it. */
  settled(n: number, refusal: Refusal | undefined): void {
    const settle = this.#away.get(n);
    this.#away.delete(n);
    settle?.(refusal);
  }
}
