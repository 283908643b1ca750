/**
 * The moves that steps of the book are made of: small changes, each with its news.
 */
import { usedId } from './book.ts';
import type { Ask, Book, Ending, IdUse } from './book.ts';
import { withId } from './ids.ts';
import { reasonBytesMax } from './limits.ts';
import type { AskClosing, News } from './news.ts';
import { clipped } from './text.ts';
import type { TurnStatus } from './vocabulary.ts';

/** A book on its way through one step, and what the step brought about so far. */
export interface Advance {
  readonly book: Book;
  readonly news: readonly News[];
}

/** The open turn, closed; a turn that went well ends a row of failures. */
export function turnClosed(at: Advance, status: TurnStatus, reason: string | null): Advance {
  const { used } = at.book;
  const isFailure = status === 'failed' || status === 'lost';
  const failures = isFailure ? used.consecutiveFailures + 1 : status === 'ok' ? 0 : used.consecutiveFailures;
  const closed = changed(at, {
    turnId: null,
    lastTurn: status,
    calls: [],
    used: { ...used, consecutiveFailures: failures },
  });
  return told(closed, { type: 'turn.closed', status, reason: shortened(reason) });
}

/** One more ask that waits. */
export function askOpened(at: Advance, ask: Ask, deadlineMs: number | null): Advance {
  const known = remembered(at, 'ask', ask.requestId);
  return told(changed(known, { asks: [...at.book.asks, ask] }), { type: 'ask.opened', ask, deadlineMs });
}

/** An ask that got its one answer or cancellation. */
export function askClosed(at: Advance, ask: Ask, how: AskClosing): Advance {
  const asks = at.book.asks.filter((other) => other !== ask);
  return told(changed(at, { asks }), { type: 'ask.closed', ask, how });
}

/** All asks of the engine; the run's own about its budget stays, unless the run ends. */
export function asksClosed(at: Advance, how: AskClosing, withBudget = false): Advance {
  const open = at.book.asks.filter(({ isBudget }) => withBudget || !isBudget);
  return open.reduce((before, ask) => askClosed(before, ask, how), at);
}

/** The end of the run: whoever waits for an answer waits no more. */
export function ended(at: Advance, cause: Ending['cause'], reason?: string | null): Advance {
  const closed = asksClosed(at, 'ended', true);
  const ending = { cause, reason: shortened(reason) };
  return told(changed(closed, { phase: 'ended', ending, paused: null }), { type: 'ended' });
}

/** The id is not to be used again. */
export function remembered(at: Advance, use: IdUse, id: string): Advance {
  return changed(at, { ids: withId(at.book.ids, usedId(use, id)) });
}

export const shortened = (reason: string | null | undefined): string | null =>
  reason === null || reason === undefined ? null : clipped(reason, reasonBytesMax);

export function changed({ book, news }: Advance, patch: Partial<Book>): Advance {
  return { book: { ...book, ...patch }, news };
}

export function told({ book, news }: Advance, one: News): Advance {
  return { book, news: [...news, one] };
}
