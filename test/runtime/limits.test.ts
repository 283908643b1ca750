/** Limits that are more than a timer can wait. */
import { expect, test } from 'vitest';
import { limitsOf } from '../../runtime/limits.ts';

test('times without an end are as long as a timer can wait, and a little is left to add', () => {
  const limits = limitsOf({
    closeMs: Infinity,
    stuckMs: Infinity,
    restartWindowMs: 2 ** 31,
    idleMs: Infinity,
  });
  for (const ms of [limits.closeMs, limits.stuckMs, limits.restartWindowMs]) {
    expect(ms).toBeGreaterThan(20 * 24 * 3_600_000);
    expect(ms).toBeLessThan(2 ** 31 - 60_000);
  }
  // Compared, and never waited for.
  expect(limits.idleMs).toBe(Infinity);
});
