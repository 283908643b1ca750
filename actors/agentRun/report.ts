/**
 * What a run tells whoever it works for when it has ended (contract R6): the host puts it into the final
 * commit, with the hash of the seal. Never the digest: a parent of a hundred children reads them all at once.
 */
import type { RunDigest } from './digest/digest.ts';
import { outcomeOf } from './finals.ts';
import { clipped } from './text.ts';
import { causes } from './vocabulary.ts';
import type { Cause } from './vocabulary.ts';

/** What a run posts to its parent when it has ended. */
export interface FinalPost {
  readonly type: 'outbox.post';
  readonly kind: 'finished' | 'failed' | 'stopped' | 'crashed';
  /** The cause of the end. */
  readonly outcome: string;
  readonly summary: string;
  readonly costMicroUsd: number;
  /** The beginning of the result, at most 4 KiB. */
  readonly result?: string;
}

export interface Report {
  readonly to: string;
  readonly event: FinalPost;
}

const summaryBytesMax = 512;

/** Nobody is told if nobody was named. A cause beside the closed list is the host's own: it has failed. */
export function report(
  { outbox }: { readonly outbox: string | null },
  digest: RunDigest,
  cause: string,
): readonly Report[] {
  if (outbox === null) return [];
  const { result, usage } = digest;
  const event: FinalPost = {
    type: 'outbox.post',
    kind: kindOf(cause),
    outcome: cause,
    summary: clipped(summaryOf(digest, cause), summaryBytesMax),
    costMicroUsd: usage.total.costMicroUsd,
    ...(result === null ? {} : { result: result.text }),
  };
  return [{ to: outbox, event }];
}

function kindOf(cause: string): FinalPost['kind'] {
  if (cause === 'crashed' || cause === 'lost') return 'crashed';
  if (!(causes as readonly string[]).includes(cause)) return 'failed';
  const outcome = outcomeOf(cause as Cause); // It is in the list.
  return outcome === 'completed' ? 'finished' : outcome;
}

function summaryOf({ identity, outcome, turns, errors }: RunDigest, cause: string): string {
  const reason = outcome?.reason ?? null;
  const counts = [
    plural(turns.count, 'turn'),
    ...(errors.count === 0 ? [] : [plural(errors.count, 'error')]),
  ];
  const ending = reason === null ? cause : `${cause}: ${reason}`;
  return `${identity.title ?? 'A run'} ${ending} (${counts.join(', ')})`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
