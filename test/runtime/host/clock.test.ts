/** Real time: waits that are longer than what a timer of Node can wait. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { realWait } from '../../../runtime/host/clock.ts';

const day = 24 * 3_600_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test.each([1, 24, 25, 30, 48, 49, 365])('a wait of %i days is over after them', (days) => {
  const work = vi.fn<() => void>();
  realWait(days * day, work);
  vi.advanceTimersByTime(days * day - 1);
  expect(work).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(work).toHaveBeenCalledOnce();
});

test('an endless wait never is, and any can be called off', () => {
  const work = vi.fn<() => void>();
  const stops = [realWait(Infinity, work), realWait(60 * day, work)];
  vi.advanceTimersByTime(59 * day);
  for (const stop of stops) stop();
  vi.advanceTimersByTime(1000 * day);
  expect(work).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
