/**
 * Which data files this thread has open, and how each was opened first. Within a process lmdb has one
 * environment a file: opened first for reading, it takes no writer until every reader has closed it.
 */
import { existsSync, realpathSync } from 'node:fs';
import { TroupeError } from '../../actors/troupeError.ts';

interface OpenFile {
  readonly isReadOnly: boolean;
  count: number;
}

const files = new Map<string, OpenFile>();

/** Returns what tells that it is closed; refused where the file cannot be opened so. */
export function openFile(directory: string, isReadOnly: boolean): () => void {
  const path = existsSync(directory) ? realpathSync(directory) : directory;
  const file = files.get(path) ?? { isReadOnly, count: 0 };
  if (file.isReadOnly && !isReadOnly) throw inReading(directory);
  file.count += 1;
  files.set(path, file);
  let isOpen = true;
  return () => {
    if (isOpen) file.count -= 1;
    isOpen = false;
    if (file.count === 0) files.delete(path);
  };
}

function inReading(directory: string): TroupeError {
  const text =
    `${directory} is being read by this process itself (connectTroupe, replayCheck, a journal for ` +
    'reading). Close that first, then open again.';
  return new TroupeError('DIRECTORY_IN_USE', text, { pid: process.pid, directory });
}
