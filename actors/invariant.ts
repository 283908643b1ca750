/**
 * A broken invariant is a defect of Troupe itself: it throws, and nobody below the supervisor catches it.
 */

/** Throws unless `truth` holds; `text` names the invariant. */
export function invariant(truth: unknown, text: string): asserts truth {
  if (!truth) throw new Error(`Invariant broken: ${text}`);
}
