/**
 * autocannon: so many connections, each of which sends the next request when it has the answer to the last.
 * For timetables it is not used: its rates let each connection send the requests of a second at once.
 */
import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { HttpClient } from './httpClient.ts';

export interface Shot {
  readonly method?: 'GET' | 'POST';
  readonly path?: string;
  /** Makes a request anew each time; `context` is the connection's until its first request comes again. */
  readonly setupRequest?: (request: object, context: Context) => object;
  readonly onResponse?: (status: number, body: string, context: Context) => void;
}

export type Context = Record<string, unknown>;

export interface Volley {
  readonly http: HttpClient;
  readonly connections: number;
  readonly shots: readonly Shot[];
  /** Either so long, or so many requests. */
  readonly seconds?: number;
  readonly amount?: number;
  /** Refusals for want of room are asked for. */
  readonly refusals?: boolean;
}

export interface Hits {
  readonly ms: readonly number[];
  readonly answered: number;
  /** 429, where they are asked for. */
  readonly refused: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
}

interface Result {
  readonly requests: { readonly sent: number };
  readonly errors: number;
  readonly timeouts: number;
  readonly mismatches: number;
}

/** It has no types of its own. */
const autocannon = createRequire(import.meta.url)('autocannon') as (
  options: object,
) => Promise<Result> & EventEmitter;

/** Every answer is a 2xx, or a refusal that was asked for; anything else fails. */
export async function fire({ http, connections, shots, seconds, amount, refusals }: Volley): Promise<Hits> {
  const span = amount === undefined ? { duration: seconds } : { amount };
  const start = performance.now();
  let last = start;
  const ms: number[] = [];
  const others = new Map<number, number>();
  const { url, traffic } = http;
  const running = autocannon({ url, connections, timeout: 60, requests: shots.map(copied), ...span });
  const heard = (_client: unknown, status: number, _bytes: number, took: number): void => {
    last = performance.now();
    traffic.heard(status);
    if (status >= 200 && status < 300) ms.push(took);
    else others.set(status, (others.get(status) ?? 0) + 1);
  };
  void running.on('response', heard);
  const { requests, errors, timeouts, mismatches } = await running;
  const refused = others.get(429) ?? 0;
  const answers = ms.length + [...others.values()].reduce((sum, count) => sum + count, 0);
  traffic.failed += errors + timeouts;
  traffic.cutOff += Math.max(0, requests.sent - answers - errors - timeouts);
  if (refusals === true) others.delete(429);
  assert.deepEqual(
    { others: Object.fromEntries(others), errors, timeouts, mismatches },
    { others: {}, errors: 0, timeouts: 0, mismatches: 0 },
    'every answer is one that was asked for',
  );
  return { ms, answered: ms.length, refused, seconds: (last - start) / 1000 };
}

/** It adds to what it is given. */
function copied(shot: Shot): Shot {
  return { ...shot };
}

/** The parts of a POST of JSON. */
export function posting(path: string, body: object, key?: string): object {
  return {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    body: JSON.stringify(body),
  };
}
