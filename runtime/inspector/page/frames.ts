/**
 * Server-sent events by `fetch`: an EventSource can send no token. It goes on where it was when the
 * connection is lost, for as long as it is wanted.
 */
import { ApiError, request } from './api.ts';
import { textFrames } from './textFrames.ts';
import type { Frame } from './textFrames.ts';

export interface Following {
  readonly path: string;
  readonly signal: AbortSignal;
  /** Whoever can go on from a seq gives the last one it has; absent: each connection begins anew. */
  readonly after?: () => number | undefined;
  /** `isFirst`: of this connection. */
  readonly told: (frame: Frame, isFirst: boolean) => void;
  readonly connected: (isConnected: boolean) => void;
  /** It cannot go on: what the server said. */
  readonly refused: (error: ApiError) => void;
}

const pauseMs = 1000;

export async function follow(following: Following): Promise<void> {
  const { signal, connected, refused } = following;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      if ((await oneConnection(following)) === 'over') return;
    } catch (error) {
      if (isOver()) return;
      if (error instanceof ApiError && error.problem.status < 500 && error.problem.status !== 429) {
        refused(error);
        return;
      }
    }
    connected(false);
    await paused(signal);
  }
}

async function oneConnection({ path, signal, after, told, connected }: Following): Promise<'over' | 'lost'> {
  const last = after?.();
  const headers = last === undefined ? {} : { 'last-event-id': String(last) };
  const response = await request(path, { signal, headers });
  if (response.status === 204 || response.body === null) return 'over';
  connected(true);
  let isFirst = true;
  for await (const frame of textFrames(response.body)) {
    if (frame.event === 'problem') return 'lost';
    told(frame, isFirst);
    isFirst = false;
  }
  return 'lost';
}

/** Until the pause is over, the network is back, or nobody wants it any more. */
async function paused(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      removeEventListener('online', over);
      resolve();
    };
    const timer = setTimeout(over, pauseMs);
    addEventListener('online', over);
    signal.addEventListener('abort', over, { once: true });
  });
}
