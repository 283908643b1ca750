/**
 * Every bound of a PTY session, with its reason.
 */

/** Output of one fact (B2): one commit window at full speed, and a body that is stored in place. */
export const outputFactBytesMax = 64 * 1024;
/** Commands under way and waiting; they stand in the context, which is stored with every snapshot. */
export const commandsMax = 256;
/** As an actor's id. */
export const idLengthMax = 128;
/** Columns or rows: what the system's size of a terminal can hold. */
export const sideMax = 65_535;
/** Marks that the digest names; all are counted. */
export const digestMarksMax = 64;
/** Exit codes that the digest counts apart; a shell has 256. */
export const digestCodesMax = 256;
