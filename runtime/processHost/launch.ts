/**
 * Starts the process of a host and connects to it. By default it is this Node again, in a session of its own,
 * so that a Ctrl-C for the runtime does not take the children's keeper away first. An embedder whose runtime
 * cannot be started that way (Electron without `runAsNode`) supplies `spawnHost`; the host then comes to a
 * socket in a folder that only this user may enter.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { TroupeError } from '../../actors/troupeError.ts';
import { minimumOf } from './environment.ts';

/** The process of a host, as `child_process.fork` and Electron's `utilityProcess.fork` give it. */
export interface HostProcess {
  kill(): unknown;
  once(event: 'exit', listener: () => void): unknown;
}

/** Starts `modulePath` with `args` in a process of its own that runs JavaScript modules. */
export type SpawnHost = (modulePath: string, args: readonly string[]) => HostProcess;

export interface Launched {
  readonly stream: Duplex;
  readonly exited: Promise<void>;
  kill(): void;
  /** Whether the process waits for it: a runtime without children keeps none alive. */
  hold(on: boolean): void;
  /** The end of what it said to stderr: why it crashed, if it did. */
  readonly lastWords: () => string;
}

const lastWordsMax = 4096;

/** The host's process, connected; one that somebody else starts has `comeMs` to do so. */
export async function launchHost(spawnHost: SpawnHost | undefined, comeMs: number): Promise<Launched> {
  const entry = fileURLToPath(hostEntry());
  return spawnHost === undefined ? launchNode(entry) : launchWith(spawnHost, entry, comeMs);
}

function launchNode(entry: string): Launched {
  const child = spawn(process.execPath, [entry], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: {
      ...minimumOf(process.env),
      ...('electron' in process.versions && { ELECTRON_RUN_AS_NODE: '1' }),
    },
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-lastWordsMax);
  });
  const stream = child.stdio[3] as Socket; // a pipe, as asked for above
  (child.stderr as Socket | null)?.unref();
  const hold = (on: boolean): void => {
    for (const held of [child, stream]) {
      if (on) held.ref();
      else held.unref();
    }
  };
  return { stream, exited, kill: () => void child.kill('SIGKILL'), hold, lastWords: () => words };
}

async function launchWith(spawnHost: SpawnHost, entry: string, comeMs: number): Promise<Launched> {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-host-')); // 0700
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\troupe-${randomUUID()}` : join(folder, 'socket');
  const server = createServer().listen(path);
  try {
    await once(server, 'listening');
    const child = spawnHost(entry, ['--connect', path]);
    const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const late = pause(comeMs, 'late' as const, { ref: false });
    const came = await Promise.race([connected, exited, late]);
    if (came === 'late') {
      child.kill();
      throw hostFailed('the process that spawnHost started did not connect');
    }
    if (came === undefined) throw hostFailed('the process that spawnHost started ended at once');
    const [stream] = came;
    const hold = (on: boolean): void => void (on ? stream.ref() : stream.unref());
    return { stream, exited, kill: () => void child.kill(), hold, lastWords: () => '' };
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A host that does not come up is as lost as one that crashed. */
export function hostFailed(reason: string): TroupeError {
  return new TroupeError('PROCESS_LOST', `The process host did not start: ${reason}.`, { reason });
}

/** The entry beside this file, from sources and from what was built of them; a bundler leaves it behind. */
function hostEntry(): URL {
  // A bundle in CommonJS has no URL.
  const { url } = import.meta as { readonly url?: string };
  const entry = url === undefined ? undefined : new URL(`./main${url.slice(-3)}`, url);
  if (entry !== undefined && existsSync(entry)) return entry;
  const text =
    'Children cannot start: troupe is bundled, and its process host is not beside it. Keep troupe external.';
  throw new TroupeError('UNSUPPORTED', text, { option: 'processes' });
}
