/** Who finds no room though nothing is under way tries again ever later, until others get on. */
import { afterEach, expect, test, vi } from 'vitest';
import { Pause } from '../../runtime/pause.ts';

afterEach(() => void vi.useRealTimers());

function given() {
  vi.useFakeTimers();
  const tries = { sent: 1, wakes: 0 };
  const pause = new Pause({
    sent: () => tries.sent,
    wake: () => {
      tries.wakes++;
      return 1;
    },
  });
  /** The milliseconds until everybody tries again. */
  const msOf = (): number => {
    const { wakes } = tries;
    pause.begin();
    for (let ms = 0; ; ms++) {
      if (tries.wakes > wakes) return ms;
      vi.advanceTimersByTime(1);
    }
  };
  return { tries, msOf };
}

test('each pause is twice the one before, up to a second', () => {
  const { tries, msOf } = given();
  const pauses = Array.from({ length: 12 }, () => {
    const ms = msOf();
    tries.sent++;
    return ms;
  });
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 1000]);
});

test('sends of others begin it anew', () => {
  const { tries, msOf } = given();
  for (let i = 0; i < 5; i++, tries.sent++) msOf();
  tries.sent++;
  expect(msOf()).toBe(1);
});
