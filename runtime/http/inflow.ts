/**
 * A body that is taken as it comes, for as long as its sender and the server go on.
 *   - The next piece is asked for when the one before was taken: a sender that is faster than the disk waits.
 *   - One that says nothing for `silenceMs` is ended; the time in which nobody asked it does not count.
 *   - Whoever sends is authorised again every `authorizeMs` (Q3), and whether what it goes to is theirs.
 *   - It takes a place among the streams of its server, and ends when that closes.
 */
import { isTroupeError, TroupeError } from '../../actors/troupeError.ts';
import { cutShort } from './body.ts';
import type { Access } from './access.ts';
import type { Call } from './route.ts';
import { assertWelcome } from './welcome.ts';

type Piece = IteratorResult<Uint8Array, unknown>;

/** `ended` ends it early; its reason is what the sender is told. */
export async function* inflowOf(
  call: Pick<Call, 'desk' | 'incoming' | 'access'>,
  ended: AbortController,
  isVisible: (access: Access) => Promise<boolean>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { desk, incoming } = call;
  const { silenceMs, authorizeMs } = desk.limits;
  const leave = desk.streams.enter(() => ended.abort(closing()));
  const doubt = { isRaised: false };
  const doubts = setInterval(() => (doubt.isRaised = true), authorizeMs);
  const pieces = incoming.pieces()[Symbol.asyncIterator]();
  let isWhole = false;
  try {
    for (;;) {
      const piece = await within(silenceMs, ended.signal, pieces.next());
      isWhole = piece.done === true;
      if (piece.done === true) return;
      if (doubt.isRaised) await assertWelcome(call, 'send', isVisible);
      doubt.isRaised = false;
      yield piece.value;
    }
  } finally {
    leave();
    clearInterval(doubts);
    // Not awaited: a silent sender would keep everybody waiting.
    if (!isWhole) void pieces.return?.().catch(() => undefined);
  }
}

/** The piece, unless nothing comes in time, or the signal is first. */
async function within(ms: number, signal: AbortSignal, next: Promise<Piece>): Promise<Piece> {
  let end = (): void => undefined;
  try {
    return await new Promise<Piece>((resolve, reject) => {
      const late = setTimeout(() => reject(silent(ms)), ms);
      const abort = (): void => reject(signal.reason as TroupeError);
      end = () => {
        clearTimeout(late);
        signal.removeEventListener('abort', abort);
      };
      signal.addEventListener('abort', abort);
      if (signal.aborted) abort();
      next.then(resolve, (error: unknown) => reject(isTroupeError(error) ? error : cutShort()));
    });
  } finally {
    end();
  }
}

function closing(): TroupeError {
  const text = 'This server is closing: give the stream again, from its first frame, to another.';
  return new TroupeError('CLOSED', text, {});
}

function silent(ms: number): TroupeError {
  const text = `Nothing came for ${ms} ms, and the body has no end: what came is recorded as far as it goes.`;
  return new TroupeError('INVALID_REQUEST', text, { status: 408 });
}
