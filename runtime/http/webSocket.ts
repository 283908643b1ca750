/**
 * The one file that knows ws: a connection that was upgraded, with bounds on what it takes and holds.
 *   - What is sent is on its way before the next is: nothing waits here but one message.
 *   - A frame that is too large ends it (1009), and so does a reader who answers no ping: nobody there, or
 *     one who does not read.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

export interface SocketOptions {
  /** Of one message. */
  readonly bytesMax: number;
  /** Two of these without a word from the other side, and it is gone. */
  readonly heartbeatMs: number;
  readonly heard: (message: Uint8Array) => void;
  readonly closed: () => void;
}

export interface Socket {
  /** Settles when it is on its way; false: nobody is there any more. */
  send(text: string): Promise<boolean>;
  close(code: number, reason: string): void;
}

/** Until the other side has said goodbye, or is cut. */
const closeMs = 500;

/** Undefined: what was asked is no upgrade that can be taken, and its sender was told. */
export async function acceptSocket(
  raw: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: SocketOptions,
): Promise<Socket | undefined> {
  const { bytesMax, heartbeatMs, heard, closed } = options;
  // Packing costs memory for each connection, and lets a small frame become a large message.
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: bytesMax,
    closeTimeout: closeMs,
  } as object);
  return new Promise((resolve) => {
    socket.once('close', () => resolve(undefined));
    server.handleUpgrade(raw, socket, head, (ws) => {
      const stop = beating(ws, heartbeatMs);
      // What is broken is closed by ws itself, with the code that fits: `close` tells of it.
      ws.on('error', () => undefined);
      ws.on('message', (message) => heard(bytesOf(message)));
      ws.once('close', () => {
        stop();
        closed();
      });
      resolve({
        send: async (text) => sent(ws, text),
        close: (code, reason) => ws.close(code, reason.slice(0, reasonCharacters)),
      });
    });
  });
}

/** The protocol has room for 123 bytes. */
const reasonCharacters = 100;

async function sent(ws: WebSocket, text: string): Promise<boolean> {
  return new Promise((resolve) => ws.send(text, (error) => resolve(!(error instanceof Error))));
}

function beating(ws: WebSocket, heartbeatMs: number): () => void {
  let isAlive = true;
  const alive = (): void => {
    isAlive = true;
  };
  ws.on('pong', alive);
  ws.on('message', alive);
  const timer = setInterval(() => {
    if (!isAlive) {
      ws.terminate();
      return;
    }
    isAlive = false;
    ws.ping();
  }, heartbeatMs);
  return () => clearInterval(timer);
}

/** As ws gives them unless it is told otherwise: one piece. */
function bytesOf(message: unknown): Uint8Array {
  return message instanceof Uint8Array ? message : Buffer.from(String(message));
}
