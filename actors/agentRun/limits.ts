/**
 * Every bound of a run's context and digest, with its reason. The digest is to stay under 64 KiB by
 * construction: test/actors/agentRun/bounds.test.ts fills each of these to the brim at once and measures.
 */

/** Ids, paths and names that the machine keeps; a longer one is refused by its schema. */
export const idLengthMax = 128;

/** Prompts that wait: a person sees them all in a list, and each takes an id in every snapshot. */
export const queuedPromptsMax = 32;

/** Asks open at once; a row of a list shows no more. */
export const openAsksMax = 8;

/** Buttons that fit into one card. */
export const askOptionsMax = 8;

/** Calls of an open turn that are told apart; engines run a handful at once, further ones are counted. */
export const openCallsMax = 32;

/**
 * Usage keys of a run, and as many ids of its prompts, asks, turns and processes. None is forgotten (P4), so
 * past this the run takes no more of them: nine bytes each in a snapshot and in the digest beside it, all of
 * them together a quarter of what a snapshot may hold. More work is for a run that `continues` this one.
 */
export const idsMax = 65_536;

/** Counters that go up: (model, scope) pairs whose last reading is kept. */
export const readingsMax = 16;

/** Open messages remembered as not the run's own words: of users, tools and sub-agents. */
export const openMessagesMax = 16;

/** Names a digest tells apart, each kind of name; the rest is counted together as `other`. */
export const toolNamesMax = 24;
export const modelNamesMax = 12;
export const errorClassesMax = 10;
export const exitNamesMax = 12;

/**
 * Samples of one class (D5), where its kind has few classes; all classes of a kind share what a digest has
 * room for: fifty each for two classes of errors, twelve each for ten. Together they stay under 20 KiB.
 */
export const samplesMax = 50;
export const errorSamplesMax = 120;
export const issueSamplesMax = 60;

/** Bytes of names and labels, as JSON writes them. */
export const nameBytesMax = 64;
export const labelBytesMax = 32;
export const titleBytesMax = 160;
export const reasonBytesMax = 256;

/** Labels of an actor: the runtime allows as many. */
export const labelsMax = 16;

/** What a parent is told of the result; the whole of it is in the transcript. */
export const resultBytesMax = 4 * 1024;

/** One merged event: as large as a value may be before it is stored apart. */
export const mergedBytesMax = 64 * 1024;

/** What is needed to launch again stays in the context: larger input belongs into a prompt or a file. */
export const launchLengthMax = 32 * 1024;

/** How long a stopped process may take to end by itself. */
export const drainMsDefault = 5000;

/** A launch that lives for so long, or starts a turn, has not failed. */
export const launchHeldMs = 60_000;

/** Launches in a row that did not hold: then nobody tries again. */
export const failedLaunchesMax = 3;
