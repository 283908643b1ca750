/**
 * What a call rejects with when its own signal ends it: `TIMEOUT` for a signal made by AbortSignal.timeout,
 * `ABORTED` for any other. `details.outcome` says what became of it: `none` when nothing left this thread,
 * `unknown` when it may be applied all the same; sent again with the same id it is applied once (P4).
 * Of a read or a wait it is `none`, in words of its own.
 */
import { TroupeError } from '../actors/troupeError.ts';

const thens = {
  none: 'nothing was sent.',
  unknown: 'it may be applied all the same. Send it again with the same id to find out.',
  read: 'it only looked, and has changed nothing.',
};

export function abortError(signal: AbortSignal | undefined, ended: keyof typeof thens): TroupeError {
  const reason: unknown = signal?.reason;
  const isTimeout = reason instanceof Error && reason.name === 'TimeoutError';
  const what = isTimeout ? 'No answer came in time' : 'The call was aborted by its signal';
  const outcome = ended === 'read' ? 'none' : ended;
  const text = `${what}: ${thens[ended]}`;
  return new TroupeError(isTimeout ? 'TIMEOUT' : 'ABORTED', text, { outcome }, reason);
}

/** What comes of the work, unless the signal ends the wait for it first. */
export async function endedBy<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  if (signal.aborted) throw abortError(signal, 'unknown');
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(abortError(signal, 'unknown'));
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
