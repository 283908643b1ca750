/**
 * What a commit weighs in a page of the tail: its events, and the bodies they refer to, of which only the
 * least size is known here.
 */
import type { Commit } from './commit.ts';
import { bodyBytesMin } from './limits.ts';

export function weightOf({ facts, bodies, header, seal }: Commit): number {
  let bytes = header.length + (seal?.length ?? 0) + bodies.length * bodyBytesMin;
  for (const { event } of facts) bytes += event?.length ?? 0;
  return bytes;
}
