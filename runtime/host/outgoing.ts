/**
 * What an actor has sent to others and nobody has acknowledged, in order per address.
 *   O1. Ordinals of one address only grow, also over its being forgotten: a receiver knows a message that
 *       comes again by its ordinal.
 *   O2. Delivered marks are not intents of their own: they ride with the next commit or snapshot. Until then
 *       a crash sends again what was delivered.
 */
import type { Labels } from '../protocol.ts';

export interface Mail {
  readonly ordinal: number;
  /**
   * A report is an event that gets the hash of its sender's seal on its way. The last are events of a child
   * to its parent, sent in the step that ended it: its end follows them.
   */
  readonly kind: 'event' | 'last' | 'birth' | 'stop' | 'end' | 'report';
  readonly bytes: Uint8Array;
  readonly labels: Labels | null;
}

/** Mail to one address; `last` is the ordinal of the newest ever made. */
interface Mailbag {
  last: number;
  readonly mail: Mail[];
}

type PlainBag = readonly [to: string, last: number, mail: Mail[]];

export class Outgoing {
  readonly #bags = new Map<string, Mailbag>();
  /** Delivered, and no commit says so yet (O2): the last ordinal of each address. */
  readonly #unnoted = new Map<string, number>();
  /** O1. No ordinal of an address that was forgotten is above it. */
  #floor = 0;
  /** Messages that nobody has acknowledged, to whomever. */
  unsent = 0;

  add(to: string, mail: Mail): void {
    const bag = this.#bags.get(to);
    if (bag === undefined) this.#bags.set(to, { last: mail.ordinal, mail: [mail] });
    else {
      bag.last = mail.ordinal;
      bag.mail.push(mail);
    }
    this.unsent++;
  }

  next(to: string): number {
    return (this.#bags.get(to)?.last ?? this.#floor) + 1;
  }

  /** The one to go out next. */
  first(to: string): Mail | undefined {
    return this.#bags.get(to)?.mail[0];
  }

  addresses(): Iterable<string> {
    return this.#bags.keys();
  }

  /** Everything to this address up to `ordinal` was taken, and a commit says so. */
  end(to: string, ordinal: number): void {
    const mail = this.#bags.get(to)?.mail;
    if (mail === undefined) return;
    const left = mail.findIndex((one) => one.ordinal > ordinal);
    this.unsent -= mail.splice(0, left < 0 ? mail.length : left).length;
  }

  /** It was taken; the next commit will say so. */
  delivered(to: string, ordinal: number): void {
    this.#unnoted.set(to, ordinal);
    this.end(to, ordinal);
  }

  /** What the next commit says was taken. */
  takeNotes(): readonly (readonly [to: string, ordinal: number])[] {
    const notes = [...this.#unnoted];
    this.#unnoted.clear();
    return notes;
  }

  /** Addresses with nothing under way, while there are more than `count`; the oldest first. */
  forget(count: number): void {
    for (const [to, { last, mail }] of this.#bags) {
      if (this.#bags.size <= count) return;
      if (mail.length > 0 || this.#unnoted.has(to)) continue;
      this.#floor = Math.max(this.#floor, last);
      this.#bags.delete(to);
    }
  }

  plain(): [floor: number, ...bags: PlainBag[]] {
    return [this.#floor, ...Array.from(this.#bags, ([to, { last, mail }]): PlainBag => [to, last, mail])];
  }

  static from([floor, ...bags]: [floor: number, ...bags: PlainBag[]]): Outgoing {
    const outgoing = new Outgoing();
    outgoing.#floor = floor;
    for (const [to, last, mail] of bags) {
      outgoing.#bags.set(to, { last, mail });
      outgoing.unsent += mail.length;
    }
    return outgoing;
  }
}
