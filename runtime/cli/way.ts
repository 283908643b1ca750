/**
 * The way from a verb to actors: requests of the one route table, whatever carries them: a server's URL, the
 * socket of a directory's owner, or this process itself, reading a directory that nobody has open.
 */
import { errorCodes, TroupeError } from '../../actors/troupeError.ts';
import type { ErrorCode, ErrorDetails } from '../../actors/troupeError.ts';
import { eventsIn } from './eventStream.ts';
import type { StreamEvent } from './eventStream.ts';

export interface Asked {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With its query. */
  readonly target: string;
  readonly body?: unknown;
  /** Instead of `body`: sent as they come. */
  readonly pieces?: AsyncIterable<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Carried {
  readonly status: number;
  readonly type: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** What carries a request. */
export interface Carrier {
  /** For people: whom one talks to. */
  readonly to: string;
  /** Nobody writes: what is there is all there is. */
  readonly isReadOnly: boolean;
  carry(asked: Asked): Promise<Carried>;
  close(): Promise<void>;
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export class Way {
  readonly #carrier: Carrier;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  get to(): string {
    return this.#carrier.to;
  }

  get isReadOnly(): boolean {
    return this.#carrier.isReadOnly;
  }

  /** The answer's JSON (or text, of what is text); throws what the problem says. */
  async get(path: string, query: Query = {}): Promise<unknown> {
    return this.#ask({ method: 'GET', target: targetOf(path, query) });
  }

  async post(path: string, body: unknown, headers: Asked['headers'] = {}): Promise<unknown> {
    return this.#ask({ method: 'POST', target: path, body, headers });
  }

  /** A body as it comes; its answer may come before its end, and then nothing more of it is sent. */
  async pour(path: string, query: Query, type: string, pieces: AsyncIterable<Uint8Array>): Promise<unknown> {
    const headers = { 'content-type': type };
    return this.#ask({ method: 'POST', target: targetOf(path, query), pieces, headers });
  }

  async delete(path: string, query: Query = {}): Promise<unknown> {
    return this.#ask({ method: 'DELETE', target: targetOf(path, query) });
  }

  /** Events of a stream, until it ends or nobody reads on. */
  async *follow(path: string, query: Query = {}): AsyncGenerator<StreamEvent, void, undefined> {
    const leaving = new AbortController();
    try {
      const asked = { method: 'GET' as const, target: targetOf(path, query), signal: leaving.signal };
      const carried = await this.#carrier.carry(asked);
      if (carried.status === 204) return;
      if (carried.status !== 200) throw problemIn(await textOf(carried.body), carried.status);
      yield* eventsIn(carried.body);
    } finally {
      leaving.abort();
    }
  }

  /** The lines of a text as they come. */
  async *lines(path: string, query: Query = {}): AsyncGenerator<string, void, undefined> {
    const { status, body } = await this.#carrier.carry({ method: 'GET', target: targetOf(path, query) });
    if (status !== 200) throw problemIn(await textOf(body), status);
    const decoder = new TextDecoder();
    let rest = '';
    for await (const piece of body) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  }

  async #ask(asked: Asked): Promise<unknown> {
    const { status, type, body } = await this.#carrier.carry(asked);
    const text = await textOf(body);
    if (status >= 400) throw problemIn(text, status);
    if (text === '') return undefined;
    return type.startsWith('application/json') ? (JSON.parse(text) as unknown) : text;
  }

  async close(): Promise<void> {
    await this.#carrier.close();
  }
}

/** The path of an actor: `kind/id`, where the id of a child holds slashes. */
export function pathOf(address: string, rest = ''): string {
  const slash = address.indexOf('/');
  if (slash < 1 || slash === address.length - 1) {
    const text = `"${address}" is no address: those are "kind/id", as \`troupe ls\` lists them.`;
    throw new TroupeError('INVALID_ADDRESS', text, { address });
  }
  const [kind, id] = [address.slice(0, slash), address.slice(slash + 1)];
  return `/v1/actors/${encodeURIComponent(kind)}/${encodeURIComponent(id)}${rest}`;
}

function targetOf(path: string, query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      params.append(name, String(one));
    }
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** The error that an answer stands for; what is no problem of ours is told with its status. */
function problemIn(text: string, status: number): Error {
  try {
    const { code, detail, details, ...rest } = JSON.parse(text) as {
      readonly code?: string;
      readonly detail?: string;
      readonly details?: ErrorDetails;
    };
    if (code !== undefined && Object.hasOwn(errorCodes, code)) {
      return new TroupeError(code as ErrorCode, detail ?? code, { ...details, ...rest });
    }
    if (detail !== undefined) return new Error(detail);
  } catch {
    // Not JSON: something else than Troupe answers there.
  }
  return new Error(`The answer was ${status}, and no problem that Troupe tells: ${text.slice(0, 200)}`);
}
