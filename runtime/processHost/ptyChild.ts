/**
 * A child on a PTY.
 *   H4. The host keeps a slave open while the child lives. Without one the system reports a hang-up as soon
 *        as
 *       the child has gone, and what it had just written is lost on the way (34 of 100 with the library
 *       alone). After the exit the master is read until nothing is left: the system hands everything written
 *       before over first.
 * The child is started through `sh`, which opens the PTY as the leader of a new session and so makes it the
 * controlling one; what is executed then has sh's pid and start time.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { TroupeError } from '../../actors/troupeError.ts';
import { commandFileOf } from './command.ts';
import { shield, shielded, unshield } from './descriptors.ts';
import type { StartOrder } from './frames.ts';
import { drainBytesMax } from './limits.ts';
import { foregroundOf, signalGroup } from './processTable.ts';
import { PtyInput } from './ptyInput.ts';
import { openLibraryPty } from './ptyLibrary.ts';
import type { LibraryPty } from './ptyLibrary.ts';
import type { ChildListener, StartedChild } from './startedChild.ts';

// iutf8: the line discipline erases whole characters. The library's own default, but not the system's.
const entry = 'exec <>"$1" >&0 2>&1; shift; stty iutf8 2>/dev/null; exec "$@"';

export function startOnPty(
  order: StartOrder,
  size: { readonly cols: number; readonly rows: number },
  listener: ChildListener,
): StartedChild {
  const file = commandFileOf(order);
  const pty = openLibraryPty(size.cols, size.rows);
  const slave = slaveOf(pty);
  shield(pty.fd);
  const input = new PtyInput(pty.fd);
  const close = (): void => {
    input.destroy();
    closeSync(slave);
    unshield(pty.fd);
    pty.master.destroy();
  };
  pty.master.on('error', () => undefined); // It has no reader but this one, and ends below.
  let child: ChildProcess;
  try {
    child = spawned(order, [pty.ptsName, file, ...order.args], slave);
  } catch (error) {
    close();
    throw error;
  }
  pty.master.on('data', (bytes: Buffer) => listener.output('out', bytes));
  child.once('exit', (code, signal) => {
    drain(pty, (bytes) => listener.output('out', bytes)); // H4
    close();
    listener.gone();
    listener.exit(code, signal); // S2
  });
  const pid = child.pid ?? 0; // it has spawned
  return {
    pid,
    input,
    pause: () => void pty.master.pause(),
    resume: () => void pty.master.resume(),
    resize: (cols, rows) => pty.resize(cols, rows),
    signal: (signal) => void signalGroup(foregroundOf(pid), signal),
    cut: () => undefined,
  };
}

/** Throws what the system says at once: no memory, no process more, arguments too long. */
function spawned({ command, cwd, env }: StartOrder, args: readonly string[], slave: number): ChildProcess {
  const child = spawn('/bin/sh', ['-c', entry, 'sh', ...args], {
    cwd,
    env,
    detached: true, // S3
    stdio: shielded(slave),
  });
  if (child.pid !== undefined) return child;
  child.once('error', () => undefined);
  throw new TroupeError('START_FAILED', `"${command}" did not start: the system refused.`, { command });
}

/**
 * A slave of ours, which no child inherits by accident, instead of the two that the library has opened: a
 * stream, which would read the child's input away, and what that stream was made of, for which it has no
 * name.
 */
function slaveOf(pty: LibraryPty): number {
  const slave = openSync(pty.ptsName, constants.O_RDWR | constants.O_NOCTTY);
  pty.slave.destroy();
  const { rdev } = fstatSync(slave);
  // The next free number after the master's, unless something lay in between.
  for (let n = pty.fd + 1; n < pty.fd + descriptorsMax; n++) {
    if (n === slave || deviceOf(n) !== rdev) continue;
    closeSync(n);
    break;
  }
  return slave;
}

const descriptorsMax = 65_536;

function deviceOf(descriptor: number): number | undefined {
  try {
    return fstatSync(descriptor).rdev;
  } catch {
    return undefined;
  }
}

/** Reads what nobody has read yet, of the stream and of the system. */
function drain({ master, fd }: LibraryPty, output: (bytes: Buffer) => void): void {
  master.pause();
  // The stream tells its listener what it still holds.
  while (master.read() !== null);
  const buffer = Buffer.allocUnsafe(16 * 1024);
  for (let total = 0; total < drainBytesMax;) {
    const count = readNow(fd, buffer);
    if (count === 0) return;
    output(Buffer.from(buffer.subarray(0, count)));
    total += count;
  }
}

/** How much was there; 0 if nothing is left. The descriptor does not block. */
function readNow(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer);
  } catch {
    return 0;
  }
}
