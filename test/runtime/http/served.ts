/** A runtime and its server, for tests; both are closed after each. */
import { afterEach } from 'vitest';
import { openServer } from '../../../runtime/http.ts';
import type { Server, ServerOptions } from '../../../runtime/http.ts';
import type { DefinitionsOf, ModuleOptions, Troupe } from '../../../runtime/index.ts';
import { openSample } from '../open.ts';
import type { Sample } from '../open.ts';

const open: Server[] = [];

// Before the runtimes: hooks are called in the reverse order of their registration.
afterEach(async () => {
  for (const server of open.splice(0)) {
    const closed = server.close();
    server.hurry();
    await closed;
  }
});

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  /** As JSON; undefined when it is none. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface Served {
  readonly troupe: Troupe<DefinitionsOf<Sample>>;
  readonly server: Server;
  readonly ask: (path: string, init?: RequestInit) => Promise<Told>;
  readonly post: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Told>;
}

export async function openServed(options: ServerOptions = {}, more: ModuleOptions = {}): Promise<Served> {
  const troupe = await openSample({ workers: 0, ...more });
  const server = await openServer(troupe, options);
  open.push(server);
  return { troupe, server, ...askingOf(server.url) };
}

export function askingOf(
  url: string,
  by: Readonly<Record<string, string>> = {},
): Pick<Served, 'ask' | 'post'> {
  const ask = async (path: string, { headers, ...init }: RequestInit = {}): Promise<Told> =>
    toldBy(await fetch(url + path, { ...init, headers: { ...by, ...(headers as object) } }));
  return {
    ask,
    post: async (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
  };
}

export async function toldBy(response: Response): Promise<Told> {
  const { status, headers } = response;
  const text = await response.text();
  const isJson = /json/.test(headers.get('content-type') ?? '');
  return { status, headers, text, body: (isJson && text !== '' ? JSON.parse(text) : {}) as Told['body'] };
}

export interface ReadFrame {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The frames and comments of a stream as they come. */
export async function* framesOf(
  response: Response,
): AsyncGenerator<ReadFrame | { readonly comment: string }, void, undefined> {
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line): [string, string] => splitAt(line)));
      const comment = fields.get('');
      if (comment !== undefined) yield { comment };
      else if (fields.has('data')) {
        const data = JSON.parse(fields.get('data') ?? '') as ReadFrame['data'];
        yield { id: fields.get('id'), event: fields.get('event') ?? '', data };
      }
    }
  }
}

function splitAt(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
}

/** Frames until there are as many as wanted, or the stream ends. */
export async function taken(response: Response, count = Infinity): Promise<readonly ReadFrame[]> {
  const frames: ReadFrame[] = [];
  for await (const frame of framesOf(response)) {
    if ('comment' in frame) continue;
    frames.push(frame);
    if (frames.length === count) break;
  }
  return frames;
}

/** All of it, as a list. */
export async function listOf<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
