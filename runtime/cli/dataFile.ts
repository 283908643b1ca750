/**
 * The file of a data directory, for verbs that work on the journal itself.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TroupeError } from '../../actors/troupeError.ts';

/** Opening a directory would make one: what is not there is told. */
export function assertDirectory(directory: string): void {
  if (existsSync(fileIn(directory))) return;
  const text = `There is no data directory at ${directory}. Say where it is with --directory.`;
  throw new TroupeError('NOT_FOUND', text, { directory });
}

export function bytesIn(directory: string): number {
  return statSync(fileIn(directory)).size;
}

export function sizeText(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`;
}

function fileIn(directory: string): string {
  return join(directory, 'data.mdb');
}
