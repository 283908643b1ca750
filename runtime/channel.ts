/**
 * Channels: one for each watched actor and length of window, however many subscribers share it, so that what
 * crosses threads depends on windows, not on readers. A channel outlives the host behind it: the next one is
 * asked to go on, and subscribers read from the journal what fell in between.
 */
import type { TroupeError } from '../actors/troupeError.ts';
import type { Link } from './link.ts';
import type { Notice, WireStanding } from './protocol.ts';
import type { Router } from './router.ts';
import type { Lag, Subscription } from './subscription.ts';

export class Channel {
  readonly id: number;
  readonly address: string;
  readonly windowMs: number;
  readonly link: Link;
  readonly subscribers = new Set<Subscription>();
  readonly #router: Router;
  readonly #unused: (channel: Channel) => void;

  constructor(
    id: number,
    { address, windowMs }: { address: string; windowMs: number },
    router: Router,
    unused: (channel: Channel) => void,
  ) {
    this.id = id;
    this.address = address;
    this.windowMs = windowMs;
    this.link = router.linkOf(address);
    this.#router = router;
    this.#unused = unused;
  }

  /** One more subscriber, from where the actor stands when the host hears of it. */
  async join(subscriber: Subscription, wait: boolean): Promise<WireStanding> {
    this.subscribers.add(subscriber);
    return this.standing(wait);
  }

  /** Where the actor stands; everything before has been told by then. */
  async standing(wait = true): Promise<WireStanding> {
    const { id: channel, address, windowMs } = this;
    const standing = this.#router.ask(this.link, { op: 'watch', channel, address, windowMs, wait });
    return standing as PromiseLike<WireStanding>; // As protocol.ts has it.
  }

  leave(subscriber: Subscription): void {
    if (this.subscribers.delete(subscriber) && this.subscribers.size === 0) this.#unused(this);
  }
}

export class Channels {
  readonly #router: Router;
  readonly #byId = new Map<number, Channel>();
  readonly #byName = new Map<string, Channel>();
  #count = 0;
  #closed: TroupeError | undefined;

  constructor(router: Router) {
    this.#router = router;
  }

  of(address: string, windowMs: number): Channel {
    if (this.#closed !== undefined) throw this.#closed;
    const name = nameOf(address, windowMs);
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const channel = new Channel(++this.#count, { address, windowMs }, this.#router, (unused) => {
      this.#forget(unused);
      unused.link.tell({ op: 'unwatch', n: this.#router.next(), channel: unused.id });
    });
    this.#byName.set(name, channel);
    this.#byId.set(channel.id, channel);
    return channel;
  }

  #forget(channel: Channel): void {
    this.#byId.delete(channel.id);
    const name = nameOf(channel.address, channel.windowMs);
    if (this.#byName.get(name) === channel) this.#byName.delete(name);
  }

  notice(notice: Notice): void {
    const channel = this.#byId.get(notice.channel);
    if (channel === undefined) return;
    // Nothing comes after the seal; whoever subscribes from now on asks anew.
    if (notice.sealed) this.#forget(channel);
    for (const subscriber of channel.subscribers) subscriber.offer(notice);
  }

  /** Another host: it knows of no channel. */
  revived(link: Link): void {
    for (const channel of this.#byId.values()) {
      if (channel.link !== link) continue;
      channel.standing().then(
        (standing) => channel.subscribers.forEach((subscriber) => subscriber.goOn(standing)),
        (error: unknown) => channel.subscribers.forEach((subscriber) => subscriber.fail(error)),
      );
    }
  }

  /** N12: everything gathered is told, and has reached whoever reads. */
  async flush(address?: string): Promise<void> {
    const channels = [...this.#byId.values()].filter(
      (one) => address === undefined || one.address === address,
    );
    await Promise.all(
      channels.map(async (channel) => {
        await channel.standing();
        for (const subscriber of channel.subscribers) await subscriber.settled();
      }),
    );
  }

  /** N10. */
  stats(): Lag & { readonly subscribers: number; readonly channels: number } {
    const sum = { subscribers: 0, facts: 0, bytes: 0, notifications: 0, merges: 0, resets: 0 };
    for (const { subscribers } of this.#byId.values()) {
      for (const { lag } of subscribers) {
        sum.subscribers++;
        for (const name of ['facts', 'bytes', 'notifications', 'merges', 'resets'] as const)
          sum[name] += lag[name];
      }
    }
    return { ...sum, channels: this.#byId.size };
  }

  close(closed: TroupeError): void {
    this.#closed = closed;
    for (const { subscribers } of this.#byId.values()) {
      for (const subscriber of subscribers) subscriber.fail(closed);
    }
  }
}

function nameOf(address: string, windowMs: number): string {
  return `${windowMs} ${address}`;
}
