/**
 * `fetch` without a port: to the socket of a directory's owner, or to routes that this process serves itself.
 */
import { request as requestOver } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { ownerWanted } from '../unowned.ts';
import type { Dispatch } from './dispatch.ts';
import type { Answer, Incoming } from './incoming.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import { problem } from './problem.ts';

/** As much of `fetch` as the client uses: bodies are text. */
export type LocalFetch = (url: string, init: RequestInit) => Promise<Response>;

/** Answers without a body must have none. */
const isBare = (status: number): boolean => status === 204 || status === 304;

export function socketFetch(socketPath: string): LocalFetch {
  return async (url, { method = 'GET', headers, body, signal }) => {
    const { pathname, search } = new URL(url);
    const options = {
      socketPath,
      method,
      path: pathname + search,
      headers: Object.fromEntries(new Headers(headers)),
      ...(signal && { signal }),
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = requestOver(options, resolve);
      sent.once('error', reject);
      sent.end(typeof body === 'string' ? body : undefined);
    });
    const { statusCode: status = 0 } = response;
    const told = Object.entries(response.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    if (isBare(status)) response.resume();
    return new Response(isBare(status) ? null : streamOf(response), { status, headers: told });
  };
}

/** What would change something is refused: nobody here may write. */
export function readingFetch(
  dispatch: Dispatch,
  directory: string,
  ownerPid: () => number | undefined,
): LocalFetch {
  return async (url, { method = 'GET', headers, signal }) => {
    const answer =
      method === 'GET'
        ? await dispatch(incomingOf(url, new Headers(headers), signal ?? new AbortController().signal))
        : problem(readOnly(directory, ownerPid()));
    return responseOf(answer);
  };
}

function incomingOf(url: string, headers: Headers, gone: AbortSignal): Incoming {
  const { pathname, search } = new URL(url);
  return {
    method: 'GET',
    target: pathname + search,
    header: (name) => headers.get(name) ?? undefined,
    body: async () => new Uint8Array(),
    pieces: () => Readable.from([]),
    gone: () => gone,
    request: () => new Request(url, { headers }),
  };
}

function responseOf({ status, headers = {}, body = '' }: Answer): Response {
  if (isBare(status)) return new Response(null, { status, headers });
  const told = typeof body === 'string' ? body : streamOf(Readable.from(body));
  return new Response(told, { status, headers });
}

/** Node's own web streams, and those that the types of the web describe, are the same objects. */
function streamOf(readable: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(readable) as ReadableStream<Uint8Array>;
}

function readOnly(directory: string, pid: number | undefined): TroupeError {
  const details = { directory, readOnly: true, ...(pid !== undefined && { pid }) };
  return new TroupeError('UNSUPPORTED', ownerWanted(directory, pid), details);
}
