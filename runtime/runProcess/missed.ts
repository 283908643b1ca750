/**
 * What the driver of a run would have been told meanwhile, read from the history by the rules that the run
 * itself keeps: needed only when a worker was lost, so it may read from the beginning.
 */
import { advance } from '../../actors/agentRun/advance.ts';
import { startBook } from '../../actors/agentRun/book.ts';
import { ofHistory } from '../../actors/agentRun/bookEvent.ts';
import { followsOf } from '../../actors/agentRun/following.ts';
import { startContext } from '../../actors/agentRun/runContext.ts';
import type { DriverPort, Word } from '../drivers.ts';

/** By the facts behind `after`, up to `to`. */
export async function* missedWords(
  port: DriverPort,
  after: number,
  to: number,
): AsyncGenerator<Word, void, undefined> {
  let book = startBook;
  for await (const { seq, event: recorded } of port.facts({ before: to + 1 })) {
    const event = ofHistory(recorded);
    const step = advance(book, event);
    const before = { ...startContext, book };
    ({ book } = step);
    if (seq <= after) continue;
    for (const follow of followsOf({ before, event, after: book, news: step.news })) {
      if (follow.do === 'tell') yield { event: follow.word, seq };
    }
  }
}
