/**
 * B2. Consecutive outputs as one: what came within one commit window is one fact, at most 64 KiB. Offsets
 * must follow on each other: a gap is told as two facts, never closed. What ends in a question stays an end.
 */
import type { AnyEvent } from '../fact.ts';
import { outputFactBytesMax } from './limits.ts';
import type { PtyEventOf } from './vocabulary.ts';

type Output = PtyEventOf<'pty.output'>;

/** Two events that came one after the other as one; undefined where they must stay two. */
export function coalesce<E extends AnyEvent>(previous: E, next: E): E | undefined {
  if (!isOutput(previous) || !isOutput(next)) return undefined;
  if (previous.asks === true) return undefined;
  const length = previous.bytes.length + next.bytes.length;
  if (length > outputFactBytesMax || previous.offset + previous.bytes.length !== next.offset)
    return undefined;
  const bytes = new Uint8Array(length);
  bytes.set(previous.bytes);
  bytes.set(next.bytes, previous.bytes.length);
  return { ...previous, ...next, offset: previous.offset, bytes };
}

function isOutput<E extends AnyEvent>(event: E): event is E & Output {
  return event.type === 'pty.output';
}
