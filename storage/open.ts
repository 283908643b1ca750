/**
 * The one place that names the journals there are.
 */
import type { Journal, Upkeep } from './journal.ts';
import { joinLmdbJournal, openLmdbJournal } from './lmdb/journal.ts';
import type { LmdbOptions, LmdbShare } from './lmdb/journal.ts';
import { openMemoryJournal } from './memory.ts';
import type { Memory, MemoryOptions } from './memory.ts';

export { newMemory } from './memory.ts';
export type { Memory } from './memory.ts';

/** Where a journal is, and how large it may become. */
export type JournalOptions =
  | LmdbOptions
  | ({ readonly kind: 'memory'; readonly memory?: Memory } & MemoryOptions);

/** What lets another thread of this process join an open journal; absent when the medium has one thread. */
export type JournalShare = LmdbShare;

/** A journal with its upkeep, the way for other threads to join it, and the process that owns it now. */
export type OpenJournal = Journal &
  Upkeep & { share?: () => JournalShare; ownerPid?: () => number | undefined };

/** Opens a directory as its owner (or read-only beside one), or a journal in memory. */
export async function openJournal(options: JournalOptions): Promise<OpenJournal> {
  if ('kind' in options) return openMemoryJournal(options.memory, options);
  return openLmdbJournal(options);
}

/** The same journal in another thread of the owning process. */
export function joinJournal(share: JournalShare): Journal & Upkeep {
  return joinLmdbJournal(share);
}
