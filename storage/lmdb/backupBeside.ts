/**
 * A backup by a process that does not own the directory, beside whoever does: a copy of what is committed.
 *   - What was erased is in no backup (J10), and only an owner may take it out of the logs. So the copy gets
 *     an owner of its own first, in a folder between, and the backup is made of that.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Upkeep } from '../journal.ts';
import type { Environment } from './environment.ts';
import { assertEmpty, hasErasures } from './upkeep.ts';

type Owned = Pick<Upkeep, 'backup'> & { close(): Promise<void> };

export async function backUpBeside(
  environment: Environment,
  path: string,
  open: (directory: string) => Promise<Owned>,
): Promise<{ readonly bytes: number }> {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  assertEmpty(path);
  if (!hasErasures(environment)) {
    await environment.copy(path);
    return { bytes: statSync(join(path, 'data.mdb')).size };
  }
  const between = mkdtempSync(`${resolve(path)}.copy-`);
  try {
    await environment.copy(between);
    const copy = await open(between);
    try {
      return await copy.backup(path);
    } finally {
      await copy.close();
    }
  } finally {
    rmSync(between, { recursive: true, force: true });
  }
}
