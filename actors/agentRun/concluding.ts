/**
 * What a run concludes from the end of its process (contract R1), as facts of their own: the host records
 * them in the same commit, ahead of the fact they follow from, because after that one the run may be final.
 * They are marked (`with`), so that neither book takes the turn's end for one after which life goes on.
 */
import type { AnyEvent } from '../fact.ts';
import type { Book } from './book.ts';
import { ofHistory } from './bookEvent.ts';
import type { ProcessEnd } from './processEnd.ts';
import type { RunEventOf } from './vocabulary.ts';

export type Conclusion = RunEventOf<'permission.cancelled'> | RunEventOf<'turn.end'>;

type Concluding = (
  event: AnyEvent,
  stand: { readonly context: { readonly book: Book } },
) => readonly Conclusion[];

/** By the type of the fact that they follow from, as the history has it. */
export const concludes: Readonly<Record<string, Concluding>> = {
  'process.exit': concluded,
  'process.lost': concluded,
  'process.failed': concluded,
  'effect.done': concluded,
  'effect.failed': concluded,
};

function concluded(event: AnyEvent, { context: { book } }: Parameters<Concluding>[1]): readonly Conclusion[] {
  const end = ofHistory(event);
  if (!isProcessEnd(end) || book.process === 'none') return [];
  // Asks first: the end of a turn answers those that are still open in its own way.
  const asks = book.asks.filter(({ isBudget }) => !isBudget);
  const marks = { with: end.type };
  const { turnId } = book;
  return [
    ...asks.map(({ requestId }): Conclusion => {
      return { type: 'permission.cancelled', requestId, reason: 'lost', ...marks };
    }),
    ...(turnId === null ? [] : [{ type: 'turn.end', turnId, status: 'lost', ...marks } as const]),
  ];
}

const ends: readonly string[] = [
  'process.exit',
  'process.lost',
  'process.failed',
  'driver.ended',
] satisfies readonly ProcessEnd['type'][];

function isProcessEnd(event: { readonly type: string }): event is ProcessEnd {
  return ends.includes(event.type);
}

/** Set on a conclusion: what it follows from. */
export function concludedWith(event: { readonly type: string }): ProcessEnd['type'] | undefined {
  const isOurs = event.type === 'turn.end' || event.type === 'permission.cancelled';
  // The vocabulary says that it is one of these.
  return isOurs ? (event as Conclusion).with : undefined;
}
