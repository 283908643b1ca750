/** Windows of several lengths behind one wait, also when somebody sets the clock. */
import { describe, expect, test } from 'vitest';
import { Windows } from '../../../runtime/host/windows.ts';

/** Time that passes, beside a clock that may be set. */
function newTime() {
  const time = { passed: 0, set: 1_000_000 };
  const waiting = new Set<{ at: number; work: () => void }>();
  const clock = {
    now: () => time.set + time.passed,
    wait: (ms: number, work: () => void) => {
      const one = { at: time.passed + ms, work };
      waiting.add(one);
      return () => void waiting.delete(one);
    },
  };
  const pass = (ms: number): void => {
    for (const end = time.passed + ms; time.passed < end;) {
      time.passed++;
      for (const one of waiting) if (one.at <= time.passed && waiting.delete(one)) one.work();
    }
  };
  return { time, clock, pass, waiting };
}

describe('windows', () => {
  test('end after their time, each length in its own', () => {
    const { clock, pass, waiting } = newTime();
    const windows = new Windows(clock);
    const ended: string[] = [];
    windows.open(500, () => ended.push('long'));
    windows.open(33, () => ended.push('short'));
    pass(32);
    expect(ended).toEqual([]);
    pass(1);
    expect(ended).toEqual(['short']);
    pass(467);
    expect(ended).toEqual(['short', 'long']);
    expect(waiting.size).toBe(0);
  });

  test('end no later when the clock is set back, whatever other lengths are open', () => {
    const { time, clock, pass } = newTime();
    const windows = new Windows(clock);
    const ended: string[] = [];
    windows.open(33, () => ended.push('short'));
    time.set -= 3_600_000;
    windows.open(60_000, () => ended.push('long'));
    pass(33);
    expect(ended).toEqual(['short']);
    windows.open(33, () => ended.push('second'));
    time.set -= 3_600_000;
    windows.open(33, () => ended.push('third'));
    pass(33);
    expect(ended).toEqual(['short', 'second', 'third']);
    pass(60_000);
    expect(ended).toEqual(['short', 'second', 'third', 'long']);
  });

  test('end at once when the clock is set forward', () => {
    const { time, clock, pass } = newTime();
    const windows = new Windows(clock);
    const ended: string[] = [];
    windows.open(33, () => ended.push('first'));
    time.set += 3_600_000;
    windows.open(33, () => ended.push('second'));
    pass(33);
    expect(ended).toEqual(['first', 'second']);
  });
});
