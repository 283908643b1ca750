/**
 * A reader of one actor's stream: it follows ranges without a gap, and hands each fact to an ear that knows
 * what is to be heard there. One that vanishes comes back where it was; a slow one leaves what has come
 * unread; one that stalls reads nothing at all for a while.
 */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Notification } from '../../runtime/index.ts';
import type { HttpClient } from './httpClient.ts';

/** Whoever makes sense of what a reader is told. */
export interface Ear {
  hear(event: { readonly type: string }): void;
  /** A reset stands for the facts of this range: they were let go. */
  miss(from: number, to: number): Promise<void> | void;
}

export interface Manner {
  /** After each piece of the stream it reads nothing for so long. */
  readonly slowMs?: number;
  /** Its connection breaks after so many frames, and it comes back. */
  readonly vanishesAfter?: number;
  /** From its first frame on it reads nothing, until this. */
  readonly stallsUntil?: Promise<unknown>;
  /** Then its connection breaks with all that has come, and it comes back. */
  readonly vanishesThen?: true;
  /** What the server keeps for it, at most. */
  readonly maxBytes?: number;
  /** It is told of news so often, at most. */
  readonly windowMs?: number;
}

/** What a reset may take: it has a digest, but no history. */
const resetBytesMax = 17 * 1024;
const againMs = 50;

export class SseReader<E extends Ear> {
  readonly ear: E;
  resets = 0;
  returns = 0;
  notifications = 0;
  /** The first frame was read: of a reader that stalls, that it does. */
  readonly began: Promise<void>;
  readonly #http: HttpClient;
  readonly #actor: string;
  readonly #manner: Manner;
  #begin = (): void => undefined;
  /** Up to which fact it has read; the birth is known. */
  #to = 1;
  /** Of this connection. */
  #frames = 0;
  #hasStalled = false;
  #response: IncomingMessage | undefined;

  /** `actor` as in a path: `speaker/one`. */
  constructor(http: HttpClient, actor: string, ear: E, manner: Manner = {}) {
    this.ear = ear;
    this.#http = http;
    this.#actor = actor;
    this.#manner = manner;
    this.began = new Promise((resolve) => (this.#begin = resolve));
  }

  /** Connects; what it gives settles when the actor has ended, and all of it is read. */
  async open(): Promise<{ readonly ended: Promise<void> }> {
    const response = await this.#connected();
    return { ended: this.#read(response) };
  }

  close(): void {
    this.#response?.destroy();
  }

  async #connected(): Promise<IncomingMessage> {
    const { maxBytes, windowMs = 33 } = this.#manner;
    const room = maxBytes === undefined ? '' : `&maxBytes=${maxBytes}`;
    const path = `/v1/actors/${this.#actor}/stream?windowMs=${windowMs}&after=${this.#to}${room}`;
    let response = await this.#http.open(path);
    // Its own place, of the connection that broke, is free again soon.
    while (response.statusCode === 429 && this.returns > 0) {
      response.resume();
      await pause(againMs);
      response = await this.#http.open(path);
    }
    assert.equal(response.statusCode, 200, `the stream of ${this.#actor} is open`);
    response.setEncoding('utf8');
    this.#response = response;
    return response;
  }

  async #read(first: IncomingMessage): Promise<void> {
    for (let response = first; (await this.#readOne(response)) !== 'sealed';) {
      this.returns++;
      response = await this.#connected();
    }
  }

  /** Until its end, or until it vanishes. */
  async #readOne(response: IncomingMessage): Promise<'sealed' | 'vanished'> {
    let rest = '';
    this.#frames = 0;
    for await (const part of response as AsyncIterable<string>) {
      const frames = (rest + part).split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) {
        if (await this.#take(frame)) return 'sealed';
        // Leaving the loop destroys the response, and with it the connection; what has come with it is lost.
        if (this.#isVanishing()) return 'vanished';
      }
      if (await this.#stalls()) return 'vanished';
      if (this.#manner.slowMs !== undefined) await pause(this.#manner.slowMs);
    }
    throw new Error(`the stream of ${this.#actor} ended without a seal`);
  }

  /** Whether it was the last one. */
  async #take(frame: string): Promise<boolean> {
    const data = /^data: (.*)$/m.exec(frame)?.[1];
    if (data === undefined) return false;
    assert(!/^event: problem$/m.test(frame), data);
    this.#frames++;
    this.notifications++;
    const { from, to, facts, sealed, reset } = JSON.parse(data) as Notification;
    assert.equal(from, this.#to + 1, 'a notification begins after the one before');
    this.#to = to;
    if (reset !== undefined) {
      assert(/^event: reset$/m.test(frame), 'a reset is named so');
      assert.equal(reset.seq, to, 'a reset says where the actor stands');
      assert(frame.length <= resetBytesMax, `a reset is small, not ${frame.length} bytes`);
      assert.deepEqual(facts, [], 'a reset has no facts');
      this.resets++;
      await this.ear.miss(from, to);
    }
    for (const { event } of facts) this.ear.hear(event);
    this.#begin();
    return sealed;
  }

  /** Whether it has vanished over that. */
  async #stalls(): Promise<boolean> {
    const { stallsUntil, vanishesThen = false } = this.#manner;
    if (stallsUntil === undefined || this.#hasStalled || this.#frames === 0) return false;
    this.#hasStalled = true;
    await stallsUntil;
    return vanishesThen;
  }

  /** It has had its frames of this connection; a comment is none. */
  #isVanishing(): boolean {
    const { vanishesAfter = Infinity } = this.#manner;
    return this.#frames >= vanishesAfter;
  }
}
