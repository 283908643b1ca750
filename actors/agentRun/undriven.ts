/**
 * Runs without a driver of processes: their orchestrator tells what happens. A launch comes to no process,
 * and says so.
 */
import { fromCallback } from 'xstate';
import { agentRun } from './agentRun.ts';
import type { AgentRun } from './agentRun.ts';
import type { DriverWord } from './following.ts';
import type { ProcessInput } from './runContext.ts';

const driver = fromCallback<DriverWord, ProcessInput>(({ sendBack }) => {
  const message = 'This runtime launches no processes: leave `launch` out, and tell the run what happens.';
  sendBack({ type: 'process.failed', message });
});

export function undrivenRun(): AgentRun {
  const run = agentRun();
  return { ...run, machine: run.machine.provide({ actors: { process: driver } }) };
}
