/**
 * The adapter port: what an engine emits, as events of a run, and what it is told, as frames of its own.
 *   A1. Pure: the same state and frame give the same events. No clock, no random, no I/O.
 *   A2. Total: any value is a frame. What is not known becomes a `note` with `unknown: true` and the frame as
 *       `raw`; nothing is thrown.
 *   A3. Every event is of the run's vocabulary and fits its schema.
 *   A4. The state is plain JSON and bounded, however long the engine talks.
 *   A5. Only what the engine says begins a turn begins one; what it repeats of its history tells nothing.
 */
import type { PromptContent, RunEvent, RunEventOf } from '../agentRun/vocabulary.ts';

export interface Adapter<State = unknown> {
  /** The engine, as `run.start` names it. */
  readonly name: string;
  /** The state before the first frame; ids that the engine does not give itself begin with the source. */
  readonly start: (source: string) => State;
  readonly frame: (state: State, frame: unknown) => Told<State>;
  /** The engine's own id of a frame: one that comes again at once is dropped. */
  readonly sourceId?: (frame: unknown) => string | undefined;
  /** Frames for the engine's stdin; absent where it reads none. */
  readonly say?: Say;
}

/** What a frame means: events for the run, and the state to go on with. */
export interface Told<State> {
  readonly state: State;
  readonly events: readonly RunEvent[];
}

/** What an engine can be told while it runs; undefined where it has no words for it. */
export interface Say {
  readonly prompt?: (prompt: PromptWords) => object | undefined;
  readonly answer?: (ask: RunEventOf<'permission.ask'>, answer: AnswerWords) => object | undefined;
  readonly interrupt?: (interrupt: InterruptWords) => object | undefined;
  readonly update?: (update: UpdateWords) => readonly object[];
}

/** How a prompt is told to an engine. */
export interface PromptWords {
  readonly content: PromptContent;
  /** The engine's session, where frames name it. */
  readonly session: string;
  /** Of the request, where the engine answers requests. */
  readonly requestId: string;
  /** The open turn that it goes into. */
  readonly turnId?: string;
}

/** How an answer to an ask is told to an engine. */
export interface AnswerWords {
  readonly optionId: string;
  readonly input?: unknown;
  readonly message?: string;
}

/** How an engine is told to break its turn off. */
export interface InterruptWords {
  readonly session: string;
  readonly turnId?: string;
  readonly requestId: string;
}

/** What a run was changed to. */
export interface UpdateWords {
  readonly model: string | undefined;
  readonly mode: string | undefined;
  /** Of each request a new one. */
  readonly requestId: () => string;
}
