/**
 * A PostgreSQL of the benchmark's own: a fresh cluster in a scratch directory on a free port, with the
 * settings it comes with. What those say about durability is asked of it and held to.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { scratch } from '../disk.ts';

/** Where PostgreSQL's programs are: in the PATH, or where Debian has them (the newest). */
export function postgresPrograms(): string | undefined {
  const debian = globSync('/usr/lib/postgresql/*/bin').toSorted((a, b) =>
    b.localeCompare(a, 'en', { numeric: true }),
  );
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...debian];
  return folders.find((folder) =>
    ['initdb', 'postgres', 'psql'].every((name) => existsSync(join(folder, name))),
  );
}

export class Postgres {
  readonly #server: ChildProcess;
  readonly #query: (sql: string, database?: string) => string;
  readonly #port: number;

  private constructor(server: ChildProcess, port: number, query: (sql: string, database?: string) => string) {
    this.#server = server;
    this.#port = port;
    this.#query = query;
  }

  static async start(programs: string): Promise<Postgres> {
    const directory = scratch('postgres');
    const as = asWhom(directory);
    const [cluster, port] = [join(directory, 'cluster'), await freePort()];
    const options = { ...as, cwd: directory };
    const initdb = ['-D', cluster, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'];
    execFileSync(join(programs, 'initdb'), initdb, { ...options, stdio: 'ignore' });
    const words = ['-D', cluster, '-p', String(port), '-h', '127.0.0.1', '-k', directory];
    const server = spawn(join(programs, 'postgres'), words, {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    // Before its directory is removed.
    process.prependListener('exit', () => server.kill('SIGQUIT'));
    await isReady(server);
    const postgres = new Postgres(server, port, (sql, database = 'postgres') => {
      const how = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', database, '-Atc', sql];
      return execFileSync(join(programs, 'psql'), how, { ...options, encoding: 'utf8' }).trim();
    });
    for (const setting of ['fsync', 'synchronous_commit']) {
      assert.equal(postgres.#query(`SHOW ${setting}`), 'on', `${setting} is on`);
    }
    return postgres;
  }

  get version(): string {
    return this.#query('SHOW server_version').split(' ')[0] ?? '';
  }

  /** A database more; resolves with its connection string. */
  database(name: string): string {
    this.#query(`CREATE DATABASE "${name}"`);
    return `postgresql://postgres@127.0.0.1:${this.#port}/${name}`;
  }

  async stop(): Promise<void> {
    const ended = once(this.#server, 'exit');
    this.#server.kill('SIGINT');
    await ended;
  }
}

/** PostgreSQL refuses to run as root: then its own user runs it, and owns the directory. */
function asWhom(directory: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid = 0, gid = 0] = ['-u', '-g'].map((which) =>
    Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' })),
  );
  chownSync(directory, uid, gid);
  return { uid, gid };
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function isReady(server: ChildProcess): Promise<void> {
  assert(server.stderr);
  const said: string[] = [];
  // Read to its end: a server whose stderr is full would wait for it.
  const lines = createInterface(server.stderr);
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      said.push(line);
      if (line.includes('ready to accept connections')) resolve();
    });
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${said.join('\n')}`)));
  });
}
