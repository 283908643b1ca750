/**
 * A digest in the middle of one fact: what the counting functions pass on to each other.
 */
import type { Carry, RunDigest } from './digest.ts';
import { withError, withIssue } from './findings.ts';
import type { IssueName, Sample } from './findings.ts';

export interface Folding {
  readonly digest: RunDigest;
  readonly carry: Carry;
  readonly seq: number;
  readonly at: number;
  /** The time of the run: it never goes back, and stands still while nobody was there. */
  readonly now: number;
}

export function counted(at: Folding, patch: Partial<RunDigest>): Folding {
  return { ...at, digest: { ...at.digest, ...patch } };
}

export function carried(at: Folding, patch: Partial<Carry>): Folding {
  return { ...at, carry: { ...at.carry, ...patch } };
}

/** D3: one more error of a class. */
export function failed(at: Folding, name: string, sample: Sample): Folding {
  const { count, byClass } = at.digest.errors;
  return counted(at, { errors: { count: count + 1, byClass: withError(byClass, name, sample) } });
}

/** D4: one more issue, or some of one kind. */
export function flagged(at: Folding, name: IssueName, sample: Sample, times = 1): Folding {
  const { count, byClass } = at.digest.issues;
  return counted(at, { issues: { count: count + times, byClass: withIssue(byClass, name, sample, times) } });
}
