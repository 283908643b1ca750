/**
 * After a compaction the file is larger than what it holds, and its free pages still hold what was erased.
 * The next owner copies it without them, while nobody else has it open, and swaps the copy in.
 *   S1. Every log of the old file ends with a fence: an owner that was taken over while it was suspended
 *       still has that file open, and must not find a free key in it (J6).
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { slotsMax } from '../limits.ts';
import type { Environment } from './environment.ts';
import { fenceBytes } from './group.ts';
import type { Fence } from './group.ts';
import { Heads } from './heads.ts';
import { logKey } from './keys.ts';
import { putMeta } from './meta.ts';

/** Closes `environment`. The fences are in the copy too: there they are groups like any other. */
export async function shrink(environment: Environment, fence: Fence): Promise<void> {
  const { directory } = environment;
  environment.durably(() => {
    putMeta(environment, 'shrink', false);
    fenceLogs(environment, fence);
  });
  const copy = join(directory, 'shrunk');
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { mode: 0o700 });
  await environment.copy(copy);
  await environment.close();
  sync(join(copy, 'data.mdb'));
  renameSync(join(copy, 'data.mdb'), join(directory, 'data.mdb'));
  rmSync(join(directory, 'lock.mdb'), { force: true });
  sync(directory);
  rmSync(copy, { recursive: true, force: true });
}

/** Inside `durably`. */
function fenceLogs(environment: Environment, fence: Fence): void {
  const heads = new Heads(environment, undefined);
  for (let slot = 0; slot < slotsMax; slot++) {
    const last = heads.lastKey(slot);
    if (last > 0) environment.tables.log.put(logKey(slot, last + 1), fenceBytes(fence));
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
