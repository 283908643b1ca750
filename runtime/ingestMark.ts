/**
 * How far a source was taken in, for ever: each fact says in its envelope which frame it was told for, so
 * that the last one of a source is the mark up to which everything is recorded. Nothing is kept beside the
 * history, and nothing is forgotten.
 *   - Frames are counted from 1; an event is known by its frame and its place among the frame's events.
 *   - The mark holds a hash of its frame: another stream under the same name is found out.
 */
import { markOf } from '../actors/agentRun/text.ts';
import type { StoredFact } from '../storage/commit.ts';
import type { Journal, Range } from '../storage/journal.ts';
import type { Read } from './frameReader.ts';

export interface Place {
  /** The frame's ordinal. */
  readonly frame: number;
  readonly index: number;
}

export interface IngestMark extends Place {
  readonly hash: string;
}

/** Who sent a fact of this source. */
export const senderOf = (source: string): string => `ingest:${source}`;

export function traceOf({ frame, index }: Place, read: Read): string {
  return `${frame}.${index}.${hashOf(read)}`;
}

/** Of a frame's beginning and length: frames are large, and what tells two apart comes early. */
export function hashOf({ frame, line }: Read): string {
  const text = line ?? textOf(frame);
  return markOf(`${text.length} ${text.slice(0, 256)}`);
}

/** What cannot be written as JSON has no other text. */
function textOf(frame: unknown): string {
  try {
    const text: unknown = JSON.stringify(frame);
    return String(text);
  } catch {
    return '';
  }
}

/** Whether an event of this place is recorded already. */
export function isRecorded({ frame, index }: Place, mark: IngestMark | undefined): boolean {
  return mark !== undefined && (frame < mark.frame || (frame === mark.frame && index <= mark.index));
}

/** The last that is recorded of a source, read backwards from the end; undefined if nothing is. */
export async function markOfSource(
  journal: Journal,
  address: string,
  source: string,
): Promise<IngestMark | undefined> {
  const by = senderOf(source);
  let range: Range = { after: 0, reverse: true };
  for (;;) {
    const page = await journal.read(address, range);
    for (const { facts } of page.commits) {
      // Erased payloads leave their envelope, so that a mark outlives them.
      const last = facts.findLast((fact) => fact.by === by);
      const mark = last && parsed(last);
      if (mark !== undefined) return mark;
    }
    if (page.next === undefined) return undefined;
    range = page.next;
  }
}

function parsed({ trace = '' }: StoredFact): IngestMark | undefined {
  const [frame, index, hash] = trace.split('.');
  if (hash === undefined) return undefined;
  return { frame: Number(frame), index: Number(index), hash };
}
