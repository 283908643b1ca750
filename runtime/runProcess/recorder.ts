/**
 * What a process says on its way into the history of its run: in its order, text joined with the text before
 * it while that waits, one batch after the other. How far the child's output is recorded is told as it is, so
 * that its host keeps what is not (H1), and a child that is far ahead waits for the journal (B2).
 */
import { coalesce } from '../../actors/agentRun/coalesce.ts';
import type { RunEvent } from '../../actors/agentRun/vocabulary.ts';
import type { WireReceipt } from '../protocol.ts';

export interface RecorderPorts {
  readonly say: (events: readonly RunEvent[]) => Promise<readonly (WireReceipt | undefined)[]>;
  /** Everything up to this place of the output is recorded. */
  readonly recorded: (offset: number) => void;
  /** The run does not take it where it stands. */
  readonly refused: (event: RunEvent) => void;
  /** It has its last fact. */
  readonly sealed: () => void;
  readonly failed: (error: unknown) => void;
}

/** One turn of an actor takes 128 events. */
const batchMax = 64;
/** Text of one event: below the size at which `coalesce` has to count bytes each time. */
const mergedMax = 15 * 1024;

export class Recorder {
  readonly #ports: RecorderPorts;
  readonly #waiting: RunEvent[] = [];
  /** Places of the output, each with how many events come before it. */
  readonly #marks: { readonly events: number; readonly offset: number }[] = [];
  #offered = 0;
  #recorded = 0;
  #isSaying = false;
  #isOver = false;

  constructor(ports: RecorderPorts) {
    this.#ports = ports;
  }

  offer(event: RunEvent): void {
    if (this.#isOver) return;
    const last = this.#waiting.at(-1);
    const merged = last !== undefined && isShort(last, event) ? coalesce(last, event) : undefined;
    if (merged !== undefined) this.#waiting[this.#waiting.length - 1] = merged;
    else {
      this.#waiting.push(event);
      this.#offered++;
    }
    this.#go();
  }

  /** All that the output up to here holds was offered. */
  mark(offset: number): void {
    this.#marks.push({ events: this.#offered, offset });
    this.#release();
  }

  /** Nothing more is recorded. */
  stop(): void {
    this.#isOver = true;
    this.#waiting.length = 0;
  }

  #go(): void {
    if (this.#isSaying) return;
    this.#isSaying = true;
    // Whatever else came in this turn of the loop goes with it.
    setImmediate(() => void this.#pump());
  }

  async #pump(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, batchMax);
        const receipts = await this.#ports.say(batch);
        this.#recorded += batch.length;
        this.#release();
        for (const [i, event] of batch.entries()) if (receipts[i] === undefined) this.#ports.refused(event);
        if (receipts.at(-1)?.final === true) this.#ports.sealed();
      }
    } catch (error) {
      if (!this.#isOver) this.#ports.failed(error);
    }
    this.#isSaying = false;
  }

  #release(): void {
    const count = this.#marks.findIndex(({ events }) => events > this.#recorded);
    const done = this.#marks.splice(0, count < 0 ? this.#marks.length : count);
    const last = done.at(-1);
    if (last !== undefined) this.#ports.recorded(last.offset);
  }
}

/** Only text may grow. */
function isShort(one: RunEvent, other: RunEvent): boolean {
  return lengthOf(other) > 0 && lengthOf(one) + lengthOf(other) <= mergedMax;
}

function lengthOf(event: RunEvent): number {
  if (event.type === 'message.delta') return event.text.length;
  return event.type === 'tool.progress' ? (event.text?.length ?? 0) : 0;
}
