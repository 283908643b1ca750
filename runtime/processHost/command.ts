/**
 * Finds what a command names before anything is started, so that a wrong name or folder is told as such: the
 * system's own errors confuse the two, and a shell in between would turn both into an exit code.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { TroupeError } from '../../actors/troupeError.ts';
import type { StartOrder } from './frames.ts';

/** The file that the order's command names; throws `START_FAILED` if there is none, or no such folder. */
export function commandFileOf({ command, cwd, env }: StartOrder): string {
  if (!isFolder(cwd)) throw failed(`The folder "${cwd}" does not exist.`, command);
  const places = /[/\\]/.test(command) ? [cwd] : (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const file = places
    .map((place) => resolve(cwd, place, command))
    .find((candidate) => isExecutable(candidate));
  if (file !== undefined) return file;
  throw failed(`No program "${command}" that may be run ${whereOf(command)}.`, command);
}

function whereOf(command: string): string {
  return /[/\\]/.test(command) ? 'is at that place' : "is on the child's PATH";
}

function failed(text: string, command: string): TroupeError {
  return new TroupeError('START_FAILED', text, { command });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return !isFolder(path);
  } catch {
    return false;
  }
}
