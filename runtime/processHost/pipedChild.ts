/**
 * A child with stdin, stdout and stderr apart.
 * Its exit is told once its pipes are closed, so that nothing it wrote is lost. Others may have inherited the
 * pipes and live on: the host ends those of its session, and `cut` leaves the ones that escaped.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { TroupeError } from '../../actors/troupeError.ts';
import { commandFileOf } from './command.ts';
import { shielded } from './descriptors.ts';
import type { StartOrder } from './frames.ts';
import { signalGroup } from './processTable.ts';
import type { ChildListener, StartedChild } from './startedChild.ts';

export async function startPiped(order: StartOrder, listener: ChildListener): Promise<StartedChild> {
  const file = commandFileOf(order);
  const child = spawn(file, order.args, {
    argv0: order.command,
    cwd: order.cwd,
    env: order.env,
    detached: true, // S3
    stdio: shielded('pipe'),
  });
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error('a child without its pipes');
  stdout.on('data', (bytes: Buffer) => listener.output('out', bytes));
  stderr.on('data', (bytes: Buffer) => listener.output('err', bytes));
  child.once('exit', () => listener.gone());
  child.once('close', (code: number | null, signal: string | null) => listener.exit(code, signal)); // S2
  try {
    await once(child, 'spawn');
  } catch (error) {
    const { message } = error as Error;
    throw new TroupeError('START_FAILED', `"${order.command}" did not start: ${message}`, {
      command: order.command,
    });
  }
  const pid = child.pid ?? 0; // it has spawned
  return {
    pid,
    input: stdin,
    pause() {
      stdout.pause();
      stderr.pause();
    },
    resume() {
      stdout.resume();
      stderr.resume();
    },
    resize: () => undefined,
    signal: (signal) => void signalGroup(pid, signal),
    cut() {
      stdout.destroy();
      stderr.destroy();
    },
  };
}
