/**
 * Delivers the messages of actors, in order per pair: one is on its way at a time, and the next follows when
 * it was taken. What the receiver itself says no to is told to the sender, or becomes a dead letter; whatever
 * else stands in the way (a full mailbox, a quarantine, a lost worker or disk) passes, and it is tried again.
 *   C1. Nothing leaves an actor whose turn is not durable yet: its ordinal would be given to another message,
 *       should the turn turn out not to have happened.
 */
import type { AnyEvent } from '../../actors/fact.ts';
import type { ErrorCode, Refusal } from '../../actors/troupeError.ts';
import { packWhole, unpack } from '../../storage/values.ts';
import type { Message } from '../protocol.ts';
import type { Wait } from './clock.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Mail } from './outgoing.ts';

export interface CourierPorts {
  /** Hands a message to its actor, wherever it is hosted; `settle` is called when it is durable there. */
  readonly deliver: (to: string, message: Message, settle: (refusal?: Refusal) => void) => void;
  /** A message came to its end: its mark must be kept. */
  readonly settled: (actor: HostedActor) => void;
  /** No retry can cure it: what becomes of the message that was refused after so many tries. */
  readonly undeliverable: (actor: HostedActor, undelivered: Undelivered, tries: number) => Fate;
  /** The actor as it is in memory now; undefined when it was put away. */
  readonly resident: (address: string) => HostedActor | undefined;
  readonly wait: Wait;
}

export interface Undelivered {
  readonly to: string;
  readonly mail: Mail;
  readonly refusal: Refusal;
}

/**
 * What becomes of a message that was refused: its sender will be told, and it ends with that word; it ends
 * as a dead letter; or it is kept, because nobody would hear of it and another open may host its receiver.
 */
export type Fate = 'told' | 'dead' | 'kept';

/** The receiver's word is no, and will be. */
const isFinal: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NOT_ACCEPTED',
  'NOT_FOUND',
  'SEALED',
  'INVALID_EVENT',
  'INVALID_ADDRESS',
  'NOT_STORABLE',
  'UNKNOWN_KIND',
  'MACHINE_FAILED',
  'UNSUPPORTED',
  'TOO_LARGE',
]);

const pauseMsMin = 50;
const pauseMsMax = 10_000;

export class Courier {
  readonly #ports: CourierPorts;
  /** Pairs with a message on its way, or waiting for another try: then how to call that off. */
  readonly #busy = new Map<string, (() => void) | undefined>();
  #pausing = 0;
  #closed = false;

  constructor(ports: CourierPorts) {
    this.#ports = ports;
  }

  /** Messages on their way; those that wait for another try are not. */
  get busy(): number {
    return this.#busy.size - this.#pausing;
  }

  /** Everything the actor has not got rid of. */
  kickAll(actor: HostedActor): void {
    for (const to of actor.ledger.outgoing?.addresses() ?? []) this.kick(actor, to);
  }

  /** Its turn is durable: what was held back goes out. */
  release(actor: HostedActor): void {
    const held = actor.heldMail;
    actor.heldMail = undefined;
    for (const to of held ?? []) this.kick(actor, to);
  }

  kick(actor: HostedActor, to: string, tries = 0): void {
    const pair = `${actor.address} ${to}`;
    const mail = actor.ledger.outgoing?.first(to);
    if (mail === undefined || this.#busy.has(pair) || this.#closed) return;
    // C1.
    if (actor.committing) return void (actor.heldMail ??= new Set()).add(to);
    this.#busy.set(pair, undefined);
    this.#ports.deliver(to, messageOf(actor, mail), (refusal) => {
      this.#busy.delete(pair);
      if (!this.#closed) this.#settle(actor.address, to, mail, refusal, tries);
    });
  }

  #settle(from: string, to: string, mail: Mail, refusal: Refusal | undefined, tries: number): void {
    const actor = this.#ports.resident(from);
    if (actor === undefined) return;
    if (refusal !== undefined && !isFinal.has(refusal.code)) return this.#later(actor, to, tries);
    const fate = refusal && this.#ports.undeliverable(actor, { to, mail, refusal }, tries);
    if (fate === 'told') return;
    if (fate === 'kept') return this.#later(actor, to, tries);
    actor.ledger.outgoing?.delivered(to, mail.ordinal);
    actor.marks = true;
    this.#ports.settled(actor);
    this.kick(actor, to);
  }

  #later(actor: HostedActor, to: string, tries: number): void {
    const pair = `${actor.address} ${to}`;
    const pause = Math.min(pauseMsMax, pauseMsMin * 2 ** tries);
    this.#pausing++;
    const stop = this.#ports.wait(pause, () => {
      this.#pausing--;
      this.#busy.delete(pair);
      const resident = this.#ports.resident(actor.address);
      if (resident !== undefined) this.kick(resident, to, tries + 1);
    });
    this.#busy.set(pair, stop);
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#busy.values()) stop?.();
    this.#busy.clear();
    this.#pausing = 0;
  }
}

function messageOf({ address: from, seq, sealHash }: HostedActor, mail: Mail): Message {
  const { ordinal, kind, bytes, labels } = mail;
  if (kind !== 'report') return { from, ordinal, kind, bytes, ...(labels === null ? {} : { labels }) };
  // The seal was made of the commit that holds the report, so its hash could not be in there.
  const event = { child: from, childSeq: seq, ...(unpack(bytes) as AnyEvent), sealHash };
  return { from, ordinal, kind: 'event', bytes: packWhole(event) };
}
