/**
 * The runtime as a web-standard function: for Next, Hono, Bun, Deno, or any server that has requests and
 * responses.
 */
import type { Troupe } from '../troupe.ts';
import { tooLarge } from './body.ts';
import { admitWith, servingOf } from './desk.ts';
import type { HandlerOptions } from './desk.ts';
import type { Answer, Incoming } from './incoming.ts';
import type { Upgrade } from './upgrading.ts';

/** Answers requests of the web standard. */
export interface Handler {
  (request: Request): Promise<Response>;
  /**
   * For `server.on('upgrade', …)` of Node, which the web standard has no word for: takes what is to become a
   * WebSocket at `/v1/inspect`, and says whether it did.
   */
  readonly upgrade: Upgrade;
}

/** Where it is mounted, paths begin with `/v1`, `/inspector`, `/metrics`, `/healthz` or `/readyz`. */
export function createHandler<D>(troupe: Troupe<D>, options: HandlerOptions): Handler {
  const { dispatch, upgrade } = servingOf(troupe, admitWith(options), options);
  const handler = async (request: Request): Promise<Response> => {
    const leaving = new AbortController();
    const answer = await dispatch(incomingOf(request, AbortSignal.any([request.signal, leaving.signal])));
    return responseOf(request, answer, leaving);
  };
  return Object.assign(handler, { upgrade });
}

function incomingOf(request: Request, gone: AbortSignal): Incoming {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    target: pathname + search,
    header: (name) => request.headers.get(name) ?? undefined,
    body: async (bytesMax) => bytesOf(request, bytesMax),
    // As the web has it.
    pieces: () => (request.body ?? noPieces()) as AsyncIterable<Uint8Array>,
    gone: () => gone,
    request: () => request,
  };
}

async function* noPieces(): AsyncGenerator<Uint8Array, void, undefined> {}

async function bytesOf({ body, headers }: Request, bytesMax: number): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  if (Number(headers.get('content-length') ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const pieces: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels what is still to come.
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    length += piece.byteLength;
    if (length > bytesMax) throw tooLarge(bytesMax);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function responseOf(
  { method }: Request,
  { status, headers = {}, body }: Answer,
  leaving: AbortController,
): Response {
  const init = { status, headers: { ...headers } };
  if (body === undefined || method === 'HEAD') {
    leaving.abort();
    return new Response(null, init);
  }
  return new Response(typeof body === 'string' ? body : streamOf(body, leaving), init);
}

/** Pieces are asked for as they are taken; a reader that leaves ends them. */
function streamOf(pieces: AsyncIterable<Uint8Array>, leaving: AbortController): ReadableStream<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array, unknown> = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = await iterator.next();
        if (piece.done === true) controller.close();
        else controller.enqueue(piece.value);
      },
      cancel() {
        leaving.abort();
      },
    },
    { highWaterMark: 0 },
  );
}
