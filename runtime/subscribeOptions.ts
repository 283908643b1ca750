/**
 * What a subscriber may ask for. Checked by the call: what makes no sense would otherwise show as silence.
 */
import { TroupeError } from '../actors/troupeError.ts';
import { assertNames } from './invalidOption.ts';

export interface SubscribeOptions {
  /** From the fact behind this one on; 0: from the beginning. Absent: from now, after one reset. */
  readonly after?: number;
  /** Text is told at most once in so many milliseconds; 0: with every commit. */
  readonly windowMs?: number;
  /** What may wait for a slow reader; beyond it, it gets a reset. */
  readonly maxBytes?: number;
  /** Instead of `NOT_FOUND`: wait for the actor's birth. */
  readonly wait?: boolean;
  readonly signal?: AbortSignal;
}

const names: Readonly<Record<keyof SubscribeOptions, true>> = {
  after: true,
  windowMs: true,
  maxBytes: true,
  wait: true,
  signal: true,
};

export function assertSubscribe(options: SubscribeOptions): void {
  assertNames('subscribe', options, names);
}

const windowMsMax = 60_000;
const maxBytesDefault = 1024 * 1024;

/** What was asked for, or else the default. */
export function windowOf(windowMs: number | undefined, byDefault: number): number {
  if (windowMs === undefined) return byDefault;
  if (windowMs >= 0 && windowMs <= windowMsMax) return windowMs;
  const text = `A window has 0 to ${windowMsMax} milliseconds, not ${windowMs}.`;
  throw new TroupeError('INVALID_OPTION', text, { windowMs });
}

export function maxBytesOf({ maxBytes = maxBytesDefault }: SubscribeOptions): number {
  if (maxBytes >= 1) return maxBytes;
  const text = `A subscriber needs room for something: maxBytes is at least 1, not ${maxBytes}.`;
  throw new TroupeError('INVALID_OPTION', text, { maxBytes });
}

/** The seq that comes first; undefined: there is a reset first. */
export function firstOf({ after }: SubscribeOptions): number | undefined {
  if (after === undefined) return undefined;
  if (Number.isSafeInteger(after) && after >= 0) return after + 1;
  const text = `after is the seq of a fact, or 0 for the beginning, not ${after}.`;
  throw new TroupeError('INVALID_OPTION', text, { after });
}
