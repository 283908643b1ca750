/**
 * The file of a data directory, for verbs that work on the journal itself.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TroupeError } from '../../actors/troupeError.ts';

/** Of `stat`, whatever the file system's own are. */
const blockBytes = 512;

/** Opening a directory would make one: what is not there is told. */
export function assertDirectory(directory: string): void {
  if (existsSync(fileIn(directory))) return;
  const text = `There is no data directory at ${directory}. Say where it is with --directory.`;
  throw new TroupeError('NOT_FOUND', text, { directory });
}

/** What it takes on the disk. Its length says more: the file ends with a hole of some megabytes. */
export function bytesIn(directory: string): number {
  const { size, blocks } = statSync(fileIn(directory));
  // Not every file system tells.
  return blocks > 0 ? Math.min(size, blocks * blockBytes) : size;
}

export function sizeText(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`;
}

function fileIn(directory: string): string {
  return join(directory, 'data.mdb');
}
