/**
 * Every bound of what looks at PTY sessions, with its reason.
 */
import { invariant } from '../../actors/invariant.ts';

/**
 * Lines above the screen that an emulator keeps: what a client sees of the past when it attaches, and what a
 * waiter still looks through when a screenful passes at once. A line costs 12 bytes a column.
 */
export const scrollbackLines = 100;
/** Emulators kept for the sessions last looked at: half a megabyte each. */
export const emulatorsMax = 16;
/** Waits at the same time, over all sessions: each has an emulator while it runs, 128 MB of them in all. */
export const waitersMax = 256;
/** Sessions whose screens are remembered as repaints: some ten kilobytes each. */
export const rememberedMax = 256;
/** Repaints of one session on the way, for looks back; then every second one goes. */
export const checkpointsMax = 8;
/** Output between two of them at first: 1 MiB is fed in some 20 ms. */
export const checkpointBytes = 1024 * 1024;
/** Of a sequence that has not ended (an image, say): beyond it the rest is passed over. */
export const openSequenceBytesMax = 64 * 1024;
/** One slice of output to a waiter: no more lines than the scrollback holds. */
export const sliceBytesMax = 4096;
export const sliceLinesMax: number = 50;

invariant(sliceLinesMax < scrollbackLines, 'no line passes a waiter unseen');
