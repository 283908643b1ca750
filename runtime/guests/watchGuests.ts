/** Rows of guests, live: first those there are, then what changed, at most one entry per guest and window. */
import type { GuestRow } from './guest.ts';
import type { Guests } from './guests.ts';
import { guestLimits } from './limits.ts';

export interface GuestChanges {
  readonly changed: readonly GuestRow[];
  /** Addresses of those that are gone. */
  readonly removed: readonly string[];
}

export async function* watchGuests(
  guests: Guests,
  signal: AbortSignal,
): AsyncGenerator<GuestChanges, void, undefined> {
  let news = new Set<string>();
  let wake = (): void => undefined;
  const wakeUp = (): void => wake();
  const leave = guests.listen((address) => {
    news.add(address);
    wake();
  });
  signal.addEventListener('abort', wakeUp);
  try {
    yield { changed: guests.rows(), removed: [] };
    for (;;) {
      if (news.size === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      if (signal.aborted) return;
      const told = news;
      news = new Set();
      const rows = Array.from(told, (address) => [address, guests.row(address)] as const);
      yield {
        changed: rows.flatMap(([, row]) => row ?? []),
        removed: rows.flatMap(([address, row]) => (row === undefined ? [address] : [])),
      };
      await windowEnds(signal);
    }
  } finally {
    signal.removeEventListener('abort', wakeUp);
    leave();
  }
}

async function windowEnds(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, guestLimits.windowMs);
    signal.addEventListener('abort', end);
  });
}
