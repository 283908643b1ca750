/**
 * A session as an asciicast (W4): a header line, then one line an event, in order:
 *
 *   o output · i input · r a new size · m a mark · x the exit status (version 3 has it)
 *
 * Version 2 tells times from the beginning, version 3 from the event before. It is read from the journal page
 * by page, so a session that is live, or was cut off, gives what it has; with `live` it goes on to its end.
 */
import type { Fact } from '../../actors/fact.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import { abortError } from '../abort.ts';
import { assertNames } from '../invalidOption.ts';
import { following } from './sessionFacts.ts';
import type { SessionFacts } from './sessionFacts.ts';
import { Shown, sizeDefault } from './shown.ts';
import type { Step } from './shown.ts';

export const recordingFormats = ['asciicast-v2', 'asciicast-v3'] as const;
/** How a recording is written. */
export type RecordingFormat = (typeof recordingFormats)[number];

/** Which part of a session is recorded, and how. */
export interface RecordingOptions {
  readonly title?: string;
  /** Goes on with what comes, until the session has ended. */
  readonly live?: boolean;
  readonly signal?: AbortSignal;
}

const names: Record<keyof RecordingOptions, true> = { title: true, live: true, signal: true };

/** The lines of the file, each with its line end. */
export async function* recording(
  session: SessionFacts,
  format: RecordingFormat,
  options: RecordingOptions = {},
): AsyncGenerator<string, void, undefined> {
  assertNames('recording', options, names);
  if (!recordingFormats.includes(format)) {
    const text = `"${format}" is no format of a recording: ${recordingFormats.join(', ')}.`;
    throw new TroupeError('INVALID_OPTION', text, { format });
  }
  const cast = new Cast(format, options.title);
  const shown = new Shown();
  for await (const { facts } of batchesOf(session, options)) {
    for (const fact of facts) for (const step of shown.take(fact)) yield* cast.lines(step);
    if (options.live === true) for (const step of shown.flush()) yield* cast.lines(step);
  }
  for (const step of shown.flush()) yield* cast.lines(step);
  yield* cast.end();
}

async function* batchesOf(
  session: SessionFacts,
  { live = false, signal }: RecordingOptions,
): AsyncGenerator<{ readonly facts: readonly Fact[] }, void, undefined> {
  if (live) {
    yield* following(session, 0, signal);
    return;
  }
  for await (const fact of session.history()) {
    if (signal?.aborted === true) throw abortError(signal, 'read');
    yield { facts: [fact] };
  }
}

/** Lines are text: bytes of a character that is split over facts wait for the rest of it. */
class Cast {
  readonly #isThird: boolean;
  readonly #title: string | undefined;
  readonly #output = new TextDecoder();
  readonly #input = new TextDecoder();
  #hasBegun = false;
  #firstAt = 0;
  /** Of the last event, in milliseconds from the beginning; times never go back. */
  #lastMs = 0;

  constructor(format: RecordingFormat, title: string | undefined) {
    this.#isThird = format === 'asciicast-v3';
    this.#title = title;
  }

  *lines(step: Step): Generator<string, void, undefined> {
    if (!this.#hasBegun) {
      const { cols, rows } = step.kind === 'open' ? step : sizeDefault;
      // What was born without being opened yet (`actor.born`) has no size.
      if (step.kind === 'other') return;
      yield this.#header(step.at, cols, rows);
      if (step.kind === 'open') return;
    }
    const event = this.#eventOf(step);
    if (event !== undefined) yield this.#line(step.at, ...event);
  }

  *end(): Generator<string, void, undefined> {
    const rest = this.#output.decode();
    if (rest !== '') yield this.#line(this.#firstAt + this.#lastMs, 'o', rest);
  }

  #header(at: number, cols: number, rows: number): string {
    this.#hasBegun = true;
    this.#firstAt = at;
    const size = this.#isThird
      ? { version: 3, term: { cols, rows } }
      : { version: 2, width: cols, height: rows };
    const title = this.#title === undefined ? {} : { title: this.#title };
    return `${JSON.stringify({ ...size, timestamp: Math.floor(at / 1000), ...title })}\n`;
  }

  #eventOf(step: Step): readonly [code: string, data: string] | undefined {
    switch (step.kind) {
      case 'output':
        return textOf('o', this.#output.decode(step.bytes, { stream: true }));
      case 'input':
        return textOf('i', this.#input.decode(step.bytes, { stream: true }));
      case 'open':
      case 'resize':
        return ['r', `${step.cols}x${step.rows}`];
      case 'mark':
        return ['m', step.label];
      case 'exit':
        return this.#isThird ? ['x', String(step.code ?? 1)] : undefined;
      default:
        return undefined;
    }
  }

  #line(at: number, code: string, data: string): string {
    const ms = Math.max(this.#lastMs, at - this.#firstAt);
    const told = this.#isThird ? ms - this.#lastMs : ms;
    this.#lastMs = ms;
    return `${JSON.stringify([told / 1000, code, data])}\n`;
  }
}

function textOf(code: 'o' | 'i', text: string): readonly [string, string] | undefined {
  return text === '' ? undefined : [code, text];
}
