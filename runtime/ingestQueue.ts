/**
 * Events on their way into a run: text joins the text before it while that waits, and what waits goes out in
 * batches, one after the other. The next batch leaves when the one before is durable: so nothing overtakes,
 * and the last fact of a source is the mark of all before it.
 */
import { coalesce } from '../actors/agentRun/coalesce.ts';
import type { RunEvent } from '../actors/agentRun/vocabulary.ts';
import { isTroupeError } from '../actors/troupeError.ts';
import type { Read } from './frameReader.ts';
import type { Place } from './ingestMark.ts';

export interface Waiting {
  event: RunEvent;
  /** Of the last event that was merged into it. */
  place: Place;
  read: Read;
}

/** Sends one; resolves when it is durable. `wait`: instead of being refused for want of room. */
export type SendOne = (waiting: Waiting, wait: boolean) => Promise<unknown>;

/** An event that the run did not take where it stood. */
export interface Refused {
  readonly type: string;
  readonly frame: number;
  readonly why: string;
}

/** A turn of the host takes 128 events: a few turns' worth, far below what a mailbox holds. */
const batchMax = 512;
/** Where the source has to wait. */
const waitingMax = 2048;
const textMax = 4 * 1024 * 1024;
/** Text of one event: below the size at which `coalesce` has to count bytes each time. */
const mergedMax = 15 * 1024;
const refusedMax = 32;

export class IngestQueue {
  readonly #send: SendOne;
  #waiting: Waiting[] = [];
  #text = 0;
  #pumping: Promise<void> | undefined;
  readonly #broken = new AbortController();
  recorded = 0;
  refusals = 0;
  readonly refused: Refused[] = [];

  constructor(send: SendOne) {
    this.#send = send;
  }

  /** Nothing more will be taken: its reason is why. A source that is silent is not to be waited for. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  offer(event: RunEvent, place: Place, read: Read): void {
    const last = this.#waiting.at(-1);
    const length = lengthOf(event);
    this.#text += length;
    if (last !== undefined && length > 0 && lengthOf(last.event) + length <= mergedMax) {
      const merged = coalesce(last.event, event);
      if (merged !== undefined) {
        last.event = merged;
        last.place = place;
        last.read = read;
        return;
      }
    }
    this.#waiting.push({ event, place, read });
  }

  get isFull(): boolean {
    return this.#waiting.length > waitingMax || this.#text > textMax;
  }

  /** Sends what waits; resolves when there is room for more. */
  async go(): Promise<void> {
    const pumping = this.#going();
    // It ends when nothing waits.
    if (this.isFull) await pumping;
    this.#assertWell();
  }

  /** Nothing more is sent, and what is under way has its end. */
  async stop(): Promise<void> {
    this.#waiting = [];
    await this.#pumping;
  }

  /** Everything that was offered is durable. */
  async end(): Promise<void> {
    for (let going = this.#going(); going !== undefined; going = this.#going()) {
      await going;
      this.#assertWell();
    }
    this.#assertWell();
  }

  #going(): Promise<void> | undefined {
    // With nothing to send it would be over before it is known.
    if (this.#pumping === undefined && this.#waiting.length > 0) this.#pumping = this.#pump();
    return this.#pumping;
  }

  async #pump(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, batchMax);
        for (const { event } of batch) this.#text -= lengthOf(event);
        await this.#sendAll(batch);
      }
    } catch (error) {
      this.#waiting = [];
      this.#broken.abort(error);
    } finally {
      this.#pumping = undefined;
    }
  }

  /** In one turn of the loop, so that they arrive together: what finds no room has none behind it. */
  async #sendAll(batch: readonly Waiting[]): Promise<void> {
    const ends = await Promise.allSettled(batch.map(async (waiting) => this.#send(waiting, false)));
    for (const [i, end] of ends.entries()) {
      const waiting = batch[i];
      if (waiting === undefined || end.status === 'fulfilled') {
        this.recorded++;
        continue;
      }
      if (isTroupeError(end.reason, 'MAILBOX_FULL')) await this.#sendPatiently(waiting);
      else this.#note(waiting, end.reason);
    }
  }

  async #sendPatiently(waiting: Waiting): Promise<void> {
    try {
      await this.#send(waiting, true);
      this.recorded++;
    } catch (error) {
      this.#note(waiting, error);
    }
  }

  /** What the run does not take where it stands is told in the end; anything else ends the ingest. */
  #note({ event, place }: Waiting, error: unknown): void {
    if (!isTroupeError(error, 'NOT_ACCEPTED')) throw error;
    this.refusals++;
    if (this.refused.length >= refusedMax) return;
    this.refused.push({ type: event.type, frame: place.frame, why: error.message });
  }

  #assertWell(): void {
    // As it was thrown: errors of the runtime and of the source.
    this.broken.throwIfAborted();
  }
}

/** Only what may grow. */
function lengthOf(event: RunEvent): number {
  if (event.type === 'message.delta') return event.text.length;
  return event.type === 'tool.progress' ? (event.text?.length ?? 0) : 0;
}
