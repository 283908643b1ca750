/** What a soak takes for lag, what a crowd of readers may lose, and what a timetable may not claim. */
import { expect, test } from 'vitest';
import { remarksOn } from '../../load/scenarios/openLoop.ts';
import { toldOf } from '../../load/scenarios/firehose.ts';
import { Hearing } from '../../load/soaking/hearing.ts';
import { killsIn } from '../../load/soaking/soak.ts';

/** A clock that goes when it is told to. */
function heard(): { hearing: Hearing; at: (ms: number) => Hearing } {
  let now = 0;
  const hearing = new Hearing(() => now);
  return {
    hearing,
    at: (ms) => {
      now = ms;
      return hearing;
    },
  };
}

test('a reader that hears nothing is later in each sample', () => {
  const { at } = heard();
  at(400).heard(70);
  expect([1000, 2000, 3000].map((ms) => at(ms).taken().lag)).toEqual([70, 1600, 2600]);
});

test('a sample has a kill from the moment of it until what it delayed was heard', () => {
  const { at } = heard();
  expect(at(1000).taken().killed).toBe(false);
  at(1900).killed();
  expect(at(2000).taken().killed).toBe(true);
  expect(at(3000).taken().killed).toBe(true);
  at(3500).back();
  // What was late for that is heard within a second.
  expect([4000, 5000, 6000].map((ms) => at(ms).taken().killed)).toEqual([true, true, false]);
});

test('kills that samples tell of are counted once each', () => {
  const sample = (killed: boolean) => ({ killed }) as Parameters<typeof killsIn>[0][number];
  expect(killsIn([true, true, false, true, false, false].map(sample))).toBe(2);
});

test('readers that a reset told of it may lose pieces; one that lost some otherwise fails', () => {
  const kept = { heard: 10, resets: 0 };
  expect(toldOf([kept, { heard: 7, resets: 2 }, { heard: 9, resets: 1 }], 10)).toEqual({
    resets: 3,
    lost: 4,
  });
  expect(() => toldOf([kept, { heard: 9, resets: 0 }], 10)).toThrow('all of it was heard');
  expect(() => toldOf([{ heard: 9, resets: 1 }], 10)).toThrow('keeps up without a reset');
});

test('where four fifths were quicker than a half, the report says what that means', () => {
  expect(remarksOn([10, 20, 30], [11, 20, 90])).toEqual([]);
  expect(remarksOn([10, 20, 30], [1, 19, 90])).toEqual([
    expect.stringContaining('80 % of capacity was answered quicker than 50 %'),
  ]);
});
