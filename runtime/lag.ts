/** How far a subscriber is behind, and what subscribers cost. */

/** What a subscriber, or all there ever were, cost so far. */
export interface Counted {
  notifications: number;
  /** Notices that were joined with one before because nobody had read it. */
  merges: number;
  resets: number;
}

/** How far a subscriber is behind, and what it cost so far. */
export interface Lag extends Readonly<Counted> {
  /** Facts that it has not read yet. */
  readonly facts: number;
  readonly bytes: number;
}
