/**
 * A leak on purpose: the proof that a soak tells one. With LOAD_LEAK_BYTES=1000 in its environment a server
 * keeps so much of each request for good:
 * `LOAD_LEAK_BYTES=1000 npm run soak -- --minutes 6` fails by memory and heap.
 */
import { subscribe } from 'node:diagnostics_channel';

const kept: string[] = [];

/** Of each request from now on; 0 is none. */
export function leak(bytes: number): void {
  if (!(bytes > 0)) return;
  // A text of its own each time: one that is repeated would be one text.
  subscribe('http.server.request.start', () => kept.push(Buffer.alloc(bytes, 'x').toString('latin1')));
}
