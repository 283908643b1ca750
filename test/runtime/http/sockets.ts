/** WebSockets of tests: what comes is taken in order, and each is closed after its test. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { afterEach } from 'vitest';
import { WebSocket } from 'ws';
import { framesOf } from './served.ts';

const open: WebSocket[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.terminate();
});

export type Message = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly sessionId: string;
};

export interface Connected {
  readonly socket: WebSocket;
  /** The next message. */
  readonly next: () => Promise<Message>;
  /** Messages up to the first that fits, itself included. */
  readonly upTo: (fits: (message: Message) => boolean) => Promise<readonly Message[]>;
  /** The code and the reason of its end. */
  readonly closed: Promise<readonly [number, string]>;
}

export const socketUrl = (url: string, query = ''): string =>
  `${url.replace(/^http/, 'ws')}/v1/inspect${query}`;

/** Throws what the server answers instead: its status and its problem. */
export async function connected(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Connected> {
  const socket = new WebSocket(url, { headers });
  open.push(socket);
  const messages: Message[] = [];
  let wake = (): void => undefined;
  socket.on('message', (message: Buffer) => {
    messages.push(JSON.parse(message.toString()) as Message);
    wake();
  });
  const closed = new Promise<readonly [number, string]>((resolve) => {
    socket.once('close', (code, reason) => resolve([code, String(reason)]));
  });
  const next = async (): Promise<Message> => {
    for (;;) {
      const message = messages.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const upTo = async (fits: (message: Message) => boolean): Promise<readonly Message[]> => {
    const taken = [await next()];
    while (!fits(taken.at(-1)!)) taken.push(await next());
    return taken;
  };
  await opened(socket);
  return { socket, next, upTo, closed };
}

async function opened(socket: WebSocket): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () => {
        const { code } = JSON.parse(text) as { code: string };
        reject(new Error(`${response.statusCode} ${code}`));
      });
    });
  });
  // Whatever goes wrong later ends it.
  socket.on('error', () => undefined);
}

export interface ToldRow {
  readonly address: string;
  readonly status: string;
  readonly seq: number;
  readonly state: readonly string[];
  readonly parent?: string;
  readonly title?: string;
}

/** Rows of guests by address, as soon as they are as wanted. */
export async function guestsOnce(
  url: string,
  fits: (rows: readonly ToldRow[]) => boolean,
): Promise<readonly ToldRow[]> {
  const rows = new Map<string, ToldRow>();
  const leaving = new AbortController();
  const response = await fetch(`${url}/v1/guests/watch`, { signal: leaving.signal });
  try {
    for await (const frame of framesOf(response)) {
      if (!('data' in frame)) continue;
      const { changed, removed } = frame.data as { changed: ToldRow[]; removed: string[] };
      for (const address of removed) rows.delete(address);
      for (const row of changed) rows.set(row.address, row);
      const all = [...rows.values()];
      if (fits(all)) return all;
    }
  } finally {
    leaving.abort();
  }
  throw new Error('the stream ended');
}

/** A port that answers a connection, after it was opened. */
export async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}
