/** All timers of a host behind one handle. */
import { describe, expect, test } from 'vitest';
import { realWait } from '../../../runtime/host/clock.ts';
import { Timers } from '../../../runtime/host/timers.ts';
import { start, TestClock } from './kit.ts';

describe('100 000 pending timers', () => {
  test('wait behind one handle and fire in due order', () => {
    const time = new TestClock();
    const fired: number[] = [];
    const wheel = new Timers(time.life(), (_address, _id, due) => fired.push(due - start));
    const dues = Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 100_003);
    dues.forEach((due, i) => wheel.set(`a/${i % 1000}`, `${i}`, start + due));
    expect([wheel.size, time.waiting]).toEqual([100_000, 1]);
    time.advance(50_000);
    expect(fired).toEqual(dues.filter((due) => due <= 50_000).toSorted((a, b) => a - b));
    expect(time.waiting).toBe(1);
    time.advance(50_003);
    expect([fired.length, wheel.size, time.waiting]).toEqual([100_000, 0, 0]);
  });

  test('of real time are one handle of the process', async () => {
    const timeouts = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const handles: number[] = [];
    const wait = (ms: number, work: () => void) => {
      handles.push(ms);
      return realWait(ms, work);
    };
    const before = timeouts();
    const wheel = new Timers({ now: Date.now, wait }, () => undefined);
    for (let i = 0; i < 100_000; i++) wheel.set('a/b', `${i}`, Date.now() + 3_600_000 + i);
    expect([handles.length, timeouts() - before]).toEqual([1, 0]);
    wheel.close();
  });

  test('that are set anew or called off fire as they stand, not as they stood', () => {
    const time = new TestClock();
    const fired: string[] = [];
    const wheel = new Timers(time.life(), (_address, id, due) => fired.push(`${id} ${due - start}`));
    for (const id of ['a', 'b', 'c']) wheel.set('x/y', id, start + 10);
    wheel.set('x/y', 'a', start + 30);
    wheel.set('x/y', 'b', start + 5);
    wheel.cancel('x/y', 'c');
    time.advance(100);
    expect(fired).toEqual(['b 5', 'a 30']);
  });

  test('that are set anew again and again cost what they would cost once', () => {
    const time = new TestClock();
    const wheel = new Timers(time.life(), () => undefined);
    for (let i = 0; i < 100_000; i++) wheel.set('a/b', 'idle', start + 3_600_000 + i);
    expect(wheel.size).toBe(1);
    expect(wheel.heapLength).toBeLessThan(200);
  });
});
