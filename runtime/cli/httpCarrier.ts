/**
 * Requests over HTTP: to a URL, or to the socket of a directory's owner.
 */
import { request as requestPlain } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Asked, Carried, Carrier } from './way.ts';
import { wrong } from './commandLine.ts';

export function urlCarrier(url: string, token: string | undefined): Carrier {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw wrong(`--url is http://… or https://…, not "${url}".`);
  const { protocol, hostname, port, pathname } = new URL(url);
  const place = { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port };
  return carrierOf(url, place, pathname.replace(/\/$/, ''), token);
}

export function socketCarrier(socketPath: string, directory: string): Carrier {
  return carrierOf(`the owner of ${directory}`, { socketPath }, '', undefined);
}

function carrierOf(to: string, place: RequestOptions, base: string, token: string | undefined): Carrier {
  const common = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    to,
    isReadOnly: false,
    carry: async (asked) => {
      const response = await responseTo(place, { ...asked, target: base + asked.target }, common, to);
      return {
        status: response.statusCode ?? 0,
        type: response.headers['content-type'] ?? '',
        body: response,
      } satisfies Carried;
    },
    close: async () => undefined,
  };
}

async function responseTo(
  place: RequestOptions,
  { method, target, body, pieces, headers, signal }: Asked,
  common: Readonly<Record<string, string>>,
  to: string,
): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const described = text === undefined ? {} : { 'content-type': 'application/json' };
  const options: RequestOptions = {
    ...place,
    method,
    path: target,
    headers: { ...common, ...described, ...headers },
    // One call a process: nothing is kept open.
    agent: false,
    ...(signal && { signal }),
  };
  const request = place.protocol === 'https:' ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const sent = request(options, resolve);
    sent.once('error', (error) => reject(unreachable(to, error)));
    if (pieces === undefined) sent.end(text);
    else void pour(pieces, sent);
  });
}

/** Until their end, or until there is an answer. */
async function pour(pieces: AsyncIterable<Uint8Array>, sent: ClientRequest): Promise<void> {
  const answered = new AbortController();
  sent.once('response', (response) => response.once('close', () => answered.abort()));
  try {
    await pipeline(pieces, sent, { signal: answered.signal });
  } catch {
    // The request has it, too, unless it has its answer.
  }
}

function unreachable(to: string, error: NodeJS.ErrnoException): Error {
  return new TroupeError(
    'CLOSED',
    `Nobody answers at ${to}: ${error.message || String(error.code)}.`,
    {},
    error,
  );
}
