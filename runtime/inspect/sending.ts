/**
 * What waits to be told, and the way to the server: one request at a time, everything of a window in one.
 *   D1. At most `waitingMax` wait. The oldest are dropped and counted, and the server hears how many.
 *   D2. A server that did not know an actor asks for it, and is told of it again: after a restart, or a drop.
 */
import { refusalOf } from '../client/problem.ts';
import { unanswered } from '../client/refusal.ts';
import { newSendId } from '../client/remote.ts';
import type { InspectorOptions } from './createInspector.ts';
import { isLast, messageOf, sessionOf, toldAgain } from './told.ts';
import type { Inspected } from './told.ts';

const defaults = { waitingMax: 1000, windowMs: 100 };
/** Of one request, below what a server takes. */
const bodyCharacters = 1_000_000;
const bodyEvents = 500;
/** A server takes a sender for gone that says nothing for a minute. */
const aliveMs = 15_000;
const requestMs = 10_000;
const [retryMs, retryMsMax] = [500, 15_000];
/** Actors that are remembered, to be told of again. */
const knownMax = 1000;

export class Sending {
  readonly #options: InspectorOptions & typeof defaults;
  readonly #sender = newSendId();
  #waiting: Inspected[] = [];
  readonly #known = new Map<string, Inspected>();
  readonly #reported = new Set<string>();
  #request: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #dueAt = 0;
  #isHeard = false;
  #isClosed = false;
  dropped = 0;

  constructor(options: InspectorOptions) {
    this.#options = { ...defaults, ...options };
  }

  add(inspected: Inspected): void {
    if (this.#isClosed) return;
    this.#remember(inspected);
    this.#waiting.push(inspected);
    this.#trim();
    // A server that was not there has its pause.
    if (this.#tries === 0) this.#later(this.#options.windowMs);
  }

  async flush(): Promise<void> {
    const tries = this.#tries;
    while (this.#waiting.length > 0 && !this.#isClosed && this.#tries === tries) await this.#send();
    await this.#request;
  }

  async close(): Promise<void> {
    await this.flush();
    if (this.#isClosed) return;
    this.#stop();
    // Who never was heard of need not say goodbye.
    if (!this.#isHeard || this.#tries > 0) return;
    await this.#post([], true).catch((error: unknown) => this.report(error));
  }

  report(error: unknown): void {
    const told = error instanceof Error ? error : new Error(String(error));
    const { code = told.message } = told as { readonly code?: string };
    if (this.#reported.has(code)) return;
    this.#reported.add(code);
    try {
      this.#options.onError?.(told);
    } catch {
      // Whoever listens is the app, and nothing of this is to disturb it.
    }
  }

  #remember(inspected: Inspected): void {
    const session = sessionOf(inspected);
    if (inspected.told.type === '@xstate.actor') this.#known.set(session, inspected);
    const oldest = this.#known.keys().next();
    if (this.#known.size > knownMax && oldest.done !== true) this.#known.delete(oldest.value);
    if (isLast(inspected)) this.#known.delete(session);
  }

  #trim(): void {
    const over = this.#waiting.length - this.#options.waitingMax;
    if (over <= 0) return;
    this.#waiting.splice(0, over);
    this.dropped += over;
  }

  /** Of two times the sooner one; a process that has nothing else to do is not kept. */
  #later(ms: number): void {
    const dueAt = Date.now() + ms;
    if (this.#request !== undefined || (this.#timer !== undefined && this.#dueAt <= dueAt)) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, ms);
    (this.#timer as { unref?: () => void }).unref?.();
  }

  async #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#request ??= this.#round().finally(() => {
      this.#request = undefined;
      this.#goOn();
    });
    await this.#request;
  }

  #goOn(): void {
    if (this.#isClosed) return;
    if (this.#tries > 0) this.#later(Math.min(retryMsMax, retryMs * 2 ** (this.#tries - 1)));
    else if (this.#waiting.length > 0) this.#later(0);
    else if (this.#known.size > 0) this.#later(aliveMs);
  }

  /** Never rejects. */
  async #round(): Promise<void> {
    const batch: Inspected[] = [];
    const messages: string[] = [];
    let characters = 0;
    while (batch.length < bodyEvents && characters < bodyCharacters) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      const message = this.#written(next);
      if (message === undefined) continue;
      batch.push(next);
      messages.push(message);
      characters += message.length;
    }
    try {
      const { unknown } = await this.#post(messages, false);
      this.#tries = 0;
      this.#isHeard = true;
      const wanted = unknown.flatMap((session) => this.#known.get(session) ?? []);
      this.#waiting.unshift(...wanted.map(toldAgain));
    } catch (error) {
      this.report(error);
      if ((error as { readonly retryable?: boolean }).retryable !== true) {
        this.#stop();
        return;
      }
      this.#tries++;
      this.#waiting.unshift(...batch);
      this.#trim();
    }
  }

  /** What cannot be told is left out: it must not stand in the way of what follows. */
  #written(inspected: Inspected): string | undefined {
    try {
      return messageOf(inspected);
    } catch (error) {
      this.report(error);
      this.dropped++;
      return undefined;
    }
  }

  async #post(
    messages: readonly string[],
    isGoodbye: boolean,
  ): Promise<{ readonly unknown: readonly string[] }> {
    const { url, token, name, fetch: own } = this.#options;
    const about = {
      sender: this.#sender,
      ...(name !== undefined && { name: name.slice(0, 100) }),
      ...(this.dropped > 0 && { dropped: this.dropped }),
      ...(isGoodbye && { isLast: true }),
    };
    const init = {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: `${JSON.stringify(about).slice(0, -1)},"events":[${messages.join(',')}]}`,
      // A page that goes may still say goodbye.
      keepalive: isGoodbye,
      signal: AbortSignal.timeout(requestMs),
    };
    let [response, text]: [Response | undefined, string] = [undefined, ''];
    try {
      // By its own name: some browsers refuse it as somebody's method.
      response = await (own ?? fetch)(`${url.replace(/\/$/, '')}/v1/guests`, init);
      text = await response.text();
    } catch (error) {
      throw unanswered('The inspector did not answer', error);
    }
    if (!response.ok) throw refusalOf(text, response.status, response.headers.get('retry-after'));
    const told: unknown = JSON.parse(text);
    return told as { readonly unknown: readonly string[] }; // As the route's schema has it.
  }

  #stop(): void {
    this.#isClosed = true;
    this.dropped += this.#waiting.length;
    this.#waiting = [];
    clearTimeout(this.#timer);
  }
}
