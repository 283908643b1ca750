/** What a run concludes from the end of its process (contract R1), as facts of their own. */
import { describe, expect, test } from 'vitest';
import { answer, ask, attached, exit, prompt, turn } from './play.ts';
import type { Play } from './play.ts';

const idle = (): Play => attached({ onExit: 'idle' });

describe('a process ends in the middle of a turn', () => {
  test('what is lost with it are facts of their own ahead of its end', () => {
    const run = idle().all(turn('t1'), ask('r1'), ask('r2'), answer('r1'), exit(1));
    const marked = { with: 'process.exit' };
    expect(run.facts.slice(-3).map(({ event }) => event)).toEqual([
      { type: 'permission.cancelled', requestId: 'r2', reason: 'lost', ...marked },
      { type: 'turn.end', turnId: 't1', status: 'lost', ...marked },
      exit(1),
    ]);
  });

  test('what is lost with a driver that fails, too', () => {
    const run = idle().all(turn('t1'), { driverFails: true });
    expect(run.facts.at(-2)?.event).toEqual({
      type: 'turn.end',
      turnId: 't1',
      status: 'lost',
      with: 'driver.ended',
    });
  });

  test('a process that is about to end is offered nothing', () => {
    const run = idle().all(turn('t1'), prompt('q1'), ask('r1'), exit(1));
    expect(run.told).toEqual([]);
    expect(run.context.book).toMatchObject({ isOffered: false, process: 'launching' });
  });

  test('a lost turn counts against the budget once its process has ended', () => {
    const budget = { consecutiveFailures: 0, onExceed: 'stop' };
    const run = attached({ onExit: 'idle', budget }).all(turn('t1'), exit(1));
    expect(run.digest).toMatchObject({
      outcome: { cause: 'overBudget' },
      processes: { byExit: { 'exit 1': 1 } },
    });
    expect(attached({ budget }).all(turn('t1'), exit(1)).digest.outcome?.cause).toBe('crashed');
  });
});
