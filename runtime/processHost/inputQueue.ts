/**
 * What is to be written to a child, in its order, each piece when the one before was taken: a child that does
 * not read keeps its input here. What would be too much is refused before it is recorded (ptyDriver.ts).
 */
import type { Child } from './child.ts';
import { defaultProcessLimits } from './limits.ts';

const { inputBytes } = defaultProcessLimits;

export class InputQueue {
  readonly #child: Child;
  /** Undefined: the end of its input. */
  readonly #waiting: (Uint8Array | undefined)[] = [];
  #isWriting = false;
  /** Not taken by the child yet. */
  #bytes = 0;
  /** Of the last one that was handed to the host (H1). */
  #seq = 0;

  constructor(child: Child) {
    this.#child = child;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    for (let at = 0; at < bytes.length; at += inputBytes) {
      this.#waiting.push(bytes.subarray(at, at + inputBytes));
    }
    if (!this.#isWriting) void this.#write();
  }

  /** Nothing more comes: a child with pipes reads the end of its input. */
  end(): void {
    this.#waiting.push(undefined);
    if (!this.#isWriting) void this.#write();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#waiting.length > 0) {
        const next = this.#waiting.shift();
        this.#seq += 1;
        const taken =
          next === undefined ? this.#child.endInput(this.#seq) : this.#child.write(this.#seq, next);
        if (!(await taken)) break;
        this.#bytes -= next?.length ?? 0;
      }
    } catch {
      // It is lost: its watch is told why, and that is recorded.
    }
    this.#waiting.length = 0;
    this.#bytes = 0;
    this.#isWriting = false;
  }
}
