/**
 * Pieces of an answer as chunks of HTTP/1.1, put together here: Node writes each as four parts (its length, a
 * line end, the piece, a line end), which was a third of what a notification over SSE cost. A piece that goes
 * to many readers becomes a chunk once.
 */

const chunks = new WeakMap<Uint8Array, Uint8Array>();

export function chunkOf(piece: Uint8Array): Uint8Array {
  let chunk = chunks.get(piece);
  if (chunk === undefined) chunks.set(piece, (chunk = framed(piece)));
  return chunk;
}

function framed(piece: Uint8Array): Uint8Array {
  const head = `${piece.byteLength.toString(16)}\r\n`;
  const chunk = Buffer.allocUnsafe(head.length + piece.byteLength + 2);
  chunk.write(head, 'latin1');
  chunk.set(piece, head.length);
  chunk.write('\r\n', head.length + piece.byteLength, 'latin1');
  return chunk;
}

/** What ends them. */
export const lastChunk = '0\r\n\r\n';
