/**
 * Repaints of one session at seqs on its way, so that a look back need not play from the beginning. When
 * there are too many every second one goes, and the next ones stand twice as far apart: any place of a
 * session of n bytes is at most n / 4 from one.
 */
import { checkpointBytes, checkpointsMax } from './limits.ts';
import { nothingShown } from './player.ts';
import type { Checkpoint } from './player.ts';

export class Checkpoints {
  /** By seq. */
  #all: readonly Checkpoint[] = [];
  #everyBytes = checkpointBytes;
  /** Where the next one is due, in bytes that the player was fed. */
  #due = checkpointBytes;

  /** Whether a player that was fed so much is to leave one. */
  isDue(bytes: number): boolean {
    if (bytes < this.#due) return false;
    this.#due = bytes + this.#everyBytes;
    return true;
  }

  add(checkpoint: Checkpoint): void {
    const others = this.#all.filter(({ seq }) => seq !== checkpoint.seq);
    this.#all = [...others, checkpoint].toSorted((a, b) => a.seq - b.seq);
    if (this.#all.length <= checkpointsMax) return;
    // The last one stays: it is the one that the next look begins with.
    this.#all = this.#all.filter((_, i) => (this.#all.length - 1 - i) % 2 === 0);
    this.#everyBytes *= 2;
  }

  /** The last one that is not behind `seq`. */
  before(seq: number): Checkpoint {
    return this.#all.findLast((checkpoint) => checkpoint.seq <= seq) ?? nothingShown;
  }
}
