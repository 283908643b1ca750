/**
 * Every bound of the journal, with its reason. Relations between them are asserted when this file loads.
 */
import { invariant } from '../actors/invariant.ts';

/** A group is one LMDB value. Reading one commit copies its group: 32 KiB costs about 3 µs. */
export const groupBytesMax = 32 * 1024 - 64;

/** One commit with its facts and intents; a mailbox turn never comes near. Larger is refused, not split. */
export const commitBytesMax = 16 * 1024 * 1024;

/** A leaf (text or bytes) above this becomes a body of its own, stored once an actor by its hash. */
export const bodyBytesMin = 64 * 1024;

/** Nesting of stored values: deeper is a cycle or an accident. */
export const valueDepthMax = 100;

/** Facts a page of history holds at most: what one synchronous read may cost. */
export const pageFactsMax = 256;

/** Bytes a page of history holds at most, unless its first commit alone is larger. */
export const pageBytesMax = 1024 * 1024;

/** An actor's commits carry a mark each so many, so that a page is found without walking from the end. */
export const markEvery = 64;

/** And one behind so many bytes: a page of large commits is found without reading several pages. */
export const markBytes = 256 * 1024;

/** Rows that ride along with one group: a checkpoint in one go stalled other threads for 82–214 ms. */
export const ridersMax = 64;

/** A dirty actor waits this long (in bytes of log) before its row is written: it bounds recovery. */
export const tailBytesMax = 32 * 1024 * 1024;

/** Bytes of log that compaction collects before it writes: the more, the fuller each actor's page. */
export const compactBytes = 32 * 1024 * 1024;

/** Upkeep puts so much in one transaction; writers wait while it runs. */
export const transactionBytes = 256 * 1024;
export const transactionPuts = 64;

/** A page of compacted history; the last page of an actor is extended until it is this large. */
export const compactPageBytes = 64 * 1024;

/** Address space reserved for the data file; it costs nothing until it is used. */
export const mapBytesDefault = 2 ** 40;

/** Slots are logs, one a writing thread. */
export const slotsMax = 64;

/** A shard is a fixed slice of all addresses: due work is kept by shard, so that workers can change. */
export const shards = 64;

/** The seal's digest, by construction of the folds; a larger one is refused. */
export const digestBytesMax = 64 * 1024;

/** A usage row's key as JSON: LMDB's keys end before 2 KiB. */
export const usageKeyBytesMax = 1024;

/** Counters of one usage row: it is written anew whenever one of them moves. */
export const usageCountsMax = 64;

/** Hours since 1970 are kept as 32 bits; the last one ends ranges. */
export const usageHourMax = 2 ** 32 - 2;

invariant(groupBytesMax < compactPageBytes, 'a group fits into a compacted page');
invariant(bodyBytesMin < commitBytesMax, 'a commit without bodies fits');
invariant(pageBytesMax > compactPageBytes, 'a page of history holds a compacted page');
