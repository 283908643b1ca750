/**
 * What one step of the book brought about, beyond the event itself: the digest counts it, the machine acts
 * on it. None of it is recorded; whoever folds the same facts gets the same news.
 */
import type { Ask } from './book.ts';
import type { UsageCounts } from './usage.ts';
import type { TurnStatus } from './vocabulary.ts';

/** How an ask was closed: by the effect of its answer, or why nobody can answer it any more. */
export type AskClosing = 'allow' | 'deny' | 'other' | 'interrupted' | 'lost' | 'ended' | 'expired';

export type News =
  | { readonly type: 'turn.opened' }
  | { readonly type: 'turn.closed'; readonly status: TurnStatus; readonly reason: string | null }
  | { readonly type: 'ask.opened'; readonly ask: Ask; readonly deadlineMs: number | null }
  | { readonly type: 'ask.closed'; readonly ask: Ask; readonly how: AskClosing }
  | { readonly type: 'used'; readonly model: string; readonly counts: UsageCounts }
  /** The process is to take this prompt up. */
  | { readonly type: 'prompt.offered'; readonly promptId: string; readonly mode: 'queue' | 'steer' }
  | { readonly type: 'ended' };
