/**
 * Channels: one for each watched actor and length of window, however many subscribers share it, so that what
 * crosses threads depends on windows, not on readers. A channel outlives the host behind it: the next one is
 * asked to go on, and subscribers read from the journal what fell in between.
 */
import type { TroupeError } from '../actors/troupeError.ts';
import type { Link } from './link.ts';
import type { Notice, WireStanding } from './protocol.ts';
import type { Router } from './router.ts';
import type { Counted, Lag } from './lag.ts';
import type { Subscription } from './subscription.ts';

interface ChannelPorts {
  readonly router: Router;
  readonly counted: Counted;
  /** Nobody listens to it. */
  readonly unused: (channel: Channel) => void;
  /** Its actor has ended, and there will be no more notices. */
  readonly ended: (channel: Channel) => void;
}

export class Channel {
  readonly id: number;
  readonly address: string;
  readonly windowMs: number;
  readonly link: Link;
  readonly subscribers = new Set<Subscription>();
  /** Of all channels together: what subscribers cost is known after they have gone. */
  readonly counted: Counted;
  readonly #router: Router;
  readonly #ports: ChannelPorts;

  constructor(id: number, watched: { address: string; windowMs: number }, ports: ChannelPorts) {
    const { router, counted } = ports;
    this.id = id;
    this.address = watched.address;
    this.windowMs = watched.windowMs;
    this.link = router.linkOf(watched.address);
    this.counted = counted;
    this.#router = router;
    this.#ports = ports;
  }

  /** One more subscriber, from where the actor stands when the host hears of it. */
  async join(subscriber: Subscription, wait: boolean): Promise<WireStanding> {
    this.subscribers.add(subscriber);
    return this.standing(wait);
  }

  /** Where the actor stands; everything before has been told by then. */
  async standing(wait = true): Promise<WireStanding> {
    return this.#ask({ wait });
  }

  /** As `standing`, once everything that was sent before is durable. */
  async settled(signal?: AbortSignal): Promise<WireStanding> {
    return this.#ask({ wait: true, settled: true }, signal);
  }

  async #ask(
    how: { readonly wait: boolean; readonly settled?: true },
    signal?: AbortSignal,
  ): Promise<WireStanding> {
    const { id: channel, address, windowMs } = this;
    const request = { op: 'watch', channel, address, windowMs, ...how } as const;
    // As protocol.ts has it.
    const standing = (await this.#router.ask(this.link, request, signal)) as WireStanding;
    // Everybody left meanwhile, and a host that took over has not heard of that.
    if (this.subscribers.size === 0) this.#ports.unused(this);
    else if (standing.sealed) this.#ports.ended(this);
    return standing;
  }

  leave(subscriber: Subscription): void {
    if (this.subscribers.delete(subscriber) && this.subscribers.size === 0) this.#ports.unused(this);
  }
}

export class Channels {
  readonly #byId = new Map<number, Channel>();
  readonly #byName = new Map<string, Channel>();
  readonly #ports: ChannelPorts;
  #count = 0;
  #closed: TroupeError | undefined;

  constructor(router: Router) {
    this.#ports = {
      router,
      counted: { notifications: 0, merges: 0, resets: 0 },
      unused: (channel) => {
        this.#forget(channel);
        channel.link.tell({ op: 'unwatch', n: router.next(), channel: channel.id });
      },
      ended: (channel) => this.#forget(channel),
    };
  }

  of(address: string, windowMs: number): Channel {
    if (this.#closed !== undefined) throw this.#closed;
    const name = nameOf(address, windowMs);
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const channel = new Channel(++this.#count, { address, windowMs }, this.#ports);
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

  /** The host of these actors is gone for good. */
  lost(link: Link, error: TroupeError): void {
    for (const channel of this.#byId.values()) {
      if (channel.link === link) channel.subscribers.forEach((subscriber) => subscriber.fail(error));
    }
  }

  /** Nothing more comes of this actor before its release: whoever waits for it must not wait for ever. */
  aside(address: string, error: TroupeError): void {
    for (const channel of this.#byId.values()) {
      if (channel.address === address) channel.subscribers.forEach((subscriber) => subscriber.fail(error));
    }
  }

  /** N12: everything gathered is told, and has reached whoever reads. */
  async flush(address?: string, signal?: AbortSignal): Promise<void> {
    const channels = [...this.#byId.values()].filter(
      (one) => address === undefined || one.address === address,
    );
    await Promise.all(channels.map(async (channel) => this.#flush(channel, signal)));
  }

  async #flush(channel: Channel, signal: AbortSignal | undefined): Promise<void> {
    try {
      await channel.settled(signal);
    } catch (error) {
      if (this.#closed !== undefined || signal?.aborted === true) throw error;
      // Of an actor that was set aside there is nothing to tell.
    }
    // What was answered before has reached its subscribers a turn of the loop later.
    await new Promise((resolve) => setImmediate(resolve));
    for (const subscriber of channel.subscribers) await subscriber.settled();
  }

  /** What waits of this actor is left to the journal, which has it no more. */
  erased(address: string): void {
    for (const channel of this.#byId.values()) {
      if (channel.address === address) channel.subscribers.forEach((subscriber) => subscriber.letGo());
    }
  }

  /** N10. */
  stats(): Lag & { readonly subscribers: number; readonly channels: number } {
    const sum = { subscribers: 0, facts: 0, bytes: 0 };
    for (const { subscribers } of this.#byId.values()) {
      for (const { lag } of subscribers) {
        sum.subscribers++;
        sum.facts += lag.facts;
        sum.bytes += lag.bytes;
      }
    }
    return { ...sum, ...this.#ports.counted, channels: this.#byId.size };
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
