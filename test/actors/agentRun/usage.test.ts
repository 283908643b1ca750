/**
 * Usage: each report counted once (contract D6, D9).
 */
import { describe, expect, test } from 'vitest';
import { usageEntries } from '../../../actors/agentRun/usageEntries.ts';
import { attached, exit, started, turn, turnEnd } from './play.ts';
import type { Event, Play } from './play.ts';

let keys = 0;
const usage = (input: number, more: object = {}): Event => ({
  type: 'usage',
  key: `k${keys++}`,
  model: 'opus',
  mode: 'delta',
  scope: 'message',
  input,
  output: 0,
  ...more,
});
const cumulative = (input: number, more: object = {}): Event =>
  usage(input, { mode: 'cumulative', scope: 'process', ...more });
const inputOf = (run: Play): number => run.digest.usage.total.input;

describe('D6', () => {
  test('a key counts once', () => {
    expect(
      inputOf(started().all(usage(5, { key: 'k' }), usage(5, { key: 'k' }), usage(7, { key: 'l' }))),
    ).toBe(12);
  });

  test('a counter that goes up counts by its difference; one that goes down has begun anew', () => {
    expect(inputOf(started().all(cumulative(100), cumulative(250), cumulative(250)))).toBe(250);
    expect(inputOf(started().all(cumulative(100), cumulative(250), cumulative(40), cumulative(50)))).toBe(
      300,
    );
  });

  test('n equal turns of a process that adds up cost n times one of them', () => {
    const run = started();
    for (let n = 1; n <= 5; n++) {
      run.all(turn(`t${n}`), cumulative(10 * n, { costMicroUsd: 100 * n }), turnEnd(`t${n}`));
    }
    expect(run.digest.usage.total).toMatchObject({ input: 50, costMicroUsd: 500, unpricedTokens: 0 });
  });

  test('each process, each model, each turn and each message is a counter of its own', () => {
    const run = attached({ onExit: 'idle' }).all(cumulative(100), cumulative(30, { model: 'haiku' }));
    run.all({ type: 'run.prompt', promptId: 'q', content: '' }, exit(0));
    run.all({ type: 'process.start', processId: 'p2' }, cumulative(120));
    expect(run.digest.usage.byModel).toMatchObject({ opus: { input: 220 }, haiku: { input: 30 } });
    const turns = started().all(turn('1'), cumulative(100, { scope: 'turn' }), turnEnd('1'), turn('2'));
    expect(inputOf(turns.all(cumulative(150, { scope: 'turn' })))).toBe(250);
    const message = (messageId: string, input: number): Event =>
      cumulative(input, { scope: 'message', messageId });
    expect(inputOf(started().all(message('a', 10), message('a', 15), message('b', 20)))).toBe(35);
  });

  test("a sub-agent's usage counts once for the run, beside the run's own counters", () => {
    const run = started().all(cumulative(100), cumulative(10, { parentCallId: 'c' }));
    expect(inputOf(run.all(cumulative(130), cumulative(15, { parentCallId: 'c' })))).toBe(145);
  });

  test('without a price tokens are unpriced; a price fills it; a cost that is told stands', () => {
    const report = usage(10, { output: 5, cacheRead: 3, cacheWrite: 2 });
    expect(started().all(report).digest.usage.total).toEqual({
      input: 10,
      output: 5,
      cacheRead: 3,
      cacheWrite: 2,
      costMicroUsd: 0,
      unpricedTokens: 20,
    });
    const price = (model: string, { input }: { input: number }): number | undefined =>
      model === 'opus' ? input * 1.25 : undefined;
    const run = started({}, price).all(report, usage(10, { costMicroUsd: 1 }), usage(7, { model: 'x' }));
    expect(run.digest.usage.total).toMatchObject({ costMicroUsd: 14, unpricedTokens: 7 });
  });

  test('a budget of tokens holds for engines that report no cost', () => {
    const run = started({ budget: { tokens: 100 } }).all(cumulative(100), cumulative(101));
    expect(run.state).toEqual(['overBudget']);
  });
});

describe('D9', () => {
  const event = usage(10, { key: 'z', costMicroUsd: 3, output: 1 });
  const run = started({ engine: 'claude', labels: { tenant: 'acme' } }).all(turn('t1'));
  const fact = { seq: run.digest.seq + 1, to: run.digest.seq + 1, at: 7_200_001, event };

  test('a report is one entry: the UTC hour, model, engine and index labels, the counts', () => {
    expect(usageEntries(run.digest, fact, { indexLabels: ['tenant', 'team'] })).toEqual([
      { hour: 2, key: ['opus', 'claude', 'acme', ''], counts: [10, 1, 0, 0, 3, 0] },
    ]);
  });

  test('other facts, repeated reports and facts that were folded are none', () => {
    expect(usageEntries(run.digest, { ...fact, event: { type: 'note' } })).toEqual([]);
    expect(usageEntries(run.digest, { ...fact, seq: run.digest.seq })).toEqual([]);
    run.all(event);
    expect(usageEntries(run.digest, { ...fact, seq: run.digest.seq + 1 })).toEqual([]);
  });
});
