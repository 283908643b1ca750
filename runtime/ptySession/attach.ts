/**
 * A session as a terminal shows it, live (W8): first the screen as it is, as bytes that paint it, and then
 * everything behind it, each part with its seq and without a gap. A client that comes back begins anew.
 *   - What is hidden is left out; everything else is as the child wrote it (B1).
 *   - A terminal that is attached answers queries in the output by itself. The session has answered them
 *     (queries.ts): what it sends for them must not be written to the session.
 */
import type { Screens } from './screen.ts';
import { following } from './sessionFacts.ts';
import type { SessionFacts } from './sessionFacts.ts';
import { Shown } from './shown.ts';
import type { Step } from './shown.ts';

/** What a terminal that is attached to a session shows, piece by piece. */
export type Attached =
  /** For a terminal of this size, whatever it showed before; always the first. */
  | {
      readonly kind: 'repaint';
      readonly seq: number;
      readonly cols: number;
      readonly rows: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'output'; readonly seq: number; readonly bytes: Uint8Array }
  | { readonly kind: 'resize'; readonly seq: number; readonly cols: number; readonly rows: number }
  /** The last one, if the child's end is known. */
  | {
      readonly kind: 'exit';
      readonly seq: number;
      readonly code: number | null;
      readonly signal: string | null;
    };

export interface AttachOptions {
  /** Ends it with an error; leaving the loop ends it as well. */
  readonly signal?: AbortSignal;
}

export async function* attach(
  session: SessionFacts,
  screens: Screens,
  { signal }: AttachOptions = {},
): AsyncGenerator<Attached, void, undefined> {
  const { seq, cols, rows, repaint, hidden } = await screens.checkpoint(session);
  yield { kind: 'repaint', seq, cols, rows, bytes: repaint };
  const shown = new Shown(hidden);
  for await (const { facts } of following(session, seq, signal)) {
    for (const fact of facts) yield* shown.take(fact).flatMap(attachedOf);
    yield* shown.flush().flatMap(attachedOf);
  }
}

function attachedOf(step: Step): readonly Attached[] {
  const { seq } = step;
  switch (step.kind) {
    case 'output':
      return step.bytes.length === 0 ? [] : [{ kind: 'output', seq, bytes: step.bytes }];
    case 'open':
    case 'resize':
      return [{ kind: 'resize', seq, cols: step.cols, rows: step.rows }];
    case 'exit':
      return [{ kind: 'exit', seq, code: step.code, signal: step.signal }];
    default:
      return [];
  }
}
