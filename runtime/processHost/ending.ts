/**
 * How children are ended: HUP, TERM, KILL to every process group of their sessions, each step with its bound
 * (H3, B4). A step ends as soon as nobody is left.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessLimits } from './limits.ts';
import { groupsOf, signalGroup } from './processTable.ts';
import type { ProcessMark } from './processTable.ts';

type Bounds = Pick<ProcessLimits, 'hangupMs' | 'terminateMs' | 'killMs' | 'lookMs'>;

/** Ends the sessions these lead or led, and returns when they have ended; false if even KILL left some. */
export async function endSessions(leaders: readonly ProcessMark[], bounds: Bounds): Promise<boolean> {
  const steps = [
    ['SIGHUP', bounds.hangupMs],
    ['SIGTERM', bounds.terminateMs],
    ['SIGKILL', bounds.killMs],
  ] as const;
  for (const [signal, ms] of steps) {
    for (const group of groupsOf(leaders)) {
      signalGroup(group, signal);
      // One that was stopped takes the signal only when it goes on.
      signalGroup(group, 'SIGCONT');
    }
    if (await goneWithin(leaders, ms, bounds.lookMs)) return true;
  }
  return false;
}

/** Sessions are not our children's alone, so nobody tells when their last process goes: look. */
async function goneWithin(leaders: readonly ProcessMark[], ms: number, lookMs: number): Promise<boolean> {
  const end = performance.now() + ms;
  // Looking reads the whole process table: often at first, when most end, then seldom.
  for (let every = 1; groupsOf(leaders).length > 0; every = Math.min(every * 2, lookMs)) {
    if (performance.now() >= end) return false;
    await pause(every);
  }
  return true;
}
