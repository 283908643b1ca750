/**
 * What comes of one turn: its commit, and what waits for the flush of it.
 */
import type { Refusal } from '../../actors/troupeError.ts';
import type { CommitDraft } from '../../storage/commit.ts';
import type { Answer } from '../protocol.ts';
import type { BatchEntry, Settle } from './mailbox.ts';
import type { Rebuild } from './receipts.ts';
import type { Deed } from './underway.ts';
import type { Woken } from './waiters.ts';

/** A batch is a turn of its own: every answer of that turn is one of its sends'. */
export interface BatchTaken {
  readonly entry: BatchEntry;
  /** Its send that was taken last. */
  readonly index?: number;
  /** Why none of it is applied. */
  readonly refusal?: Refusal;
}

export interface TurnResult {
  /** Undefined: nothing was recorded. */
  readonly draft: CommitDraft | undefined;
  readonly answers: readonly Answer[];
  readonly woken: readonly Woken[];
  readonly settled: readonly (readonly [Settle, Refusal | undefined])[];
  readonly rebuilds: readonly Rebuild[];
  readonly deeds: readonly Deed[];
  readonly batch: BatchTaken | undefined;
}

/** Those who wait for what this turn tells them, by the numbers of their requests. */
export function waitingFor({ answers, rebuilds, batch }: TurnResult): readonly number[] {
  if (batch !== undefined) return [batch.entry.request.n];
  return [
    ...answers.flatMap((answer) => ('n' in answer ? [answer.n] : [])),
    ...rebuilds.map(({ request }) => request.n),
  ];
}
