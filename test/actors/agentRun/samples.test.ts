/**
 * Samples (contract D5): fifty of a class, and never more of all classes than a digest has room for.
 */
import { describe, expect, test } from 'vitest';
import { mergeDigests } from '../../../actors/agentRun/digest/merge.ts';
import { started, turn, turnEnd } from './play.ts';
import type { Event, Play } from './play.ts';

const call = (callId: string): Event => ({ type: 'tool.call', callId, name: 'sh' });
const fail = (name: string): Event => ({ type: 'error', class: name, message: '' });

describe('D5: samples', () => {
  test('counts are exact where samples are not', () => {
    const run = started();
    for (let i = 0; i < 60; i++) run.all({ type: 'error', class: 'net', message: '' });
    expect(run.digest.errors.byClass['net']?.count).toBe(60);
    expect(run.digest.errors.byClass['net']?.samples).toHaveLength(50);
  });

  test('the classes of a kind share their samples: the first ones of each stay', () => {
    const run = started();
    for (let i = 0; i < 60; i++) run.all(fail('a'), fail('b'));
    const { a, b } = run.digest.errors.byClass;
    expect([a?.samples.length, b?.samples.length]).toEqual([50, 50]);
    run.all(fail('c'), fail('d'));
    const shares = Object.values(run.digest.errors.byClass).map(({ samples }) => samples.length);
    expect(shares).toEqual([30, 30, 1, 1]);
    expect(run.digest.errors.byClass['b']?.samples.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 30 }, (_, i) => 4 + 2 * i),
    );
  });

  test('fifty of a kind of issue stay', () => {
    const run = started();
    for (let i = 0; i < 60; i++) run.all(turn(`t${i}`), call(`c${i}`), turnEnd(`t${i}`));
    expect(run.digest.issues.byClass.missing_tool_result?.samples).toHaveLength(50);
    expect(run.digest.issues.byClass.missing_tool_result?.count).toBe(60);
  });

  test('however digests are put together, the first samples stay', () => {
    const runs = [40, 30, 20].map((times, n) => {
      const run = started();
      for (let i = 0; i < times; i++) for (let c = 0; c <= n; c++) run.all(fail(`c${c}`));
      return run;
    });
    const [a, b, c] = runs.map(({ digest }: Play) => digest);
    const [left, right] = [mergeDigests(mergeDigests(a!, b!), c!), mergeDigests(a!, mergeDigests(b!, c!))];
    expect(left.errors).toEqual(right.errors);
    const { samples } = left.errors.byClass['c0']!;
    // Three classes: forty each.
    expect(samples).toEqual(a!.errors.byClass['c0']!.samples);
  });
});
