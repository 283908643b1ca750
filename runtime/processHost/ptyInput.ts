/**
 * The way into a PTY. The stream that Node makes of a master writes in a loop until the child has read: one
 * that does not read (`sleep`, in raw mode) would stop the host, and all its other children. Here each write
 * takes what the system takes now; the rest is tried again, soon and then less and less often, because
 * nothing tells when a master has room.
 */
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

const againMsMin = 1;
const againMsMax = 64;

type Done = (error?: Error | null) => void;

export class PtyInput extends Writable {
  readonly #fd: number;
  #timer: NodeJS.Timeout | undefined;
  #done: Done | undefined;

  /** The descriptor must not block. */
  constructor(fd: number) {
    super({ decodeStrings: true });
    this.#fd = fd;
  }

  override _write(bytes: Buffer, _encoding: string, done: Done): void {
    this.#done = done;
    this.#try(bytes, againMsMin);
  }

  override _destroy(error: Error | null, done: Done): void {
    clearTimeout(this.#timer);
    this.#told(error ?? new Error('the child has ended'));
    done(error);
  }

  #try(bytes: Buffer, ms: number): void {
    let rest = bytes;
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.#fd, rest));
      return this.#told(null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return this.#told(error as Error);
    }
    const next = rest.length < bytes.length ? againMsMin : Math.min(againMsMax, ms * 2);
    this.#timer = setTimeout(() => this.#try(rest, next), ms);
  }

  #told(error: Error | null): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(error);
  }
}
