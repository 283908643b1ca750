/**
 * A request and its answer, whatever server carries them: routes know these two, and no server.
 */

export interface Incoming {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  header(name: string): string | undefined;
  /** The whole body; `TOO_LARGE` beyond so many bytes. */
  body(bytesMax: number): PromiseLike<Uint8Array>;
  /** The body as it comes, each piece when it is asked for; whoever leaves early reads nothing more of it. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Aborted when whoever asked is gone. */
  gone(): AbortSignal;
  /** As the web has it, for `authorize`; its body may be read already. */
  request(): Request;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes out as it is, pieces as their reader takes them; absent: no body. */
  readonly body?: string | AsyncIterable<Uint8Array>;
}

/** A value as JSON. */
export function json(value: unknown, status = 200, headers?: Answer['headers']): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

export const noContent: Answer = { status: 204 };
