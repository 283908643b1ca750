/**
 * The server, as the client asks it: one request and its answer. A call without an answer is made again; a
 * send is known by its id, so that it is applied once however often it is made (P4).
 */
import { patiently } from './patience.ts';
import type { Patience } from './patience.ts';
import { refusalOf } from './problem.ts';
import { isTroupeError, refusal, unanswered } from './refusal.ts';
import { jsonOf, parsed } from './revived.ts';

type Headers = Readonly<Record<string, string>>;

/** How a server is reached, and how long a client is patient with it. */
export interface ClientOptions extends Partial<Patience> {
  /** `Authorization: Bearer …` of every request. */
  readonly token?: string;
  /** Of every request; asked for each, so that they may change. */
  readonly headers?: Headers | (() => Headers | Promise<Headers>);
  /** Instead of the global one. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** A stream that says nothing for so long is taken for dead: longer than two heartbeats of the server. */
  readonly silenceMs?: number;
}

export interface Asked {
  readonly method?: string;
  readonly query?: object | undefined;
  readonly body?: unknown;
  /** Idempotency-Key. */
  readonly id?: string | undefined;
  /** Last-Event-ID. */
  readonly last?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const patienceDefault: Patience & { readonly silenceMs: number } = {
  patienceMs: 30_000,
  retryMs: 100,
  retryMsMax: 5000,
  silenceMs: 45_000,
};

/** The caller's signal, or the end of its time. */
export function within(
  signal: AbortSignal | undefined,
  timeoutMs: number | undefined,
): AbortSignal | undefined {
  if (timeoutMs === undefined) return signal;
  return AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
}

export class Remote {
  readonly patience: typeof patienceDefault;
  readonly #url: string;
  readonly #options: ClientOptions;

  constructor(url: string, options: ClientOptions) {
    if (!URL.canParse(url)) throw refusal('INVALID_OPTION', `"${url}" is no URL.`, { option: 'url' });
    const known = ['token', 'headers', 'fetch', ...Object.keys(patienceDefault)];
    const unknown = Object.keys(options).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      const text = `connect knows no "${unknown}"; it takes ${known.join(', ')}.`;
      throw refusal('INVALID_OPTION', text, { option: unknown, known });
    }
    this.#url = url.replace(/\/$/, '');
    this.#options = options;
    this.patience = { ...patienceDefault, ...options };
  }

  /** The value that is told; undefined where there is none. */
  async ask<T>(path: string, asked: Asked = {}): Promise<T> {
    const text = await this.text(path, asked);
    return (text === '' ? undefined : parsed(text)) as T; // As the route's schema has it.
  }

  async text(path: string, asked: Asked = {}): Promise<string> {
    return patiently(this.patience, asked.signal, async () => {
      const response = await this.response(path, asked);
      return this.#read(response, asked.signal);
    });
  }

  /** One try; an answer other than 2xx is thrown. */
  async response(path: string, { method, query, body, id, last, signal }: Asked): Promise<Response> {
    const { token, headers, fetch: own } = this.#options;
    const text = body === undefined ? undefined : jsonOf(body);
    const init = {
      method: method ?? (text === undefined ? 'GET' : 'POST'),
      // Throws on an id that a header cannot hold.
      headers: new Headers({
        ...(typeof headers === 'function' ? await headers() : headers),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(text !== undefined && { 'content-type': 'application/json' }),
        ...(id !== undefined && { 'idempotency-key': id }),
        ...(last !== undefined && { 'last-event-id': last }),
      }),
      ...(text !== undefined && { body: text }),
      ...(signal && { signal }),
    };
    let response: Response;
    try {
      // By its own name: some browsers refuse it as somebody's method.
      response = await (own ?? fetch)(this.#url + path + textOf(query), init);
    } catch (error) {
      throw unanswered('The server did not answer', error, signal);
    }
    if (response.ok) return response;
    const told = await this.#read(response, signal);
    throw refusalOf(told, response.status, response.headers.get('retry-after'));
  }

  async #read(response: Response, signal: AbortSignal | undefined): Promise<string> {
    try {
      return await response.text();
    } catch (error) {
      throw unanswered('The answer was cut', error, signal);
    }
  }
}

type Value =
  | string
  | number
  | boolean
  | Date
  | readonly string[]
  | Readonly<Record<string, string>>
  | undefined;

function textOf(query: object = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, Value][]) {
    if (Array.isArray(value)) for (const one of value) params.append(name, String(one));
    else if (value instanceof Date) params.set(name, String(+value));
    else if (typeof value === 'object') {
      for (const [key, one] of Object.entries(value)) params.set(`${name}[${key}]`, one);
    } else if (value !== undefined) params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** What `work` gives, or undefined for an error of this code. */
export async function unless<T>(
  code: Parameters<typeof refusal>[0],
  work: Promise<T>,
): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isTroupeError(error, code)) return undefined;
    throw error;
  }
}

/** Unique, also in pages without a secure context. */
export function newSendId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(36)).join('');
}
