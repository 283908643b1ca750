/**
 * What follows from where a step of the book has led: a budget that is used up, a process that is needed, a
 * prompt that can be taken up now.
 */
import { exceededOf, isNew } from './book.ts';
import type { Ask, Book } from './book.ts';
import { askClosed, askOpened, changed, ended, told } from './moves.ts';
import type { Advance } from './moves.ts';
import { markOf } from './text.ts';

export function settled(at: Advance): Advance {
  return at.book.phase === 'live' ? offered(launched(withinBudget(at))) : at;
}

/** The options of an ask about the budget; what they say is `continue` and `stop`. */
const budgetOptions: Ask['options'] = { [markOf('continue')]: 'allow', [markOf('stop')]: 'deny' };

function withinBudget(at: Advance): Advance {
  const { book } = at;
  const exceeded = exceededOf(book);
  const open = book.asks.find(({ isBudget }) => isBudget);
  if (exceeded.length === 0) {
    // A larger budget answers it.
    return open === undefined ? at : changed(askClosed(at, open, 'ended'), { paused: null });
  }
  if (book.budget?.onExceed !== 'ask') return ended(at, 'overBudget', exceeded.join(', '));
  if (open !== undefined) return at;
  const requestId = budgetAskIdOf(book);
  const title = `Over budget (${exceeded.join(', ')}): continue?`;
  const ask: Ask = { requestId, kind: 'question', title, call: null, options: budgetOptions, isBudget: true };
  return askOpened(changed(at, { paused: 'byBudget', budgetAsks: book.budgetAsks + 1 }), ask, null);
}

/** `budget.1`, `budget.2`, …: the next one that nobody has used. */
function budgetAskIdOf(book: Book): string {
  for (let n = book.budgetAsks + 1; ; n++) {
    if (isNew(book, 'ask', `budget.${n}`)) return `budget.${n}`;
  }
}

function launched(at: Advance): Advance {
  const { phase, launches, process, launchCount, paused, queue } = at.book;
  const isNeeded = phase === 'live' && launches && process === 'none' && paused === null && queue.length > 0;
  return isNeeded ? changed(at, { process: 'launching', launchCount: launchCount + 1 }) : at;
}

function offered(at: Advance): Advance {
  const { phase, launches, process, paused, queue, turnId, isOffered } = at.book;
  const [next] = queue;
  if (next === undefined || isOffered || turnId !== null || paused !== null) return at;
  if (phase !== 'live' || !launches || process !== 'attached') return at;
  return told(changed(at, { isOffered: true }), { type: 'prompt.offered', ...next });
}
