/** The bounds of a bundle, with their reasons. */

/** Of all of its actors: how each stood after each of them is worked out one by one. */
export const factsDefault = 2000;
export const factsMax = 20_000;
/** Encoded: a browser reads it in one go, and people send it to each other. */
export const bytesMax = 16 * 1024 * 1024;
/** An actor, its children, theirs and so on. */
export const actorsMax = 50;
/** Of a run, the last ones. */
export const messagesMax = 500;
