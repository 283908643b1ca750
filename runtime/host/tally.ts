/**
 * What one host counts: plain numbers, for stats and for the gates of the tests.
 */
import type { EncodedCommit } from '../../storage/commit.ts';
import type { TurnResult } from './turnResult.ts';

const samplesMax = 512;

export class Tally {
  rounds = 0;
  commits = 0;
  facts = 0;
  refused = 0;
  duplicates = 0;
  activations = 0;
  snapshots = 0;
  deadLetters = 0;
  failures = 0;
  readonly #flushMs: number[] = [];
  #flushAt = 0;
  #beatAt = 0;
  #loopDelayMs = 0;

  turn({ answers, rebuilds, batch }: TurnResult): void {
    if (batch?.refusal !== undefined) this.refused++;
    for (const { op } of answers) if (op === 'refused') this.refused++;
    this.duplicates += rebuilds.length;
  }

  flushed(ms: number, commits: readonly EncodedCommit[]): void {
    this.commits += commits.length;
    for (const { draft } of commits) this.facts += draft.facts.length;
    this.#flushMs[this.#flushAt++ % samplesMax] = ms;
  }

  /** How late the heartbeat is: what everything else in this loop waits. */
  beat(everyMs = 250): void {
    const now = performance.now();
    if (this.#beatAt > 0) this.#loopDelayMs = Math.max(0, now - this.#beatAt - everyMs);
    this.#beatAt = now;
  }

  numbers(): Readonly<Record<string, number>> {
    const sorted = this.#flushMs.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
    const { rounds, commits, facts, refused, duplicates, activations, snapshots, deadLetters, failures } =
      this;
    const counted = {
      rounds,
      commits,
      facts,
      refused,
      duplicates,
      activations,
      snapshots,
      deadLetters,
      failures,
    };
    return { ...counted, flushP50Ms: at(0.5), flushP99Ms: at(0.99), loopDelayMs: this.#loopDelayMs };
  }
}
