/**
 * Every path of the statechart, as xstate/graph finds them: none reaches a final state without a cause that
 * the digest would know, and none leaves one.
 */
import { fromCallback } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import { expect, test } from 'vitest';
import { runMachineOf } from '../../../actors/agentRun/machine.ts';
import type { RunMachineEvent } from '../../../actors/agentRun/machine.ts';
import { finalStateOf } from '../../../actors/agentRun/finals.ts';
import { causes } from '../../../actors/agentRun/vocabulary.ts';
import type { RunContext } from '../../../actors/agentRun/runContext.ts';

const option = { optionId: 'no', label: 'No', effect: 'deny' } as const;

/** One event of each kind that moves a run. */
const events: readonly RunMachineEvent[] = [
  { type: 'run.pause' },
  { type: 'run.unpause' },
  { type: 'run.stop', cause: 'terminated' },
  { type: 'run.end', cause: 'selfStopped' },
  { type: 'run.prompt', promptId: 'q', content: 'q' },
  { type: 'process.start', processId: 'p' },
  { type: 'process.exit', processId: 'p', code: 1 },
  { type: 'process.lost' },
  { type: 'process.failed', message: '' },
  { type: 'turn.start', turnId: 't' },
  { type: 'turn.interrupt' },
  { type: 'turn.end', turnId: 't', status: 'ok' },
  { type: 'tool.call', callId: 'c', name: 'n' },
  { type: 'permission.ask', requestId: 'r', kind: 'tool', title: '', options: [option] },
  { type: 'permission.answer', requestId: 'r', optionId: 'no' },
  { type: 'permission.answer', requestId: 'budget.1', optionId: 'stop' },
  { type: 'timer.deadline' },
  { type: 'timer.drain' },
  { type: 'timer.launch' },
  { type: 'timer.stall', quietMs: 9 },
  { type: 'timer.ask', requestId: 'r' },
];

const starts: readonly RunMachineEvent[] = [
  { type: 'run.start', stallMs: 5, deadlineMs: 9 },
  { type: 'run.start', launch: { command: 'c', stdio: 'pipe' }, onExit: 'idle' },
  { type: 'run.start', launch: { command: 'c', stdio: 'pipe' }, budget: { toolCalls: 0, onExceed: 'ask' } },
];

/** Where it stands, and what its guards look at. */
function placeOf({ value, context }: { readonly value: unknown; readonly context: unknown }): string {
  const { turnId, process, failedLaunches, asks, queue, paused, interrupted } = (context as RunContext).book;
  const counts = [asks.length, queue.length, failedLaunches];
  return JSON.stringify([value, turnId, process, paused, interrupted, counts]);
}

/** What is looked at of a state that was found. */
interface Found {
  readonly value: unknown;
  readonly status: string;
  readonly context: unknown;
  readonly output: unknown;
}
interface Place {
  readonly state: Found;
  readonly transitions: Readonly<Record<string, { readonly state: Found }>>;
}

test.each(starts.map((start, i) => [i, start] as const))(
  'from start %i every final state has its cause, and no way leads out of one',
  (_, start) => {
    const machine = runMachineOf().provide({ actors: { process: fromCallback(() => {}) } });
    const options = { events: [start, ...events], serializeState: placeOf, limit: 50_000 };
    // Its types lose the machine's; what a place holds is declared above.
    const places = Object.values(getAdjacencyMap(machine, options) as unknown as Record<string, Place>);
    const seen = new Set<string>();
    for (const { state, transitions } of places) {
      const { book } = state.context as RunContext;
      expect(state.status === 'done').toBe(book.phase === 'ended');
      if (state.status !== 'done') continue;
      const { ending } = book;
      expect(causes).toContain(ending?.cause);
      expect(state.value).toBe(ending && finalStateOf(ending.cause));
      expect(state.output).toMatchObject({ cause: ending?.cause });
      for (const { state: next } of Object.values(transitions)) expect(next.value).toBe(state.value);
      seen.add(String(state.value));
    }
    expect(seen.size).toBeGreaterThan(2);
    expect(places.length).toBeGreaterThan(100);
  },
);
