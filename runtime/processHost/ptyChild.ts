/**
 * A child on a PTY.
 *   H4. The host keeps a slave open while the child lives. Without one the system reports a hang-up as soon
 *       as the child has gone, and what it had just written is lost on the way (34 of 100 with the library
 *       alone). After the exit the master is read until nothing is left: the system hands everything written
 *       before over first.
 * The child is started through `sh`, which opens the PTY as the leader of a new session and so makes it the
 * controlling one; what is executed then has sh's pid and start time.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { TroupeError } from '../../actors/troupeError.ts';
import { commandFileOf } from './command.ts';
import { shielded } from './descriptors.ts';
import type { StartOrder } from './frames.ts';
import { drainBytesMax } from './limits.ts';
import { foregroundOf, signalGroup } from './processTable.ts';
import { PtyInput } from './ptyInput.ts';
import { takeTerminal } from './readyTerminal.ts';
import { readNow, withMore } from './readingAhead.ts';
import type { ChildListener, StartedChild } from './startedChild.ts';
import type { Size, Terminal } from './terminal.ts';

const entry = 'exec <>"$1" >&0 2>&1; shift; exec "$@"';
const settingEntry = 'exec <>"$1" >&0 2>&1; shift; stty iutf8 2>/dev/null; exec "$@"';

export function startOnPty(order: StartOrder, size: Size, listener: ChildListener): StartedChild {
  const file = commandFileOf(order);
  const { terminal, isSet } = takeTerminal(size);
  const { master, slave, fd, ptsName } = terminal;
  const input = new PtyInput(fd);
  const close = (): void => {
    input.destroy();
    terminal.close();
  };
  let child: ChildProcess;
  try {
    child = spawned(order, [isSet ? entry : settingEntry, 'sh', ptsName, file, ...order.args], slave);
  } catch (error) {
    close();
    throw error;
  }
  master.on('data', (bytes: Buffer) => listener.output('out', withMore(terminal, bytes)));
  child.once('exit', (code, signal) => {
    drain(terminal, (bytes) => listener.output('out', bytes)); // H4
    close();
    listener.gone();
    listener.exit(code, signal); // S2
  });
  const pid = child.pid ?? 0; // it has spawned
  return {
    pid,
    input,
    pause: () => void master.pause(),
    resume: () => void master.resume(),
    resize: (cols, rows) => terminal.resize(cols, rows),
    signal: (signal) => void signalGroup(foregroundOf(pid), signal),
    cut: () => undefined,
  };
}

/** Throws what the system says at once: no memory, no process more, arguments too long. */
function spawned({ command, cwd, env }: StartOrder, args: readonly string[], slave: number): ChildProcess {
  const child = spawn('/bin/sh', ['-c', ...args], {
    cwd,
    env,
    detached: true, // S3
    stdio: shielded(slave),
  });
  if (child.pid !== undefined) return child;
  child.once('error', () => undefined);
  throw new TroupeError('START_FAILED', `"${command}" did not start: the system refused.`, { command });
}

/** Reads what nobody has read yet, of the stream and of the system. */
function drain({ master, fd }: Terminal, output: (bytes: Buffer) => void): void {
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
