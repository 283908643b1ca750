/**
 * What the doctor looks at, one thing after the other.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openJournal } from '../../storage/open.ts';
import { openLibraryPty } from '../processHost/ptyLibrary.ts';
import { directoryDefault, portDefault } from './places.ts';
import type { VerbCall } from './verb.ts';

export interface Check {
  readonly name: string;
  /** `note`: it works without, in part or slower. */
  readonly state: 'ok' | 'note' | 'bad';
  readonly about: string;
  readonly mend?: string;
}

const nodeLeast = [20, 19] as const;
const syncs = 9;
const slowMs = 20;

export async function* checksOf({ given, env }: VerbCall): AsyncGenerator<Check, void, undefined> {
  const directory = resolve(given.text('directory') ?? env['TROUPE_DIRECTORY'] ?? directoryDefault);
  yield nodeCheck();
  // Beside the data, where its disk is the one that counts.
  const place = mkdtempSync(join(nearestThere(directory), '.troupe-doctor-'));
  try {
    yield await lmdbCheck(join(place, 'journal'));
    yield syncCheck(join(place, 'file'));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  yield ptyCheck();
  yield await portCheck();
  yield directoryCheck(directory);
}

function nodeCheck(): Check {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const isEnough = major > nodeLeast[0] || (major === nodeLeast[0] && minor >= nodeLeast[1]);
  const name = 'Node';
  if (isEnough) return { name, state: 'ok', about: node };
  return { name, state: 'bad', about: node, mend: `install Node ${nodeLeast.join('.')} or newer` };
}

async function lmdbCheck(directory: string): Promise<Check> {
  try {
    const journal = await openJournal({ directory });
    await journal.close();
    return { name: 'LMDB', state: 'ok', about: 'a directory can be made and opened' };
  } catch (error) {
    const mend = 'install the packages anew (npm ci), on a local disk that can be written to';
    return { name: 'LMDB', state: 'bad', about: String(error), mend };
  }
}

/** The median of a few writes with fdatasync: what one durable send costs at least. */
function syncCheck(path: string): Check {
  const file = openSync(path, 'w');
  try {
    const times = Array.from({ length: syncs }, () => {
      const before = performance.now();
      writeSync(file, 'x'.repeat(4096));
      fdatasyncSync(file);
      return performance.now() - before;
    }).toSorted((a, b) => a - b);
    const median = times[Math.floor(syncs / 2)] ?? 0;
    const about = `${median.toFixed(2)} ms for a write to reach it`;
    if (median <= slowMs) return { name: 'disk', state: 'ok', about };
    return {
      name: 'disk',
      state: 'note',
      about,
      mend: 'every durable answer waits so long: prefer a local SSD',
    };
  } finally {
    closeSync(file);
  }
}

function ptyCheck(): Check {
  const name = 'terminals';
  try {
    const pty = openLibraryPty(80, 24);
    pty.master.destroy();
    pty.slave.destroy();
    return { name, state: 'ok', about: 'one can be opened' };
  } catch (error) {
    const mend = 'npm install @lydell/node-pty (only for PTY sessions)';
    return { name, state: 'note', about: error instanceof Error ? error.message : String(error), mend };
  }
}

async function portCheck(): Promise<Check> {
  const name = 'port';
  const server = createServer();
  try {
    server.listen(portDefault, '127.0.0.1');
    await once(server, 'listening');
    return { name, state: 'ok', about: `${portDefault} is free` };
  } catch {
    return { name, state: 'note', about: `${portDefault} is taken: serve takes another one, or --port N` };
  } finally {
    server.close();
  }
}

function directoryCheck(directory: string): Check {
  const name = 'directory';
  if (!existsSync(join(directory, 'data.mdb')))
    return { name, state: 'note', about: `none at ${directory} yet` };
  const { mode } = statSync(directory);
  if ((mode & 0o077) === 0) return { name, state: 'ok', about: directory };
  return { name, state: 'note', about: `${directory} can be read by others`, mend: `chmod 700 ${directory}` };
}

function nearestThere(path: string): string {
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(at)) return at;
    if (at === dirname(at)) return tmpdir();
  }
}
