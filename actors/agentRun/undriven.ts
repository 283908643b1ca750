/**
 * Runs without a driver of processes: their orchestrator tells what happens. A launch comes to no process,
 * and says so.
 */
import type { AgentRun } from './agentRun.ts';
import { drivenRun } from './driven.ts';

const message = 'This runtime launches no processes: leave `launch` out, and tell the run what happens.';

export function undrivenRun(): AgentRun {
  return drivenRun(({ sendBack }) => {
    sendBack({ type: 'process.failed', message } as { type: string });
    return undefined;
  });
}
