/** A stage with a speaker for the tests of subscriptions, and readers that keep what they were told. */
import type { Notification } from '../../../runtime/notification.ts';
import type { Subscription } from '../../../runtime/subscription.ts';
import { openStage } from '../host/kit.ts';
import type { Stage, StageOptions } from '../host/kit.ts';
import { speaker } from './speaker.ts';
import type { Said } from './speaker.ts';

export { speaker };
export type { Said };

export type Hall = Stage<typeof speaker>;
export type News = Notification<Said & { readonly type: string }>;

export async function openHall(options: StageOptions = {}): Promise<Hall> {
  return openStage([speaker], options);
}

export const delta = (text: string): Said => ({ type: 'delta', text });

/** The next notification of a subscription that has not ended. */
export async function pulled(subscription: Subscription): Promise<Notification> {
  const { value } = await subscription.next();
  if (value === undefined) throw new Error('the subscription has ended');
  return value;
}

/** Reads on and on; keeps everything. */
export class Reader {
  readonly news: Notification[] = [];
  error: unknown;
  readonly ended: Promise<void>;

  constructor(subscription: Subscription) {
    this.ended = this.#read(subscription);
  }

  async #read(subscription: Subscription): Promise<void> {
    try {
      for await (const one of subscription) this.news.push(one);
    } catch (error) {
      this.error = error;
    }
  }

  /** What was said, all notifications together. */
  get text(): string {
    return textOf(this.news);
  }
}

/** Reads one notification at a time, whenever it is asked to. */
export class Lazy {
  readonly news: Notification[] = [];
  readonly #subscription: Subscription;
  #reading: Promise<void> | undefined;
  isOver = false;

  constructor(subscription: Subscription) {
    this.#subscription = subscription;
  }

  read(): void {
    this.#reading ??= this.#read();
  }

  async #read(): Promise<void> {
    const { value, done } = await this.#subscription.next();
    if (value !== undefined) this.news.push(value);
    // Who left while this was under way has left.
    this.isOver ||= done === true;
    this.#reading = undefined;
  }

  async rest(): Promise<void> {
    while (!this.isOver) {
      this.read();
      await this.#reading;
    }
  }

  async leave(): Promise<void> {
    this.isOver = true;
    await this.#subscription.return();
  }
}

export function textOf(news: readonly Notification[]): string {
  const events = news.flatMap(({ facts }) => facts.map(({ event }) => event as { readonly text?: string }));
  return events.map(({ text = '' }) => text).join('');
}

/** P8: each starts where the one before ended, and the facts of each lie in its range, in order. */
export function assertContiguous(news: readonly Notification[], first = 1): void {
  let next = first;
  for (const { from, to, facts, reset } of news) {
    if (from !== next) throw new Error(`a notification starts at ${from}, not at ${next}`);
    if (to < from - 1) throw new Error(`a notification goes back from ${from} to ${to}`);
    next = to + 1;
    if (reset !== undefined) continue;
    let seq = from;
    for (const fact of facts) {
      if (fact.seq !== seq) throw new Error(`fact ${fact.seq} stands where ${seq} belongs`);
      seq = fact.to + 1;
    }
    if (seq !== next) throw new Error(`the facts of a notification end at ${seq - 1}, not at ${to}`);
  }
}
