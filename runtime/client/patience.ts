/**
 * Trying again: ever later, and not all clients at the same moment.
 */
import { isPassing } from './problem.ts';
import { aborted, isTroupeError } from './refusal.ts';

export interface Patience {
  /** How long a call goes on trying while nobody answers. */
  readonly patienceMs: number;
  /** Before the second try; doubled for each further one. */
  readonly retryMs: number;
  /** The longest pause between two. */
  readonly retryMsMax: number;
}

/** The answer, or the error that no retry can help, or the last one when patience ended. */
export async function patiently<T>(
  patience: Patience,
  signal: AbortSignal | undefined,
  ask: () => Promise<T>,
): Promise<T> {
  const end = Date.now() + patience.patienceMs;
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!isTroupeError(error) || !isPassing(error)) throw error;
      const ms = pauseOf(patience, tries, error.details['retryAfterMs']);
      if (Date.now() + ms > end) throw error;
      await pause(ms, signal);
    }
  }
}

/** At least as long as the server said; half of the rest is chance. */
export function pauseOf({ retryMs, retryMsMax }: Patience, tries: number, told: unknown = 0): number {
  const ms = Math.min(retryMsMax, retryMs * 2 ** tries);
  return Math.max(Number(told), ms * (0.5 + Math.random() / 2));
}

export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) throw aborted(signal);
  await new Promise<void>((resolve, reject) => {
    const over = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', over);
      if (signal?.aborted === true) reject(aborted(signal));
      else resolve();
    };
    const timer = setTimeout(over, ms);
    signal?.addEventListener('abort', over);
  });
}
