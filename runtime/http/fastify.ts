/**
 * The table behind Fastify: as a plugin of an application's own server, and as the server that `openServer`
 * opens. The only file that knows Fastify, and it loads it only to open a server.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Troupe } from '../troupe.ts';
import { admitWith, servingOf } from './desk.ts';
import type { HandlerOptions } from './desk.ts';
import type { Dispatch } from './dispatch.ts';
import type { Answer, Incoming } from './incoming.ts';
import { isUnderWay, lingering, piecesOf, wholeOf } from './nodeBody.ts';
import { problem } from './problem.ts';
import { table } from './table.ts';

/** How the plugin serves a runtime. */
export interface PluginOptions<D = unknown> extends HandlerOptions {
  readonly troupe: Troupe<D>;
}

/** `app.register(fastifyTroupe, { troupe, authorize })`, with a `prefix` unless it is to be at `/`. */
export async function fastifyTroupe<D>(app: FastifyInstance, options: PluginOptions<D>): Promise<void> {
  const { dispatch, close } = servingOf(options.troupe, admitWith(options), options);
  app.addHook('preClose', async () => close());
  mount(app, dispatch);
}

/** An app of its own that serves this and nothing else. */
export async function newApp(options: FastifyServerOptions, dispatch: Dispatch): Promise<FastifyInstance> {
  const { fastify } = await import('fastify');
  const app: FastifyInstance = fastify({
    ...(options as object),
    // Of a path that is none.
    frameworkErrors: (error, _request, reply) => void sent(reply, refusedBy(error)),
  });
  mount(app, dispatch);
  app.setNotFoundHandler(async (request, reply) => carried(app, dispatch, request, reply));
  return app;
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
      handler: async (request, reply) => carried(app, dispatch, request, reply),
    });
  }
}

/** What Fastify refuses before a route is asked. */
function refusedBy(error: unknown): Answer {
  const { statusCode: status = 500, message } = error as { readonly statusCode?: number; message: string };
  return problem(status < 500 ? new TroupeError('INVALID_REQUEST', message, { status }) : error);
}

async function carried(
  app: FastifyInstance,
  dispatch: Dispatch,
  { raw }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const gone = new Gone(reply.raw);
  const answer = await dispatch(incomingOf(raw, gone, app.prefix.length));
  if (typeof answer.body === 'string' || answer.body === undefined) return sent(reply, answer);
  reply.hijack();
  await poured(reply, answer.status, answer.headers, answer.body, raw.method === 'HEAD', gone.signal());
  return reply;
}

/** Nobody pays for a signal that no route asks for. */
class Gone {
  readonly #response: ServerResponse;
  #controller: AbortController | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      if (this.#response.destroyed) controller.abort();
      else this.#response.once('close', () => controller.abort());
    }
    return this.#controller.signal;
  }
}

function incomingOf(raw: IncomingMessage, gone: Gone, prefixLength: number): Incoming {
  const { method = 'GET', url = '/', headers } = raw;
  return {
    method,
    target: url.slice(prefixLength),
    header(name) {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: async (bytesMax) => wholeOf(raw, bytesMax),
    pieces: () => piecesOf(raw),
    gone: () => gone.signal(),
    request: () => requestOf(raw, method, url),
  };
}

function requestOf(raw: IncomingMessage, method: string, url: string): Request {
  const headers = new Headers();
  for (let i = 0; i < raw.rawHeaders.length; i += 2) {
    headers.append(raw.rawHeaders[i] ?? '', raw.rawHeaders[i + 1] ?? '');
  }
  const scheme = 'encrypted' in raw.socket ? 'https' : 'http';
  const base = `${scheme}://${raw.headers.host ?? 'localhost'}`;
  return new Request(new URL(url, URL.canParse(base) ? base : `${scheme}://localhost`), { method, headers });
}

async function sent(reply: FastifyReply, { status, headers = {}, body }: Answer): Promise<FastifyReply> {
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
  pieces: AsyncIterable<unknown>,
  isHead: boolean,
  gone: AbortSignal,
): Promise<void> {
  const { raw } = reply;
  raw.writeHead(status, { ...(reply.getHeaders() as object), ...headers });
  if (isHead) {
    raw.end();
    return;
  }
  for await (const piece of pieces) {
    if (!raw.write(piece) && !gone.aborted) await drained(raw);
  }
  raw.end();
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
