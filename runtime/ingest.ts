/**
 * What an engine emits, taken into a run: frames through an adapter, events into the history, each once. A
 * source that is given again from its first frame goes on where the history ends, after any crash.
 */
import type { Adapter } from '../actors/adapters/adapter.ts';
import type { RunEvent } from '../actors/agentRun/vocabulary.ts';
import { TroupeError } from '../actors/troupeError.ts';
import { endedBy } from './abort.ts';
import { FrameReader } from './frameReader.ts';
import type { Read } from './frameReader.ts';
import { assertKnown } from './history.ts';
import { hashOf, isRecorded, markOfSource, senderOf, traceOf } from './ingestMark.ts';
import type { IngestMark, Place } from './ingestMark.ts';
import { IngestQueue } from './ingestQueue.ts';
import type { Refused } from './ingestQueue.ts';
import type { Opened } from './opened.ts';
import type { SendOptions } from './sending.ts';
import { storable } from './storable.ts';

/** Frames as objects, or bytes or text of which each line is one. */
export type Frames = AsyncIterable<unknown> | Iterable<unknown>;

/** How frames are taken in. */
export interface IngestOptions {
  /**
   * The name of this stream within the run, the id of its process for example; the adapter's by default. The
   * same name means the same stream, from its first frame.
   */
  readonly source?: string;
  readonly signal?: AbortSignal;
}

/** How much was taken in. */
export interface Ingested {
  /** Frames read, those known from before among them. */
  readonly frames: number;
  /** The last frame of which the history had something when this began; 0 if there was none. */
  readonly resumedAfter: number;
  /** Events sent and taken; text that was merged counts once. */
  readonly events: number;
  /** Events that the run did not take where it stood, and the first of them. */
  readonly refusals: number;
  readonly refused: readonly Refused[];
  /** Characters of a last line that was cut off: it was left for the next time. */
  readonly incomplete: number;
}

/** The run as it is needed here. */
export interface IngestingRun {
  readonly address: string;
  readonly opened: Opened;
  send(event: RunEvent, options: SendOptions): Promise<unknown>;
}

const sourceLengthMax = 96;
/** Ids of frames remembered, so that one that is delivered twice counts once: so many, and as many before. */
const recentMax = 1024;
/** About a millisecond of frames. */
const framesATurn = 256;

/** Streams that are being taken in: the same one twice at a time would be recorded twice. */
const underWay = new WeakMap<Opened, Set<string>>();

export async function ingest<S>(
  run: IngestingRun,
  frames: Frames,
  adapter: Adapter<S>,
  { source = adapter.name, signal }: IngestOptions,
): Promise<Ingested> {
  assertSource(source);
  const streams = underWay.get(run.opened) ?? new Set<string>();
  underWay.set(run.opened, streams);
  const name = `${run.address} ${source}`;
  if (streams.has(name)) {
    const text = `"${source}" is being taken into ${run.address} already. Wait for its end.`;
    throw new TroupeError('CONFLICT', text, { address: run.address, source });
  }
  streams.add(name);
  try {
    return await new Ingestion(run, adapter, source, signal).run(frames);
  } finally {
    streams.delete(name);
  }
}

function assertSource(source: unknown): void {
  const isText = typeof source === 'string' && source.isWellFormed();
  if (isText && source !== '' && source.length <= sourceLengthMax) return;
  const text = `A source is named by 1 to ${sourceLengthMax} characters.`;
  throw new TroupeError('INVALID_OPTION', text, { source });
}

class Ingestion<S> {
  readonly #run: IngestingRun;
  readonly #adapter: Adapter<S>;
  readonly #source: string;
  readonly #signal: AbortSignal | undefined;
  readonly #queue: IngestQueue;
  #recent = new Set<string>();
  #older: ReadonlySet<string> = new Set();
  #state: S;
  #mark: IngestMark | undefined;
  #frames = 0;

