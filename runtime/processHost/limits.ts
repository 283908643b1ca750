/**
 * Every bound of the process host, with its reason; relations are asserted when this file loads.
 */
import { invariant } from '../../actors/invariant.ts';

export interface ProcessLimits {
  /** Output of one stream that nobody has acknowledged; beyond it the child is paused (H1, B2). */
  readonly windowBytes: number;
  /** What every stream may have in any case: one loud child must not stop the others. */
  readonly windowFloorBytes: number;
  /** Unacknowledged output over all children: beyond it each has its floor only. */
  readonly retainedBytes: number;
  /** One input. A larger paste is several inputs, each with its seq. */
  readonly inputBytes: number;
  /** Input of one child on its way, which the child has not taken. */
  readonly inputWindowBytes: number;
  /** Input of one child waiting in the runtime for room on the way; beyond it a write is refused. */
  readonly inputQueueBytes: number;
  /** Between two steps of an ending: HUP, TERM, KILL. Together they bound every shutdown (H3, B4). */
  readonly hangupMs: number;
  readonly terminateMs: number;
  readonly killMs: number;
  /** How often an ending looks whether a process that is not our child has gone. */
  readonly lookMs: number;
  /** A piped child has ended, and others go on writing into its pipes: so long they are listened to. */
  readonly drainMs: number;
  /** How long a host may take to say hello. */
  readonly helloMs: number;
}

export const defaultProcessLimits: ProcessLimits = {
  windowBytes: 1024 * 1024,
  windowFloorBytes: 16 * 1024,
  retainedBytes: 64 * 1024 * 1024,
  inputBytes: 1024 * 1024,
  inputWindowBytes: 1024 * 1024,
  inputQueueBytes: 8 * 1024 * 1024,
  hangupMs: 1000,
  terminateMs: 2000,
  killMs: 1000,
  lookMs: 10,
  drainMs: 2000,
  helloMs: 20_000,
};

/** One frame: an input with its header, or the environment of a child (Linux itself takes about 2 MiB). */
export const frameBytesMax = 4 * 1024 * 1024;
/**
 * One frame of output: small enough that many children share a connection fairly. With its head it is what
 * Node reads of a pipe at once: a flood is cut where its frames are.
 */
export const outputBytesMax: number = 64 * 1024 - 18;
/** The end of a piped child's stderr that its exit carries: what says why it failed. */
export const stderrTailBytes = 8 * 1024;
/** What both pipes of a child hold when it ends (Linux: at most 212 KiB each): more comes from others. */
export const pipesBytesMax = 512 * 1024;
/**
 * What is read at most after a child has ended. Its own last output lies in kernel buffers (PTY: about
 * 20 KiB, pipe: at most 212 KiB); more than this comes from others that go on writing, and is not read.
 */
export const drainBytesMax = 1024 * 1024;

/** The limits in force; what a caller sets must still make sense together. */
export function processLimitsOf(changes: Partial<ProcessLimits> = {}): ProcessLimits {
  const limits = { ...defaultProcessLimits, ...changes };
  invariant(limits.windowFloorBytes <= limits.windowBytes, "a stream's floor lies within its window");
  invariant(limits.windowBytes <= limits.retainedBytes, 'one window fits into what all may retain');
  invariant(limits.inputBytes <= limits.inputWindowBytes, 'one input fits into the window');
  invariant(limits.lookMs <= limits.drainMs, 'the pipes of a child that has ended are looked at');
  invariant(limits.inputBytes + 1024 <= frameBytesMax, 'one input fits into a frame');
  return limits;
}

invariant(
  pipesBytesMax < drainBytesMax,
  'nobody is stopped before the last of the child is known to be read',
);
invariant(outputBytesMax + 1024 <= frameBytesMax, 'one piece of output fits into a frame');
processLimitsOf();
