/**
 * From a request that is to become a WebSocket to one: whose it is, and what it may, as for any other
 * request.
 *   U1. The page that asks, the host name and the token are looked at before anything is upgraded. A
 *       browser's WebSocket can set no headers: where there is none, the query's `token` is taken for it.
 *   U2. What is refused gets its answer as a problem, like any request.
 */
import { ServerResponse } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Readable } from 'node:stream';
import { isTroupeError, TroupeError } from '../../actors/troupeError.ts';
import { isRefused } from './access.ts';
import type { Access } from './access.ts';
import type { Answer, Incoming } from './incoming.ts';
import { inspecting } from './inspecting.ts';
import { countAnswer } from './metrics.ts';
import { originRule } from './origin.ts';
import type { OriginOptions } from './origin.ts';
import { problem } from './problem.ts';
import { queryOf } from './query.ts';
import { headerOf, requestOf } from './rawRequest.ts';
import type { Desk } from './route.ts';
import { openInspection } from './routes/guests.ts';
import type { InspectionQuery } from './routes/guests.ts';
import { acceptSocket } from './webSocket.ts';

/** `prefix`: the path that it is mounted at. False: it is for somebody else. */
export type Upgrade = (raw: IncomingMessage, socket: Duplex, head: Buffer, prefix?: string) => boolean;

export const wantsSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

export function upgradeWith(desk: Desk, origins: OriginOptions): Upgrade {
  return (raw, socket, head, prefix = '') => {
    const [path, search = ''] = (raw.url ?? '/').split('?', 2);
    if (path !== prefix + openInspection.path || !wantsSocket(raw)) return false;
    // What was not read yet must not bring the process down.
    socket.on('error', () => socket.destroy());
    void upgraded({ desk, origins, raw, socket, head, search });
    return true;
  };
}

interface Asked {
  readonly desk: Desk;
  readonly origins: OriginOptions;
  readonly raw: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly search: string;
}

async function upgraded({ desk, origins, raw, socket, head, search }: Asked): Promise<void> {
  const note = (status: number): void => countAnswer(desk.answered, openInspection.name, status);
  try {
    const incoming = incomingOf(raw, socket, search);
    originRule(origins, incoming);
    const access = await admitted(desk, incoming);
    if (desk.isClosing()) throw new TroupeError('CLOSED', 'This server is closing: ask another.', {});
    // As its own schema has it.
    const query = queryOf(openInspection.query, search) as InspectionQuery;
    const call = { desk, access, incoming, query, body: undefined, params: {} };
    const isUpgraded = await inspecting(call, async (options) => acceptSocket(raw, socket, head, options));
    note(isUpgraded ? 101 : 400);
  } catch (error) {
    if (!isTroupeError(error)) {
      desk.troupe.opened.plan.logger.error({ error, route: openInspection.name }, 'An upgrade failed');
    }
    const answer = problem(error);
    note(answer.status);
    refuse(raw, socket, answer);
  }
}

async function admitted(desk: Desk, incoming: Incoming): Promise<Access> {
  if (desk.inspector === 'off') {
    throw new TroupeError('INVALID_REQUEST', 'This server does not serve the inspector.', { status: 404 });
  }
  const access = await desk.admit(incoming);
  if (!isRefused(access)) return access;
  throw new TroupeError('UNAUTHORIZED', 'You are not known here.', { status: access.status });
}

/** U1 */
function incomingOf(raw: IncomingMessage, socket: Duplex, search: string): Incoming {
  const leaving = new AbortController();
  socket.once('close', () => leaving.abort());
  const token = new URLSearchParams(search).get('token');
  const authorization =
    raw.headers.authorization ?? (token === null || token === '' ? undefined : `Bearer ${token}`);
  return {
    method: 'GET',
    target: openInspection.path,
    header: (name) => (name === 'authorization' ? authorization : headerOf(raw, name)),
    body: async () => new Uint8Array(),
    pieces: () => Readable.from([]),
    gone: () => leaving.signal,
    request: () => {
      const request = requestOf(raw, 'GET', raw.url ?? '/');
      if (authorization !== undefined) request.headers.set('authorization', authorization);
      return request;
    },
  };
}

function refuse(raw: IncomingMessage, socket: Duplex, { status, headers, body }: Answer): void {
  const response = responseOn(raw, socket);
  response.writeHead(status, { ...headers, connection: 'close' });
  response.end(typeof body === 'string' ? body : undefined);
}

function responseOn(raw: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(raw);
  // Of a server of HTTP it is a socket.
  response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
  response.once('finish', () => socket.end());
  return response;
}

/** Serves a request as if it had asked for no other protocol. */
export function servePlainly(server: Server, raw: IncomingMessage, socket: Duplex): void {
  const response = responseOn(raw, socket);
  response.shouldKeepAlive = false;
  server.emit('request', raw, response);
}
