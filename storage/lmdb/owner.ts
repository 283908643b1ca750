/**
 * Who owns a data directory. The record keeps honest processes apart and names the one that has it; what
 * protects the data when it is wrong (two containers, a suspended process) is the fence of each slot.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { TroupeError } from '../../actors/troupeError.ts';
import { evenWhenFull } from './environment.ts';
import type { Environment } from './environment.ts';
import { putMeta, readMeta } from './meta.ts';

export interface Owner {
  readonly pid: number;
  /** When that process started, as its system tells it; a pid alone is soon somebody else's. */
  readonly started: string;
  readonly host: string;
  /** Where the data lay: a copy of it elsewhere (a backup) has no owner yet. */
  readonly directory: string;
  readonly epoch: number;
}

/** Makes this process the owner, or says who is: `DIRECTORY_IN_USE`. `force` is for an owner known dead. */
export function takeDirectory(environment: Environment, force: boolean): Owner {
  return environment.durably(() => {
    const before = readMeta(environment, 'owner') as Owner | undefined;
    const directory = realpathSync(environment.directory);
    if (before !== undefined && before.directory === directory && !force && isAlive(before)) {
      const { pid, host } = before;
      const text =
        `${environment.directory} is in use by process ${pid}. ` +
        'Join it, connect to it, or end it; read-only reading is possible beside it.';
      throw new TroupeError('DIRECTORY_IN_USE', text, { pid, host, directory: environment.directory });
    }
    const epoch = (before?.epoch ?? 0) + 1;
    const started = startOf(process.pid) ?? '';
    const owner: Owner = { pid: process.pid, started, host: hostname(), directory, epoch };
    putMeta(environment, 'owner', owner);
    return owner;
  });
}

/** Who has the directory now, as far as it can be told from here. */
export function livingOwner(environment: Environment): Owner | undefined {
  const owner = readMeta(environment, 'owner') as Owner | undefined;
  const isHere = owner?.directory === realpathSync(environment.directory);
  return owner !== undefined && isHere && isAlive(owner) ? owner : undefined;
}

/** A newer epoch took the directory (`force`): whatever the older one still wants is too late. */
export function assertOwner(environment: Environment, { epoch }: { readonly epoch: number }): void {
  const now = readMeta(environment, 'owner') as Owner | undefined;
  if (now === undefined || now.epoch === epoch) return;
  const text = 'The directory has a newer owner: this process is over. Open the directory again.';
  throw new TroupeError('FENCED', text, { pid: now.pid, epoch: now.epoch });
}

/** The directory is free again; an owner that was replaced meanwhile leaves the record alone. */
export function leaveDirectory(environment: Environment, owner: Owner): void {
  environment.durably(() => {
    const now = readMeta(environment, 'owner') as Owner | undefined;
    if (now?.epoch === owner.epoch) putMeta(environment, 'owner', { ...owner, pid: 0 });
  }, evenWhenFull);
}

/** Another host's process cannot be looked at: it counts as alive, and `force` is the way past it. */
function isAlive({ pid, started, host }: Owner): boolean {
  if (pid === 0) return false;
  if (host !== hostname()) return true;
  if (pid === process.pid) return startOf(pid) === started;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = startOf(pid);
  return now !== zombie && (now === undefined || started === '' || now === started);
}

/** What `startOf` tells of a process that has ended and that nobody has waited for. */
const zombie = 'zombie';

/** Start time of a process as text; undefined when the system does not tell. */
export function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // The command's name may hold spaces and brackets; fields are counted from behind it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? zombie : fields[19];
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    // No such process, or a system without the means: the pid alone decides.
    return undefined;
  }
}
