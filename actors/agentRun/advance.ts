/**
 * One step of the book: the one place where a run's rules stand (contract R1–R5). Pure; what must not happen
 * (a second answer, a turn within a turn) is kept out by the machine's guards, and changes nothing here.
 */
import { askOf, extendedLimits, isWaiting, withCall } from './book.ts';
import type { Book } from './book.ts';
import type { BookEvent } from './bookEvent.ts';
import { concludedWith } from './concluding.ts';
import { titleBytesMax } from './limits.ts';
import {
  askClosed,
  askOpened,
  asksClosed,
  changed,
  ended,
  remembered,
  shortened,
  told,
  turnClosed,
} from './moves.ts';
import type { Advance } from './moves.ts';
import { processEnded } from './processEnd.ts';
import { settled } from './settling.ts';
import { clipped, markOf } from './text.ts';
import { metered, tokensOf } from './usage.ts';
import type { Price } from './usage.ts';
import type { RunEventOf } from './vocabulary.ts';

/** The book after `event`. */
export function advance(book: Book, event: BookEvent, price?: Price): Advance {
  if (book.phase === 'ended') return { book, news: [] };
  const { book: after, news } = step({ book, news: [] }, event, price);
  // What follows from a conclusion waits for the end of the process, which is the next fact.
  if (after === book || concludedWith(event) !== undefined) return { book: after, news };
  return settled({ book: after, news });
}

function step(at: Advance, event: BookEvent, price: Price | undefined): Advance {
  switch (event.type) {
    case 'run.start':
    case 'run.pause':
    case 'run.unpause':
    case 'run.stop':
    case 'run.end':
    case 'run.update':
    case 'actor.stopped':
    case 'timer.deadline':
    case 'timer.drain':
      return ofRun(at, event);
    case 'run.prompt':
    case 'run.unprompt':
      return ofPrompt(at, event);
    case 'turn.start':
    case 'turn.interrupt':
    case 'turn.end':
    case 'tool.call':
    case 'tool.end':
    case 'usage':
      return ofTurn(at, event, price);
    case 'permission.ask':
    case 'permission.answer':
    case 'permission.cancelled':
    case 'timer.ask':
      return ofAsk(at, event);
    case 'process.start':
    case 'process.session':
    case 'timer.launch':
      return ofProcess(at, event);
    case 'process.exit':
    case 'process.lost':
    case 'process.failed':
    case 'driver.ended':
      return at.book.process === 'none' ? at : processEnded(at, event);
    default:
      return at;
  }
}

type Some<T extends BookEvent['type']> = Extract<BookEvent, { readonly type: T }>;

function ofRun(
  at: Advance,
  event: Some<
    | `run.${'start' | 'pause' | 'unpause' | 'stop' | 'end' | 'update'}`
    | 'actor.stopped'
    | 'timer.deadline'
    | 'timer.drain'
  >,
): Advance {
  const { book } = at;
  switch (event.type) {
    case 'run.start':
      return book.phase === 'created' ? changed(at, started(event)) : at;
    case 'run.pause':
      return changed(at, { paused: book.paused ?? 'byHand' });
    case 'run.unpause':
      return book.paused === 'byHand' ? changed(at, { paused: null }) : at;
    case 'run.stop':
      return stopping(at, event);
    case 'run.end':
      return ended(at, event.cause, event.reason);
    case 'run.update':
      return event.budget === undefined ? at : changed(at, { budget: event.budget, limits: event.budget });
    case 'actor.stopped':
      return ended(at, 'stopped');
    case 'timer.deadline':
      return ended(at, 'timedOut');
    default:
      return book.phase === 'stopping' && book.ending ? ended(at, book.ending.cause, book.ending.reason) : at;
  }
}

function started({ launch, onExit = 'end', budget: given }: RunEventOf<'run.start'>): Partial<Book> {
  const budget = given ?? null;
  const launches = launch !== undefined;
  const process = launches ? 'launching' : 'none';
  return { phase: 'live', onExit, launches, process, launchCount: launches ? 1 : 0, budget, limits: budget };
}

/** A process is given time to end by itself; without one there is nothing to wait for. */
function stopping(at: Advance, { cause = 'stopped', reason }: RunEventOf<'run.stop'>): Advance {
  if (at.book.phase === 'stopping') return at;
  if (at.book.process === 'none') return ended(at, cause, reason);
  return changed(at, { phase: 'stopping', ending: { cause, reason: shortened(reason) } });
}

