/**
 * Processes as the system lists them: who is alive, who belongs to a session, who is in the foreground.
 * On Linux from /proc. Elsewhere start times are unknown (null) and a session is its leader's group.
 */
import { readFileSync, readdirSync } from 'node:fs';

/** A process by which it is known again: pids are used again, pids with their start time are not. */
export interface ProcessMark {
  readonly pid: number;
  /** Clock ticks since the system started; null where it cannot be told. */
  readonly startTime: number | null;
}

interface Entry {
  readonly pid: number;
  readonly state: string;
  readonly group: number;
  readonly session: number;
  readonly foreground: number;
  readonly startTime: number;
}

const isLinux = process.platform === 'linux';
/** There is no group there: a child stands for itself. */
const groupSign = process.platform === 'win32' ? 1 : -1;

/** When the process started, while it lives. */
export function startTimeOf(pid: number): number | null {
  return isLinux ? (entryOf(pid)?.startTime ?? null) : null;
}

/** Whether this very process is alive; one that has ended and was not waited for is not. */
export function isAlive({ pid, startTime }: ProcessMark): boolean {
  if (!isLinux) return answers(pid);
  const entry = entryOf(pid);
  if (entry === undefined || isDead(entry)) return false;
  return startTime === null || entry.startTime === startTime;
}

/** The group in the foreground of the PTY that `leader` controls. */
export function foregroundOf(leader: number): number {
  const foreground = isLinux ? entryOf(leader)?.foreground : undefined;
  return foreground !== undefined && foreground > 0 ? foreground : leader;
}

/**
 * Of the session that this one leads, while it lives: its own group and the one in the foreground. They cost
 * one read; the others (jobs in the background, what has lost its parent) are found by `groupsOf` alone.
 */
export function leadingGroupsOf({ pid, startTime }: ProcessMark): readonly number[] {
  if (!isLinux) return answers(groupSign * pid) ? [pid] : [];
  const entry = entryOf(pid);
  if (entry === undefined || isDead(entry) || entry.session !== pid) return [];
  if (startTime !== null && entry.startTime !== startTime) return [];
  const { group, foreground } = entry;
  return foreground > 0 && foreground !== group ? [group, foreground] : [group];
}

/**
 * The process groups that are left of the sessions these led, by leader. A session whose leader's pid is
 * another process's by now is not looked at.
 */
export function groupsOf(leaders: readonly ProcessMark[]): ReadonlyMap<number, readonly number[]> {
  if (!isLinux) {
    return new Map(leaders.filter(({ pid }) => answers(groupSign * pid)).map(({ pid }) => [pid, [pid]]));
  }
  const sessions = new Map(leaders.map(({ pid, startTime }) => [pid, startTime]));
  const entries = pids()
    .map(entryOf)
    .filter((entry) => entry !== undefined)
    .filter((entry) => sessions.has(entry.session));
  for (const { pid, startTime } of entries) {
    const known = sessions.get(pid) ?? startTime;
    if (known !== startTime) sessions.delete(pid);
  }
  const groups = new Map<number, Set<number>>();
  for (const entry of entries) {
    const { session, group } = entry;
    if (sessions.has(session) && !isDead(entry)) {
      groups.set(session, (groups.get(session) ?? new Set()).add(group));
    }
  }
  return new Map([...groups].map(([session, set]) => [session, [...set]]));
}

/** Sends a signal to a group; false if there is none. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(groupSign * group, signal);
  } catch {
    return false;
  }
}

function pids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Fields of /proc/<pid>/stat, see proc(5); the command in parentheses may hold anything. */
function entryOf(pid: number): Entry | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state = '', , group, session, , foreground] = fields;
  return {
    pid,
    state,
    group: Number(group),
    session: Number(session),
    foreground: Number(foreground),
    startTime: Number(fields[19]),
  };
}

function isDead({ state }: Entry): boolean {
  return state === 'Z' || state === 'X';
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
