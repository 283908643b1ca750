/**
 * Where benchmarks write, and what the disk itself can do: a file that grows by one write and one fdatasync
 * a group, a page that is appended to it, and a page that is overwritten in place. No append is faster than
 * the first two; the last is cheaper, because the file's length, which the file system has to record, stays.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { statSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const tmpfs = 0x01021994;
const paceFlushes = 40;
const page = Buffer.alloc(4096, 1);
const scratches: string[] = [];
/** Threads and guests may still write when a process is told to end. */
const removing = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 } as const;
/** As a shell tells of a process that a signal has ended. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The disk to measure: the system's folder for such files, or the one named by BENCH_DIRECTORY. */
export const benchDirectory = process.env['BENCH_DIRECTORY'] ?? tmpdir();

/** A new directory that is removed when the process ends, by a signal too. */
export function scratch(name: string): string {
  if (statfsSync(benchDirectory).type === tmpfs) {
    throw new Error(`${benchDirectory} is no disk but memory: name a folder on a disk in BENCH_DIRECTORY.`);
  }
  if (scratches.length === 0) leaveNothing();
  const path = mkdtempSync(join(benchDirectory, `troupe-bench-${name}-`));
  scratches.push(path);
  return path;
}

/** Not before there is something to remove: a process that only names the disk keeps its own signals. */
function leaveNothing(): void {
  process.on('exit', () => scratches.forEach((path) => rmSync(path, removing)));
  // By itself a signal ends a process without its exit.
  for (const [signal, code] of Object.entries(signals)) process.on(signal, () => process.exit(code));
}

/** A file that is only appended to. */
export class PlainFile {
  readonly #descriptor: number;
  bytes = 0;

  constructor(directory: string) {
    this.#descriptor = openSync(join(directory, 'plain'), 'w');
  }

  /** Group commit of a file: all bytes in one write, then one fdatasync. */
  append(bytes: Uint8Array): void {
    this.bytes += writeSync(this.#descriptor, bytes);
    fdatasyncSync(this.#descriptor);
  }

  /** One page more, durable: the least a durable append can cost. */
  appendPage(): void {
    this.append(page);
  }

  /** The first page anew, durable: the file stays as long as it is. */
  overwritePage(): void {
    writeSync(this.#descriptor, page, 0, page.length, 0);
    fdatasyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/**
 * How many times slower than 0.1 ms this disk flushes just now, at least 1: what is measured in appends asks
 * for fewer of them, so that a benchmark takes as long on a slow or busy disk.
 */
export function slowness(): number {
  const file = new PlainFile(scratch('pace'));
  const start = performance.now();
  for (let i = 0; i < paceFlushes; i++) file.appendPage();
  file.close();
  return Math.max(1, (performance.now() - start) / paceFlushes / 0.1);
}

/** Bytes written so far. */
export interface Written {
  /** Given to the system by this process (wchar): exact. */
  readonly given: number;
  /** Received by the disk of the directory, whoever sent them: file system and neighbours included. */
  readonly disk: number;
}

/**
 * Not `write_bytes`: it counts a page cache's whole folio for a write of one page, and Linux 6.16 and newer
 * have large ones on ext4, so that it tells up to four times of what the disk receives.
 */
export function writtenSoFar(directory: string): Written {
  const given = /^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1];
  const { dev } = statSync(directory);
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const fields = readFileSync(`/sys/dev/block/${major}:${minor}/stat`, 'latin1').trim().split(/\s+/);
  return { given: Number(given), disk: Number(fields[6]) * 512 };
}
