/** A proxy that cuts connections in the middle of whatever passes, at random; closed after each test. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach } from 'vitest';

const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

export interface Cutting {
  readonly url: string;
  /** Connections that were cut so far. */
  readonly cuts: () => number;
  /** Cuts all that is open. */
  cutAll(): void;
}

/** `passing` says how many bytes of answers pass on the next connection. */
export async function openCutting(port: number, passing: () => number): Promise<Cutting> {
  let cuts = 0;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    const end = (): void => {
      open.delete(near);
      near.destroy();
      far.destroy();
    };
    open.add(near);
    // What was cut is known by its bytes.
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    let left = passing();
    near.pipe(far);
    far.on('data', (piece) => {
      left -= piece.byteLength;
      if (left > 0) {
        near.write(piece);
        return;
      }
      cuts++;
      near.write(piece.subarray(0, Math.max(0, piece.byteLength + left)), end);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cutAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  endings.push(async () => {
    const closed = once(server, 'close');
    server.close();
    cutAll();
    await closed;
  });
  const { port: own } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${own}`, cuts: () => cuts, cutAll };
}
