/**
 * The guests of one server: machines that apps run by themselves and tell of. They are in memory alone, and
 * bounded: a guest that has ended, or whose sender has left, makes room; where nobody does, who comes is
 * refused.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import { Guest } from './guest.ts';
import type { GuestRow } from './guest.ts';
import { inspectionOf } from './inspection.ts';
import type { Inspection } from './inspection.ts';
import { guestLimits } from './limits.ts';

export interface GuestsOptions {
  /** Guests at once. */
  readonly max: number;
  /** Who has left is shown for so long. */
  readonly keepMs: number;
  readonly now?: () => number;
}

/** What a sender is told. */
export interface Taken {
  /** Actors that this server knows by what they do alone: their `@xstate.actor` is wanted. */
  readonly unknown: readonly string[];
  /** Of what was told, so much was nothing of the protocol, or had no room. */
  readonly refused: number;
}

interface Sender {
  readonly number: number;
  readonly name: string | undefined;
  dropped: number;
  readonly sessions: Map<string, Guest>;
  heardAt: number;
  hasLeft: boolean;
}

/** Told of each row that is not as it was; called often, and must be quick. */
export type Listener = (address: string) => void;

export class Guests {
  readonly #options: GuestsOptions;
  readonly #now: () => number;
  readonly #senders = new Map<string, Sender>();
  readonly #guests = new Map<string, Guest>();
  readonly #listeners = new Set<Listener>();
  #numbers = 0;
  #sweeping: NodeJS.Timeout | undefined;

  constructor(options: GuestsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** `sender` is known by what it calls itself; `name` is shown, and how much it could not tell. */
  take(sender: string, name: string | undefined, told: readonly unknown[], dropped: number = 0): Taken {
    const now = this.#now();
    const from = this.#sender(sender, name, now);
    from.dropped = dropped;
    const unknown = new Set<string>();
    let refused = 0;
    for (const one of told) {
      const inspection = inspectionOf(one, now);
      const guest = inspection && this.#guestOf(from, inspection);
      if (inspection === undefined || guest === undefined) {
        refused++;
        continue;
      }
      guest.tell(inspection, now);
      if (guest.isKnown) unknown.delete(inspection.session);
      else unknown.add(inspection.session);
      this.#tell(guest.address);
    }
    return { unknown: [...unknown], refused };
  }

  /** Nothing more comes of this one, for now. */
  left(sender: string): void {
    const from = this.#senders.get(sender);
    if (from !== undefined) this.#leave(from, this.#now());
  }

  rows(): readonly GuestRow[] {
    return Array.from(this.#guests.values(), (guest) => guest.row());
  }

  row(address: string): GuestRow | undefined {
    return this.#guests.get(address)?.row();
  }

  /** `NOT_FOUND` when it is gone. */
  get(address: string): Guest {
    const guest = this.#guests.get(address);
    if (guest !== undefined) return guest;
    const text = `There is no guest ${address.slice(0, 300)}: it left, or never was here.`;
    throw new TroupeError('NOT_FOUND', text, { address: address.slice(0, 300) });
  }

  /** What it gives ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#sweeping);
    this.#listeners.clear();
    this.#senders.clear();
    this.#guests.clear();
  }

  #tell(address: string): void {
    for (const listener of this.#listeners) listener(address);
  }

  #sender(key: string, name: string | undefined, now: number): Sender {
    let sender = this.#senders.get(key);
    if (sender === undefined) {
      if (this.#senders.size >= guestLimits.senders) {
        const text = `${guestLimits.senders} apps tell of their machines already. Come back later.`;
        throw new TroupeError('TOO_MANY_REQUESTS', text, { senders: guestLimits.senders });
      }
      const number = ++this.#numbers;
      sender = { number, name, dropped: 0, sessions: new Map(), heardAt: now, hasLeft: false };
      this.#senders.set(key, sender);
      // Nobody waits for it.
      this.#sweeping ??= setInterval(() => this.#sweep(), guestLimits.sweepMs).unref();
    }
    sender.heardAt = now;
    if (sender.hasLeft) this.#comeBack(sender);
    return sender;
  }

  /** Undefined: there is no room. */
  #guestOf(sender: Sender, told: Inspection): Guest | undefined {
    const known = sender.sessions.get(told.session);
    if (known !== undefined) {
      if (known.isKnown || told.type !== 'actor') return known;
      // What was shown under a number has a name now.
      this.#forget(known);
    }
    if (this.#guests.size >= this.#options.max && !this.#makeRoom()) return undefined;
    const name = told.type === 'actor' ? told.name : told.session;
    // No kind of a runtime begins like this.
    const kind = `~${name.replace(/[^\w.:-]+/g, '_').slice(0, 60)}`;
    const id = `${sender.number}.${told.session}`;
    const addressOf = (session: string): string | undefined => sender.sessions.get(session)?.address;
    const title = (): string | undefined => titleOf(sender);
    const guest = new Guest({ address: `${kind}/${id}`, kind, id, title, addressOf }, told.at);
    sender.sessions.set(told.session, guest);
    this.#guests.set(guest.address, guest);
    return guest;
  }

  /** The one that was here first, of those that nothing more comes of. */
  #makeRoom(): boolean {
    for (const guest of this.#guests.values()) {
      if (guest.status === 'live') continue;
      this.#forget(guest);
      return true;
    }
    return false;
  }

  #forget(guest: Guest): void {
    this.#guests.delete(guest.address);
    for (const { sessions } of this.#senders.values()) {
      for (const [session, one] of sessions) if (one === guest) sessions.delete(session);
    }
    this.#tell(guest.address);
  }

  #leave(sender: Sender, now: number): void {
    sender.hasLeft = true;
    for (const guest of sender.sessions.values()) {
      guest.leave(now);
      this.#tell(guest.address);
    }
  }

  #comeBack(sender: Sender): void {
    sender.hasLeft = false;
    for (const guest of sender.sessions.values()) {
      guest.leftAt = undefined;
      this.#tell(guest.address);
    }
  }

  #sweep(): void {
    const now = this.#now();
    for (const [key, sender] of this.#senders) {
      if (!sender.hasLeft && now - sender.heardAt >= guestLimits.silenceMs) this.#leave(sender, now);
      if (sender.hasLeft && sender.sessions.size === 0) this.#senders.delete(key);
    }
    for (const guest of this.#guests.values()) {
      if (guest.sweep(now)) this.#tell(guest.address);
      if (guest.leftAt !== undefined && now - guest.leftAt >= this.#options.keepMs) this.#forget(guest);
    }
    if (this.#senders.size > 0) return;
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
  }
}

function titleOf({ name = '', dropped }: Sender): string | undefined {
  return [name, dropped > 0 ? `${dropped} events dropped` : ''].filter(Boolean).join(' · ') || undefined;
}
