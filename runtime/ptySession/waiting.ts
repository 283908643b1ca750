/**
 * Waiting for what a session shows (W2): checked at once, and then with each output, in slices, so that what
 * only passes is seen; nothing is polled. Only quiet (`stableMs`, `idleMs`) needs a clock, and has one timer.
 *   - Of several conditions all must hold. A text or a pattern counts from when it was seen; `cursor` and
 *     quiet must hold at the end. A session that has ended is quiet.
 *   - With `after` only what came behind that fact counts (passing.ts), and quiet begins with it.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import { abortError } from '../abort.ts';
import { assertMs, assertNames } from '../invalidOption.ts';
import { Player } from './player.ts';
import type { Screens } from './screen.ts';
import { Watch } from './watch.ts';
import type { WaitCondition } from './watch.ts';
import type { Screen } from './screenOf.ts';
import { following } from './sessionFacts.ts';
import type { Batch, SessionClock, SessionFacts } from './sessionFacts.ts';

/** From where on, and for how long. */
export interface WaitOptions {
  /** The seq of a fact: what came up to it does not count. */
  readonly after?: number;
  /** `TIMEOUT` after so long, with the screen in `details.screen`; absent: for ever. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const optionNames: Readonly<Record<keyof WaitOptions, true>> = { after: true, timeoutMs: true, signal: true };

/** The screen at which it held; `SEALED` when the session ends without it. */
export async function waitFor(
  session: SessionFacts & SessionClock,
  screens: Screens,
  condition: WaitCondition,
  options: WaitOptions = {},
): Promise<Screen> {
  assertCondition(condition);
  assertNames('waitFor', options, optionNames);
  assertMs('timeoutMs', options.timeoutMs);
  const { after, signal } = options;
  assertWanted(signal); // Also where it holds already.
  const deadline = session.now() + (options.timeoutMs ?? Infinity);
  const player = await Player.open(await screens.checkpoint(session, after));
  try {
    const watch = new Watch(player, condition, after !== undefined);
    for await (const fact of session.history({ after: player.seq })) {
      assertWanted(signal);
      await watch.take([fact]);
      // Of quiet nothing can be said before all is played.
      if (!watch.wantsQuiet && watch.holdsAt() <= session.now()) return player.screen();
    }
    await watch.settle();
    await lived(session, watch, { deadline, timeoutMs: options.timeoutMs, signal });
    return player.screen();
  } finally {
    player.dispose();
  }
}

function assertWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal, 'read');
}

function assertCondition(condition: WaitCondition): void {
  const names = ['text', 'pattern', 'stableMs', 'idleMs', 'cursor', 'exit'];
  const given = Object.keys(condition);
  const wrong = given.find((name) => !names.includes(name));
  if (wrong === undefined && given.length > 0) return;
  const what = wrong === undefined ? 'Nothing is waited for' : `"${wrong}" cannot be waited for`;
  throw new TroupeError('INVALID_OPTION', `${what}: give one of ${names.join(', ')} or several.`, {
    condition,
  });
}

interface Ending {
  readonly deadline: number;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Resolves when all holds. */
async function lived(
  session: SessionFacts & SessionClock,
  watch: Watch,
  { deadline, timeoutMs, signal }: Ending,
): Promise<void> {
  const left = new AbortController();
  const either = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
  const batches = following(session, watch.player.seq, either);
  let next = batches.next();
  try {
    for (;;) {
      const holdsAt = watch.holdsAt();
      if (holdsAt <= session.now()) return;
      const come = await before(next, Math.min(holdsAt, deadline), session);
      if (come === 'late') {
        if (watch.holdsAt() > deadline) throw timedOut(session.address, watch, timeoutMs);
        continue;
      }
      if (come.done === true) throw sealed(session.address, watch);
      await watch.take(come.value.facts);
      await watch.settle(come.value.sealed);
      next = batches.next();
    }
  } finally {
    // The batch that is still waited for ends with this, and nobody needs to hear how.
    next.catch(() => undefined);
    left.abort();
  }
}

type Next = IteratorResult<Batch, void>;

/** What comes, or 'late' when nothing has by then. */
async function before(next: Promise<Next>, dueAt: number, clock: SessionClock): Promise<Next | 'late'> {
  if (dueAt === Infinity) return next;
  let cancel = (): void => undefined;
  const late = new Promise<'late'>((resolve) => {
    cancel = clock.wait(Math.max(0, dueAt - clock.now()), () => resolve('late'));
  });
  try {
    return await Promise.race([next, late]);
  } finally {
    cancel();
  }
}

function timedOut(address: string, { player }: Watch, timeoutMs: number | undefined): TroupeError {
  const screen = player.screen();
  const text = `${address} did not show what was waited for in ${timeoutMs} ms; details has its screen.`;
  return new TroupeError('TIMEOUT', text, { outcome: 'none', screen });
}

function sealed(address: string, { player }: Watch): TroupeError {
  const screen = player.screen();
  const text = `${address} ended at seq ${screen.seq}, without what was waited for; details has its screen.`;
  return new TroupeError('SEALED', text, { address, seq: screen.seq, screen });
}