  constructor(run: IngestingRun, adapter: Adapter<S>, source: string, signal: AbortSignal | undefined) {
    this.#run = run;
    this.#adapter = adapter;
    this.#source = source;
    this.#signal = signal;
    this.#state = adapter.start(source);
    const by = senderOf(source);
    this.#queue = new IngestQueue(async ({ event, place, read }, wait) =>
      run.send(event, { by, trace: traceOf(place, read), ...(wait && { wait }) }),
    );
  }

  async run(frames: Frames): Promise<Ingested> {
    const { address, opened } = this.#run;
    await assertKnown(opened.journal, address);
    this.#mark = await markOfSource(opened.journal, address, this.#source);
    const rest = await this.#taken(frames);
    const resumedAfter = this.#mark?.frame ?? 0;
    if (this.#frames < resumedAfter) throw this.#otherStream();
    const { recorded: events, refusals, refused } = this.#queue;
    return { frames: this.#frames, resumedAfter, events, refusals, refused, incomplete: rest };
  }

  /** To the end; what it gives is how much of a last line was left over. */
  async #taken(frames: Frames): Promise<number> {
    const reader = new FrameReader();
    const { broken } = this.#queue;
    const ended = this.#signal === undefined ? broken : AbortSignal.any([this.#signal, broken]);
    let seen = 0;
    try {
      for await (const item of interruptible(frames, ended)) {
        for (const read of reader.read(item)) {
          this.#take(read);
          if (this.#queue.isFull) await this.#queue.go();
          // A source that never lets go of the thread would keep what was sent from leaving it.
          if (++seen % framesATurn === 0) await turnOfLoop();
        }
        await this.#queue.go();
      }
      const rest = reader.end();
      if (typeof rest !== 'number') this.#take(rest);
      await this.#queue.end();
      return typeof rest === 'number' ? rest : 0;
    } catch (error) {
      // Whoever takes the stream up again must find all of it that is under way.
      await this.#queue.stop();
      broken.throwIfAborted();
      throw error;
    }
  }

  #take(read: Read): void {
    if (this.#isRepeated(read.frame)) return;
    const frame = ++this.#frames;
    const mark = this.#mark;
    if (mark?.frame === frame && mark.hash !== hashOf(read)) throw this.#otherStream();
    const { state, events } = this.#adapter.frame(this.#state, read.frame);
    this.#state = state;
    let index = 0;
    for (const event of events) {
      for (const one of storable(event, this.#run.opened.plan.limits.eventBytes)) {
        const place: Place = { frame, index: index++ };
        if (!isRecorded(place, mark)) this.#queue.offer(one, place, read);
      }
    }
  }

  #isRepeated(frame: unknown): boolean {
    const id = this.#adapter.sourceId?.(frame);
    if (id === undefined) return false;
    if (this.#recent.has(id) || this.#older.has(id)) return true;
    this.#recent.add(id);
    if (this.#recent.size === recentMax) {
      // A set that loses its oldest with each id is several times slower.
      this.#older = this.#recent;
      this.#recent = new Set();
    }
    return false;
  }

  #otherStream(): TroupeError {
    const source = this.#source;
    const { address } = this.#run;
    const frame = this.#mark?.frame;
    const text =
      `This is not the stream that ${address} knows as "${source}", of which it has ${frame} frames. ` +
      'Give it from its first frame, or give another stream a `source` of its own.';
    return new TroupeError('CONFLICT', text, { address, source, frame });
  }
}

async function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Ends where the signal says so, though the source be silent. */
async function* interruptible(frames: Frames, signal: AbortSignal): AsyncGenerator {
  const isAsync = Symbol.asyncIterator in frames;
  const iterator = isAsync ? frames[Symbol.asyncIterator]() : frames[Symbol.iterator]();
  let isDone = false;
  try {
    for (;;) {
      const next = await endedBy(signal, Promise.resolve(iterator.next()));
      isDone = next.done === true;
      if (isDone) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a silent source would keep whoever leaves it waiting.
    if (!isDone) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
