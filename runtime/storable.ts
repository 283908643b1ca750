/**
 * Events of a run as they can be recorded, whatever an engine made of them: text in pieces, and what cannot
 * be stored as a note that says so.
 */
import type { RunEvent } from '../actors/agentRun/vocabulary.ts';
import { pack } from '../storage/values.ts';

const deltaMax = 256 * 1024;

/** The event in pieces that can be recorded; what cannot is told as a note, with what JSON says of it. */
export function storable(event: RunEvent, bytesMax: number): readonly RunEvent[] {
  if (event.type === 'message.delta' || event.type === 'tool.progress') return inPieces(event);
  try {
    const { bytes, bodies } = pack(event);
    const size = bodies.reduce((sum, body) => sum + body.bytes.byteLength, bytes.byteLength);
    if (size <= bytesMax) return [event];
    return [unstorable(event, `${size} bytes`)];
  } catch (error) {
    return [unstorable(event, error instanceof Error ? error.message : String(error))];
  }
}

function inPieces<E extends RunEvent & { readonly text?: string }>(event: E): readonly E[] {
  const { text = '' } = event;
  if (text.length <= deltaMax) return [event];
  const count = Math.ceil(text.length / deltaMax);
  return Array.from({ length: count }, (_, i) => {
    return { ...event, text: text.slice(i * deltaMax, (i + 1) * deltaMax) };
  });
}

/** What stands for an event that could not be recorded. */
export function unstorable({ type }: RunEvent, why: string): RunEvent {
  // Fields that the vocabulary does not name are kept.
  return { type: 'note', unknown: true, unstorable: type, why: why.slice(0, 1024) } as RunEvent;
}