function ofPrompt(at: Advance, event: Some<'run.prompt' | 'run.unprompt'>): Advance {
  const { book } = at;
  const { promptId } = event;
  if (event.type === 'run.unprompt') {
    if (!isWaiting(book, promptId)) return at;
    return changed(at, { queue: book.queue.filter((prompt) => prompt.promptId !== promptId) });
  }
  const known = remembered(at, 'prompt', promptId);
  const mode = event.mode ?? 'queue';
  // Into the open turn: whoever drives the turn has it with this, so it waits for nothing.
  if (mode === 'steer' && book.turnId !== null && book.paused === null) {
    const isTold = book.launches && book.process === 'attached';
    return isTold ? told(known, { type: 'prompt.offered', promptId, mode }) : known;
  }
  return changed(known, { queue: [...book.queue, { promptId, mode }] });
}

function ofTurn(
  at: Advance,
  event: Some<'turn.start' | 'turn.interrupt' | 'turn.end' | 'tool.call' | 'tool.end' | 'usage'>,
  price: Price | undefined,
): Advance {
  const { book } = at;
  switch (event.type) {
    case 'turn.start':
      return book.turnId === null ? turnOpened(at, event) : at;
    case 'turn.interrupt':
      return asksClosed(at, 'interrupted');
    case 'turn.end':
      return book.turnId === event.turnId ? turnEnded(at, event) : at;
    case 'tool.call': {
      const used = { ...book.used, toolCalls: book.used.toolCalls + 1 };
      const calls = book.turnId === null ? book.calls : withCall(book.calls, event.callId);
      return changed(at, { used, calls });
    }
    case 'tool.end': {
      const mark = markOf(event.callId);
      return book.calls.includes(mark)
        ? changed(at, { calls: book.calls.filter((call) => call !== mark) })
        : at;
    }
    default: {
      const { processId, used } = book;
      const { meter, model, counts } = metered(book.meter, event, { processId, turns: used.turns }, price);
      if (counts === undefined) return at;
      const costMicroUsd = used.costMicroUsd + counts.costMicroUsd;
      const sums = { ...used, costMicroUsd, tokens: used.tokens + tokensOf(counts) };
      return told(changed(at, { meter, used: sums }), { type: 'used', model, counts });
    }
  }
}

function turnEnded(at: Advance, event: RunEventOf<'turn.end'>): Advance {
  const closed = turnClosed(asksClosed(at, 'ended'), event.status, event.reason ?? null);
  return concludedWith(event) === undefined ? closed : changed(closed, { interrupted: true });
}

/** The prompt it answers waits no more: the one it names, or the one that was offered. */
function turnOpened(at: Advance, { turnId, promptId }: RunEventOf<'turn.start'>): Advance {
  const { book } = at;
  const taken = promptId ?? (book.isOffered ? book.queue[0]?.promptId : undefined);
  const opened = changed(remembered(at, 'turn', turnId), {
    turnId,
    interrupted: false,
    calls: [],
    hasHeld: true,
    failedLaunches: 0,
    queue: book.queue.filter((prompt) => prompt.promptId !== taken),
    isOffered: book.isOffered && book.queue[0]?.promptId !== taken,
    used: { ...book.used, turns: book.used.turns + 1 },
  });
  return told(opened, { type: 'turn.opened' });
}

function ofAsk(
  at: Advance,
  event: Some<'permission.ask' | 'permission.answer' | 'permission.cancelled' | 'timer.ask'>,
): Advance {
  if (event.type === 'permission.ask') {
    const { requestId, kind, callId, deadlineMs = null } = event;
    const options = Object.fromEntries(event.options.map((one) => [markOf(one.optionId), one.effect]));
    const title = clipped(event.title, titleBytesMax);
    const call = callId === undefined ? null : markOf(callId);
    return askOpened(at, { requestId, kind, title, call, options, isBudget: false }, deadlineMs);
  }
  const ask = askOf(at.book, event.requestId ?? '');
  if (ask === undefined) return at;
  if (event.type === 'timer.ask') return askClosed(at, ask, 'expired');
  if (event.type === 'permission.cancelled') return askClosed(at, ask, event.reason);
  const effect = ask.options[markOf(event.optionId)] ?? 'other';
  const closed = askClosed(at, ask, effect);
  if (!ask.isBudget) return closed;
  return effect === 'allow'
    ? changed(closed, { paused: null, limits: extendedLimits(at.book) })
    : ended(closed, 'overBudget');
}

function ofProcess(at: Advance, event: Some<'process.start' | 'process.session' | 'timer.launch'>): Advance {
  const { book } = at;
  if (event.type === 'timer.launch') {
    return book.process === 'none' ? at : changed(at, { hasHeld: true, failedLaunches: 0 });
  }
  const engineSession = event.engineSession ?? book.engineSession;
  if (event.type === 'process.session') return changed(at, { engineSession });
  const { processId } = event;
  return changed(remembered(at, 'process', processId), { process: 'attached', processId, engineSession });
}
