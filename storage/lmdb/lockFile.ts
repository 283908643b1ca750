/**
 * The lock file of LMDB, which all processes map and write into. LMDB makes it as a hole: on a disk that runs
 * full, whoever first touches a page of it is killed (SIGBUS). So it is written out before LMDB opens it.
 */
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

/** Of 512 readers, rounded up to whole pages. */
const lockBytes = 36_864;
/** It is there already; or this file system has no links: then it is LMDB's to make. */
const leftCodes: ReadonlySet<unknown> = new Set(['EEXIST', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP']);

/** It appears at once and whole: another process may open the same directory now. */
export function makeLockFile(directory: string): void {
  const made = join(directory, `lock.${process.pid}.${threadId}`);
  try {
    writeFileSync(made, Buffer.alloc(lockBytes), { mode: 0o600 });
    linkSync(made, join(directory, 'lock.mdb'));
  } catch (error) {
    if (!leftCodes.has((error as NodeJS.ErrnoException).code)) throw error;
  } finally {
    rmSync(made, { force: true });
  }
}
