/**
 * The book of a run: all that decides where it stands, as ids and counters, each with a bound of limits.ts.
 * The machine and the digest both keep one, and both keep it with `advance`: so what they conclude from the
 * same facts (asks that nobody can answer any more, the cause of an end) is the same by construction, though
 * it is no fact of its own. What is lost with a process is (concluding.ts).
 */
import { hasId, noIds } from './ids.ts';
import type { Ids } from './ids.ts';
import { openCallsMax } from './limits.ts';
import { markOf } from './text.ts';
import { startMeter } from './usage.ts';
import type { Meter } from './usage.ts';
import type { AskOption, Budget, Cause, TurnStatus } from './vocabulary.ts';

/** An ask that waits for its one answer or cancellation. */
export interface Ask {
  readonly requestId: string;
  readonly kind: 'tool' | 'question' | 'plan';
  readonly title: string;
  /** The mark of the call that it is about. */
  readonly call: string | null;
  /** What each option means, by the mark of its id. */
  readonly options: Readonly<Record<string, AskOption['effect']>>;
  /** Opened by the run itself, about its budget. */
  readonly isBudget: boolean;
}

export interface Prompt {
  readonly promptId: string;
  readonly mode: 'queue' | 'steer';
}

/** What counts against a budget. */
export interface Used {
  readonly costMicroUsd: number;
  readonly tokens: number;
  readonly turns: number;
  readonly toolCalls: number;
  readonly consecutiveFailures: number;
}

export interface Ending {
  readonly cause: Cause;
  readonly reason: string | null;
}

export interface Book {
  readonly phase: 'created' | 'live' | 'stopping' | 'ended';
  /** In `stopping` how it is to end, in `ended` how it has. */
  readonly ending: Ending | null;
  readonly paused: 'byHand' | 'byBudget' | null;
  readonly onExit: 'end' | 'idle';
  /** Whether the run launches its processes itself; else whoever orchestrates it tells of them. */
  readonly launches: boolean;
  readonly process: 'none' | 'launching' | 'attached';
  /** Launches so far: which one the present process is of. */
  readonly launchCount: number;
  readonly processId: string | null;
  readonly engineSession: string | null;
  /** Whether the present launch lived long enough, or came to a turn. */
  readonly hasHeld: boolean;
  readonly failedLaunches: number;
  readonly turnId: string | null;
  readonly lastTurn: TurnStatus | null;
  /** The last turn was lost with its process. */
  readonly interrupted: boolean;
  /** Marks of the open turn's calls without a result. */
  readonly calls: readonly string[];
  readonly asks: readonly Ask[];
  readonly queue: readonly Prompt[];
  /** Whether the first of the queue was told to the process. */
  readonly isOffered: boolean;
  /** Of prompts, asks, turns and processes: none is used again. */
  readonly ids: Ids;
  readonly budget: Budget | null;
  /** The budget as answers to its asks have extended it. */
  readonly limits: Budget | null;
  readonly used: Used;
  readonly meter: Meter;
  readonly budgetAsks: number;
}

export const startBook: Book = {
  phase: 'created',
  ending: null,
  paused: null,
  onExit: 'end',
  launches: false,
  process: 'none',
  launchCount: 0,
  processId: null,
  engineSession: null,
  hasHeld: false,
  failedLaunches: 0,
  turnId: null,
  lastTurn: null,
  interrupted: false,
  calls: [],
  asks: [],
  queue: [],
  isOffered: false,
  ids: noIds,
  budget: null,
  limits: null,
  used: { costMicroUsd: 0, tokens: 0, turns: 0, toolCalls: 0, consecutiveFailures: 0 },
  meter: startMeter,
  budgetAsks: 0,
};

/** What an id is used for. */
export type IdUse = 'turn' | 'prompt' | 'ask' | 'process';

export const usedId = (use: IdUse, id: string): string => `${use} ${id}`;

export function isNew(book: Book, use: IdUse, id: string): boolean {
  return !hasId(book.ids, usedId(use, id));
}

export const askOf = (book: Book, requestId: string): Ask | undefined =>
  book.asks.find((ask) => ask.requestId === requestId);

/** Whether a prompt waits and can still be changed: the one told to the process cannot. */
export function isWaiting({ queue, isOffered }: Book, promptId: string): boolean {
  const index = queue.findIndex((prompt) => prompt.promptId === promptId);
  return index >= (isOffered ? 1 : 0);
}

/** The open calls with one more; past the bound it is not told apart, and its result changes nothing. */
export function withCall(calls: readonly string[], callId: string): readonly string[] {
  const mark = markOf(callId);
  return calls.includes(mark) || calls.length >= openCallsMax ? calls : [...calls, mark];
}

const measures = ['costMicroUsd', 'tokens', 'turns', 'toolCalls', 'consecutiveFailures'] as const;

/** What is used beyond the budget's limits. */
export function exceededOf({ limits, used }: Book): readonly (typeof measures)[number][] {
  return measures.filter((measure) => {
    const most = limits?.[measure];
    return most !== undefined && used[measure] > most;
  });
}

/** The limits after a yes to going on: as much again of whatever is used up. */
export function extendedLimits(book: Book): Budget | null {
  const more = exceededOf(book).map((measure) => {
    return [measure, book.used[measure] + (book.budget?.[measure] ?? 0)] as const;
  });
  return book.limits === null ? null : { ...book.limits, ...Object.fromEntries(more) };
}
