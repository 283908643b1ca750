/**
 * The end of a process (contract R1, R2): what was open is lost with it, and the run goes on or ends.
 */
import type { Book, Ending } from './book.ts';
import type { BookEvent } from './bookEvent.ts';
import { failedLaunchesMax } from './limits.ts';
import { asksClosed, changed, ended, turnClosed } from './moves.ts';
import type { Advance } from './moves.ts';

/** How a process, or the launch of one, can end. */
export type ProcessEnd = Extract<
  BookEvent,
  { readonly type: 'process.exit' | 'process.lost' | 'process.failed' | 'driver.ended' }
>;

export function processEnded(at: Advance, end: ProcessEnd): Advance {
  const before = at.book;
  const failedLaunches = before.launches && !before.hasHeld ? before.failedLaunches + 1 : 0;
  const gone = {
    process: 'none',
    processId: null,
    hasHeld: false,
    isOffered: false,
    failedLaunches,
  } as const;
  // Of several processes only one lives at a time, so whatever is open was its.
  const detached = changed(asksClosed(at, 'lost'), gone);
  const closed = before.turnId === null ? detached : lostWithIt(detached);
  if (before.phase === 'stopping' && before.ending !== null) {
    return ended(closed, before.ending.cause, before.ending.reason);
  }
  if (before.onExit === 'idle') {
    return failedLaunches < failedLaunchesMax
      ? closed
      : ended(closed, 'launchFailed', `${failedLaunches} launches in a row ended without a turn`);
  }
  const { cause, reason } = endingOf(before, end);
  return ended(closed, cause, reason);
}

function lostWithIt(at: Advance): Advance {
  return changed(turnClosed(at, 'lost', null), { interrupted: true });
}

/**
 * Under `onExit: 'end'`. An exit with code 0 in the middle of a turn is as bad as any other; that turn is
 * open still, or was ended as lost with this process just before (concluding.ts).
 */
function endingOf({ process, turnId, lastTurn, interrupted }: Book, end: ProcessEnd): Ending {
  switch (end.type) {
    case 'process.failed':
      return { cause: process === 'launching' ? 'launchFailed' : 'lost', reason: null };
    case 'driver.ended':
      return { cause: process === 'launching' ? 'launchFailed' : 'lost', reason: 'its driver ended' };
    case 'process.lost':
      return { cause: 'lost', reason: null };
    default: {
      const reason = exitNameOf(end);
      if (end.code !== 0 || turnId !== null || interrupted) return { cause: 'crashed', reason };
      return { cause: lastTurn === 'failed' || lastTurn === 'lost' ? 'failed' : 'completed', reason };
    }
  }
}

/** How an exit is called where exits are counted: its signal, else its code. */
export function exitNameOf({ code, signal }: Extract<ProcessEnd, { readonly type: 'process.exit' }>): string {
  return signal ?? (typeof code === 'number' ? `exit ${code}` : 'unknown');
}
