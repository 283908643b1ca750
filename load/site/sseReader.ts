/**
 * A reader of one speaker's stream: it follows ranges and pieces without a gap, and measures how late each
 * piece comes. One that vanishes comes back where it was; a slow one leaves what has come unread.
 */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Notification } from '../../runtime/index.ts';
import type { HttpClient } from './httpClient.ts';
import { Listener } from './pieces.ts';

type Said = { readonly type: string; readonly text?: string };

export interface Manner {
  /** After each frame it reads nothing for so long. */
  readonly slowMs?: number;
  /** Its connection breaks after so many frames, and it comes back. */
  readonly vanishesAfter?: number;
  /** What the server keeps for it, at most. */
  readonly maxBytes?: number;
  /** It is told of news so often, at most. */
  readonly windowMs?: number;
}

export class SseReader {
  readonly listener = new Listener();
  readonly lateMs: number[] = [];
  resets = 0;
  returns = 0;
  notifications = 0;
  readonly #http: HttpClient;
  readonly #id: string;
  readonly #manner: Manner;
  /** Up to which fact it has read; the birth is known. */
  #to = 1;
  /** Of this connection. */
  #frames = 0;
  #isLost = false;
  #response: IncomingMessage | undefined;

  constructor(http: HttpClient, id: string, manner: Manner = {}) {
    this.#http = http;
    this.#id = id;
    this.#manner = manner;
  }

  /** Connects; what it gives settles when the speaker has ended, and all of it is read. */
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
    const path = `/v1/actors/speaker/${this.#id}/stream?windowMs=${windowMs}&after=${this.#to}${room}`;
    const response = await this.#http.open(path);
    assert.equal(response.statusCode, 200, `the stream of ${this.#id} is open`);
    response.setEncoding('utf8');
    this.#response = response;
    return response;
  }

  async #read(first: IncomingMessage): Promise<void> {
    for (let response = first; ; response = await this.#connected()) {
      if ((await this.#readOne(response)) === 'sealed') return;
      this.returns++;
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
        if (this.#take(frame)) return 'sealed';
        // Leaving the loop destroys the response, and with it the connection; what has come with it is lost.
        if (this.#isVanishing()) return 'vanished';
      }
      if (this.#manner.slowMs !== undefined) await pause(this.#manner.slowMs);
    }
    throw new Error(`the stream of ${this.#id} ended without a seal`);
  }

  /** Whether it was the last one. */
  #take(frame: string): boolean {
    const data = /^data: (.*)$/m.exec(frame)?.[1];
    if (data === undefined) return false;
    assert(!/^event: problem$/m.test(frame), data);
    this.#frames++;
    this.notifications++;
    const { from, to, facts, sealed, reset } = JSON.parse(data) as Notification<Said>;
    assert.equal(from, this.#to + 1, 'a notification begins after the one before');
    this.#to = to;
    if (reset !== undefined) this.#skip();
    for (const { event } of facts) this.#hear(event);
    return sealed;
  }

  #hear({ type, text }: Said): void {
    if (type !== 'delta' || text === undefined) return;
    if (this.#isLost) this.listener.skipTo(Number(text.slice(0, 8)) - 1);
    this.#isLost = false;
    for (const late of this.listener.hear(text, Date.now())) this.lateMs.push(late);
  }

  #skip(): void {
    this.#isLost = true;
    this.resets++;
  }

  /** It has had its frames of this connection; a comment is none. */
  #isVanishing(): boolean {
    const { vanishesAfter = Infinity } = this.#manner;
    return this.#frames >= vanishesAfter;
  }
}
