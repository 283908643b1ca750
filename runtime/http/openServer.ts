/**
 * A server of its own: on this machine unless told otherwise, with bounds on everything that comes in.
 *   - Elsewhere than on this machine it demands a token, or an `authorize`.
 *   - Closing: it takes nothing new, streams say their last word, what is under way gets its answer; after
 *     `closeMs`, or at once with `hurry`, what is left is cut.
 */
import { chmod } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { assertMs, assertNames, assertWhole, invalidOption } from '../invalidOption.ts';
import type { Troupe } from '../troupe.ts';
import { admitOf, rights } from './access.ts';
import type { Admit, Authorize, Right } from './access.ts';
import { servingOf } from './desk.ts';
import type { ServingOptions } from './desk.ts';
import { newApp } from './fastify.ts';
import { isPiecemeal } from './nodeBody.ts';
import { problem } from './problem.ts';
import { admitByToken } from './token.ts';
import { wantsSocket } from './upgrading.ts';
import { TroupeError } from '../../actors/troupeError.ts';

/** Where a server listens, and whom it lets in. */
export interface ServerOptions extends ServingOptions {
  /** 0 or absent: any that is free. */
  readonly port?: number;
  /** 127.0.0.1 unless told. */
  readonly host?: string;
  /** Instead of a port: a socket in the file system, for its owner alone. */
  readonly path?: string;
  /** `Authorization: Bearer …` of every request. */
  readonly token?: string;
  /** Instead of a token: who asks, and what they may do. */
  readonly authorize?: Authorize;
  /** What whoever has the token may do; without `launch` unless told. */
  readonly can?: readonly Right[];
  /** Connections at once; more are not taken. */
  readonly connections?: number;
  /** Until a request's headers, and all of it, must have come. */
  readonly headersMs?: number;
  readonly requestMs?: number;
  readonly headerBytes?: number;
  /** How long closing waits for what is under way. */
  readonly closeMs?: number;
}

/** A server that listens. */
export interface Server extends AsyncDisposable {
  /** `http://127.0.0.1:4711`; of a socket its path. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
  /** Cuts what is left; of a server that closes. */
  hurry(): void;
}

const idleMs = 50;

const loopback: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

const defaults = {
  connections: 20_000,
  headersMs: 10_000,
  requestMs: 30_000,
  headerBytes: 16 * 1024,
  closeMs: 10_000,
};

export async function openServer<D>(troupe: Troupe<D>, options: ServerOptions = {}): Promise<Server> {
  assertServerOptions(options);
  const { host = '127.0.0.1', port = 0, path, hosts = [] } = options;
  const { connections, headersMs, requestMs, headerBytes, closeMs } = { ...defaults, ...options };
  const isLocal = path === undefined && isLoopback(host);
  const serving = servingOf(troupe, admitOn(options), {
    ...options,
    // By other names, a page elsewhere may have pointed here.
    ...(isLocal && { hosts: [...loopback, ...hosts] }),
  });
  const app = await newApp(
    {
      forceCloseConnections: 'idle',
      requestTimeout: requestMs,
      clientErrorHandler,
      http: {
        // What asks for anything else, HTTP/2 say, is served as if it had not.
        shouldUpgradeCallback: wantsSocket,
        maxHeaderSize: headerBytes,
        headersTimeout: headersMs,
        connectionsCheckingInterval: Math.min(1000, Math.ceil(headersMs / 2)),
      },
    } as object,
    serving,
  );
  app.server.maxConnections = connections;
  await listening(app, path === undefined ? { host, port } : { path });
  if (path !== undefined) await chmod(path, 0o600);
  const bound = app.server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const name = host.includes(':') ? `[${host}]` : host;
  let closing: Promise<void> | undefined;
  const hurry = (): void => app.server.closeAllConnections();
  const close = async (): Promise<void> => {
    closing ??= closed();
    await closing;
  };
  const closed = async (): Promise<void> => {
    serving.close();
    const late = setTimeout(hurry, closeMs);
    // A connection whose last answer came after closing began would be kept for the next request.
    const idle = setInterval(() => app.server.closeIdleConnections(), idleMs);
    try {
      await app.close();
    } finally {
      clearTimeout(late);
      clearInterval(idle);
    }
  };
  const url = path ?? `http://${name}:${boundPort}`;
  return { url, port: boundPort, close, hurry, [Symbol.asyncDispose]: close };
}

type Place = { readonly host: string; readonly port: number } | { readonly path: string };

async function listening(app: { listen(place: Place): Promise<unknown> }, place: Place): Promise<void> {
  try {
    await app.listen(place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const text =
      'path' in place
        ? `There is a socket at ${place.path} already: choose another path, or end who listens there.`
        : `Port ${place.port} of ${place.host} is taken: choose another port, or 0 for any that is free.`;
    throw new TroupeError('PORT_IN_USE', text, { ...place }, error);
  }
}

const names: Readonly<Record<keyof ServerOptions, true>> = {
  port: true,
  host: true,
  path: true,
  token: true,
  authorize: true,
  can: true,
  connections: true,
  headersMs: true,
  requestMs: true,
  headerBytes: true,
  closeMs: true,
  hosts: true,
  origins: true,
  limits: true,
  inspector: true,
};

function assertServerOptions(options: ServerOptions): void {
  assertNames('openServer', options, names);
  const { port, connections, headerBytes, headersMs, requestMs, closeMs, can = [], token } = options;
  assertWhole('port', port, 0, 65_535);
  assertWhole('connections', connections);
  assertWhole('headerBytes', headerBytes);
  for (const [name, ms] of Object.entries({ headersMs, requestMs, closeMs })) assertMs(name, ms, 1);
  const unknown = can.find((right) => !rights.includes(right));
  if (unknown !== undefined) throw invalidOption('can', unknown, `rights are ${rights.join(', ')}`);
  if (token !== undefined && token.length < 1) throw invalidOption('token', token, 'it is a text');
  const { host = '127.0.0.1', path, authorize } = options;
  if (path !== undefined || isLoopback(host) || token !== undefined || authorize !== undefined) return;
  throw invalidOption('host', host, 'beyond this machine a token, or an authorize, is demanded');
}

function admitOn({ token, authorize, path, can }: ServerOptions): Admit {
  if (authorize !== undefined) return admitOf(authorize);
  const by = token === undefined ? 'local' : 'token';
  // Who can open the socket could start the process by itself.
  const byDefault = path === undefined ? rights.filter((right) => right !== 'launch') : rights;
  return admitByToken(token, { by, can: can ?? byDefault });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** What is no request at all, or does not come to its end. */
function clientErrorHandler(error: NodeJS.ErrnoException, socket: Socket): void {
  const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  if (isLate && isPiecemeal(socket)) return;
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason] = isLate
    ? [408, 'The request did not come in time.']
    : error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'The headers are too large.']
      : [400, 'This is no request of HTTP.'];
  const { body } = problem(new TroupeError('INVALID_REQUEST', reason, { status }));
  const text = typeof body === 'string' ? body : '';
  const type = 'application/problem+json; charset=utf-8';
  const head = `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: ${type}\r\n`;
  socket.end(`${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}
