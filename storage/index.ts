/**
 * `troupe/storage`: the journal on its own, without actors.
 */
export { isTroupeError, TroupeError } from '../actors/troupeError.ts';
export { joinJournal, newMemory, openJournal } from './open.ts';
export type { JournalOptions, JournalShare, Memory, OpenJournal } from './open.ts';
export { encodeCommit } from './commitCodec.ts';
export { chainAfter, chainStart, sha256 } from './chain.ts';
export { pack, unpack } from './values.ts';
export type * from './commit.ts';
export type * from './journal.ts';
