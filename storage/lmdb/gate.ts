/**
 * The gate in front of LMDB's transactions, one for all threads of the owning process. A thread that is
 * terminated between the beginning and the end of a transaction keeps the write lock for ever, and its own
 * end waits for a lock it holds: the process hangs (measured: the first of 30 terminations). So whoever ends
 * threads closes the gate first.
 *   G1. A thread is inside from before it begins a transaction until after it has ended it.
 *   G2. While the gate is closed nobody enters but the thread that closed it; who was inside has left.
 *   G3. Once broken nobody enters again: a disk that refused a write has ended this process's ownership.
 */
import { TroupeError } from '../../actors/troupeError.ts';

/** Shared by all threads: how many are inside, and two flags. */
export type GateWord = Int32Array<SharedArrayBuffer>;

const insideMask = 0xffff;
const closed = 0x10000;
const broken = 0x20000;
/** At the end of the process: a transaction ends within this, or its disk is lost anyway. */
const exitWaitMs = 5000;

export function newGateWord(): GateWord {
  return new Int32Array(new SharedArrayBuffer(4));
}

export class Gate {
  readonly word: GateWord;
  /** How often this thread has closed it. */
  #closings = 0;

  constructor(word: GateWord) {
    this.word = word;
  }

  /** Runs `work` inside (G1). */
  within<T>(work: () => T): T {
    this.#enter();
    try {
      return work();
    } finally {
      const before = Atomics.sub(this.word, 0, 1);
      if ((before & closed) !== 0) Atomics.notify(this.word, 0);
    }
  }

  #enter(): void {
    for (;;) {
      const word = Atomics.load(this.word, 0);
      if ((word & broken) !== 0) throw over();
      if ((word & closed) !== 0 && this.#closings === 0) Atomics.wait(this.word, 0, word);
      else if (Atomics.compareExchange(this.word, 0, word, word + 1) === word) return;
    }
  }

  /** G3. */
  break(): void {
    Atomics.or(this.word, 0, broken);
  }

  /** Runs `work`, which ends threads, while none of them is inside (G2). */
  async quietly<T>(work: () => Promise<T>): Promise<T> {
    this.#closings++;
    Atomics.or(this.word, 0, closed);
    try {
      for (
        let word = Atomics.load(this.word, 0);
        (word & insideMask) > 0;
        word = Atomics.load(this.word, 0)
      ) {
        const { async, value } = Atomics.waitAsync(this.word, 0, word);
        if (async) await value;
      }
      return await work();
    } finally {
      if (--this.#closings === 0) this.#open();
    }
  }

  #open(): void {
    Atomics.and(this.word, 0, ~closed);
    Atomics.notify(this.word, 0);
  }

  /** For the end of the process, which ends its threads: closed for good. */
  readonly shut = (): void => {
    this.#closings++;
    Atomics.or(this.word, 0, closed);
    for (let word = Atomics.load(this.word, 0); (word & insideMask) > 0; word = Atomics.load(this.word, 0)) {
      if (Atomics.wait(this.word, 0, word, exitWaitMs) === 'timed-out') return;
    }
  };
}

function over(): TroupeError {
  const text = 'The disk refused a write before: this process no longer owns the directory. Open it again.';
  return new TroupeError('JOURNAL_FAILED', text);
}
