/**
 * The context of a run's machine: its book, and what was said at its start that it needs again.
 */
import { startBook } from './book.ts';
import type { Book } from './book.ts';
import type { Launch, RunEventOf } from './vocabulary.ts';

export interface RunContext {
  readonly book: Book;
  /** The launch whose driver runs. */
  readonly driven: number;
  readonly launch: Launch | null;
  readonly engine: string | null;
  readonly model: string | null;
  readonly mode: string | null;
  readonly cwd: string | null;
  /** Who is told what the run has to say. */
  readonly outbox: string | null;
  readonly stallMs: number | null;
  /** How long it must have been quiet when the stall timer comes due, for the run to be stalled. */
  readonly quietMs: number;
}

export const startContext: RunContext = {
  book: startBook,
  driven: 0,
  launch: null,
  engine: null,
  model: null,
  mode: null,
  cwd: null,
  outbox: null,
  stallMs: null,
  quietMs: 0,
};

/** What `run.start` says, without what the book keeps. */
export function contextOf(
  event: RunEventOf<'run.start'>,
): Omit<RunContext, 'book' | 'driven' | 'quietMs' | 'mode'> {
  return {
    launch: event.launch ?? null,
    engine: event.engine ?? null,
    model: event.model ?? null,
    cwd: event.launch?.cwd ?? event.cwd ?? null,
    outbox: outboxOf(event),
    stallMs: event.stallMs ?? null,
  };
}

/** The outbox of `run/conductor` is `outbox/conductor`; any other is named by `notify`. */
export function outboxOf({ parent, notify }: { parent?: string; notify?: string }): string | null {
  if (notify !== undefined) return `outbox/${notify}`;
  return parent === undefined ? null : `outbox/${parent.slice(parent.indexOf('/') + 1)}`;
}

/** What the driver of a process gets. */
export interface ProcessInput {
  readonly launch: Launch | null;
  readonly engine: string | null;
  readonly model: string | null;
  readonly mode: string | null;
  readonly cwd: string | null;
  /** The session of the engine that the process goes on with. */
  readonly engineSession: string | null;
  /** Launches before this one that did not hold, in a row. */
  readonly failedLaunches: number;
}

export function processInputOf({ book, launch, engine, model, mode, cwd }: RunContext): ProcessInput {
  const { engineSession, failedLaunches } = book;
  return { launch, engine, model, mode, cwd, engineSession, failedLaunches };
}

/** What `run.update` changes beside the book; the next launch gets it. */
export function updatedContext(
  { model, mode }: RunContext,
  event: { readonly type: string; readonly model?: unknown; readonly mode?: unknown },
): Pick<RunContext, 'model' | 'mode'> {
  if (event.type !== 'run.update') return { model, mode };
  // The vocabulary says that both are text.
  return {
    model: (event.model as string | undefined) ?? model,
    mode: (event.mode as string | undefined) ?? mode,
  };
}
