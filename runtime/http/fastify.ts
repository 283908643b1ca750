/**
 * The table behind Fastify: as a plugin of an application's own server, and as the server that `openServer`
 * opens. The only file that knows Fastify, and it loads it only to open a server.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Troupe } from '../troupe.ts';
import { admitWith, servingOf } from './desk.ts';
import { chunkOf, lastChunk } from './chunk.ts';
import type { HandlerOptions, Serving } from './desk.ts';
import type { Dispatch } from './dispatch.ts';
import type { Answer, Incoming } from './incoming.ts';
import { isUnderWay, lingering, piecesOf, wholeOf } from './nodeBody.ts';
import { problem } from './problem.ts';
import { headerOf, requestOf } from './rawRequest.ts';
import { table } from './table.ts';
import { servePlainly } from './upgrading.ts';
import type { Upgrade } from './upgrading.ts';

/** How the plugin serves a runtime. */
export interface PluginOptions<D = unknown> extends HandlerOptions {
  readonly troupe: Troupe<D>;
}

/** `app.register(fastifyTroupe, { troupe, authorize })`, with a `prefix` unless it is to be at `/`. */
export async function fastifyTroupe<D>(app: FastifyInstance, options: PluginOptions<D>): Promise<void> {
  const { dispatch, upgrade, close } = servingOf(options.troupe, admitWith(options), options);
  app.addHook('preClose', async () => close());
  mount(app, dispatch);
  upgradeOn(app, upgrade);
}

/** An app of its own that serves this and nothing else. */
export async function newApp(
  options: FastifyServerOptions,
  { dispatch, upgrade }: Pick<Serving, 'dispatch' | 'upgrade'>,
): Promise<FastifyInstance> {
  const { fastify } = await import('fastify');
  const app: FastifyInstance = fastify({
    ...(options as object),
    // Of a path that is none.
    frameworkErrors: (error, _request, reply) => void sent(reply, refusedBy(error)),
  });
  mount(app, dispatch);
  upgradeOn(app, upgrade);
  app.setNotFoundHandler(carrierOf(app, dispatch));
  return app;
}

/** Where each listener for upgrades is one of these, who comes last serves what nobody took. */
const upgraders = new WeakSet<object>();
const taken = new WeakSet<object>();

/** Whoever else of the application takes upgrades is left its own. */
function upgradeOn({ server, prefix }: FastifyInstance, upgrade: Upgrade): void {
  const listener = (raw: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (upgrade(raw, socket, head, prefix)) taken.add(socket);
    const all = server.listeners('upgrade');
    const isLast = all.at(-1) === listener && all.every((one) => upgraders.has(one));
    if (isLast && !taken.has(socket)) servePlainly(server, raw, socket);
  };
  upgraders.add(listener);
  server.on('upgrade', listener);
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** One route for each beginning: paths are matched by the table, as everywhere else. */
function mount(app: FastifyInstance, dispatch: Dispatch): void {
  app.removeAllContentTypeParsers();
  // Bodies are read when it is known whose they are.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.setErrorHandler(async (error, _request, reply) => sent(reply, refusedBy(error)));
  const urls = table.map(({ path }) => {
    const [, beginning = '', ...more] = path.split('/');
    return more.length === 0 ? `/${beginning}` : `/${beginning}/*`;
  });
  for (const url of new Set(urls)) {
    app.route({
      method: methods,
      url,
      exposeHeadRoute: false,
      handler: carrierOf(app, dispatch),
    });
  }
}

/** What Fastify refuses before a route is asked. */
function refusedBy(error: unknown): Answer {
  const { statusCode: status = 500, message } = error as { readonly statusCode?: number; message: string };
  return problem(status < 500 ? new TroupeError('INVALID_REQUEST', message, { status }) : error);
}

type Carrier = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

function carrierOf(app: FastifyInstance, dispatch: Dispatch): Carrier {
  return async ({ raw }, reply) => {
    const incoming = new Carried(raw, reply.raw, app.prefix.length);
    const answer = await dispatch(incoming);
    if (typeof answer.body === 'string' || answer.body === undefined) return sent(reply, answer);
    reply.hijack();
    await poured(reply, answer.status, answer.headers, answer.body, raw.method === 'HEAD', incoming.gone());
    return reply;
  };
}

/** A request of Node. A class: its functions are made once, not for each request. */
class Carried implements Incoming {
  readonly method: string;
  readonly target: string;
  readonly #raw: IncomingMessage;
  readonly #response: ServerResponse;
  #gone: AbortController | undefined;

  constructor(raw: IncomingMessage, response: ServerResponse, prefixLength: number) {
    const { method = 'GET', url = '/' } = raw;
    this.method = method;
    this.target = prefixLength === 0 ? url : url.slice(prefixLength);
    this.#raw = raw;
    this.#response = response;
  }

  header(name: string): string | undefined {
    return headerOf(this.#raw, name);
  }

  body(bytesMax: number): PromiseLike<Uint8Array> {
    return wholeOf(this.#raw, bytesMax);
  }

  pieces(): AsyncIterable<Uint8Array> {
    return piecesOf(this.#raw);
  }

  /** Nobody pays for a signal that no route asks for. */
  gone(): AbortSignal {
    if (this.#gone === undefined) {
      const controller = new AbortController();
      this.#gone = controller;
      if (this.#response.destroyed) controller.abort();
      else this.#response.once('close', () => controller.abort());
    }
    return this.#gone.signal;
  }

  request(): Request {
    return requestOf(this.#raw, this.method, this.#raw.url ?? this.target);
  }
}

function sent(reply: FastifyReply, { status, headers = {}, body }: Answer): FastifyReply {
  // What was not read of a body would have to be read before the next request.
  if (status === 413) reply.header('connection', 'close');
  reply.code(status).headers(headers);
  const { raw } = reply.request;
  if (typeof body !== 'string' || !isUnderWay(raw)) return reply.send(body);
  return reply.header('content-length', Buffer.byteLength(body)).send(lingering(raw, body));
}

/** Pieces go out as the socket takes them: what waits is one piece, and the socket's own buffer. */
async function poured(
  reply: FastifyReply,
  status: number,
  headers: Answer['headers'],
  pieces: AsyncIterable<Uint8Array>,
  isHead: boolean,
  gone: AbortSignal,
): Promise<void> {
  const { raw } = reply;
  raw.writeHead(status, { ...(reply.getHeaders() as object), ...headers });
  if (isHead) {
    raw.end();
    return;
  }
  // Set by `writeHead`; HTTP/1.0 has no chunks.
  const isChunked = raw.chunkedEncoding;
  raw.chunkedEncoding = false;
  for await (const piece of pieces) {
    // An empty chunk would be the last one.
    if (piece.byteLength === 0) continue;
    if (!raw.write(isChunked ? chunkOf(piece) : piece) && !gone.aborted) await drained(raw);
  }
  raw.end(isChunked ? lastChunk : undefined);
}

async function drained(raw: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      raw.off('drain', done);
      raw.off('close', done);
      resolve();
    };
    raw.on('drain', done);
    raw.on('close', done);
  });
}
