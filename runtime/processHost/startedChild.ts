/**
 * The port between a child and the host that keeps it; pipes and PTYs implement it.
 *   S1. Output is told as raw bytes in the order it was written, each byte once, and none while paused.
 *   S2. The exit is told once, after the last output of the child itself (B4, H4), paused or not.
 *   S3. The child leads a session of its own, so that all it starts can be found and ended.
 */
import type { Writable } from 'node:stream';
import type { StreamName } from './frames.ts';

export interface StartedChild {
  readonly pid: number;
  readonly input: Writable;
  pause(): void;
  resume(): void;
  /** Without a PTY there is nothing to resize. */
  resize(cols: number, rows: number): void;
  /** To the group in the foreground. */
  signal(signal: NodeJS.Signals): void;
  /** Stops waiting for output: whoever still has a pipe open is not the child. */
  cut(): void;
}

export interface ChildListener {
  output(stream: StreamName, bytes: Buffer): void;
  /** The child itself has ended; its output may still come. */
  gone(): void;
  exit(code: number | null, signal: string | null): void;
}
