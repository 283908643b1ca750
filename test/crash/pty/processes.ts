/**
 * What /proc says of processes: who is whose child, how many descriptors one holds, and how much memory of
 * its own.
 */
import { readFileSync, readdirSync } from 'node:fs';

/** Its children, dead ones that it has not waited for included. */
export function childrenOf(pid: number): readonly number[] {
  return processes().filter((one) => statOf(one)?.[1] === String(pid));
}

/** The processes of a session, without dead ones that are init's to wait for. */
export function sessionOf(leader: number): readonly number[] {
  return processes().filter((pid) => {
    const [state, parent, , session] = statOf(pid) ?? [];
    return session === String(leader) && !(state === 'Z' && parent === '1');
  });
}

export function parentOf(pid: number): number {
  return Number(statOf(pid)?.[1]);
}

export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Its own memory; mapped files, of which a journal has large ones, do not count. */
export function memoryOf(pid: number | 'self'): number {
  const found = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  if (found === null) throw new Error(`/proc says nothing of the memory of ${pid}`);
  return Number(found[1]) * 1024;
}

function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The fields from the state on, while it is there. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
