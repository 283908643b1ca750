/**
 * A server under load, seen from outside: its process, its address, and its directory, which is opened again
 * once the server has ended, because only what is there then was ever recorded.
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTroupe } from '../../runtime/index.ts';
import type { DefinitionsOf, Troupe } from '../../runtime/index.ts';
import { benchDirectory } from '../disk.ts';
import { HttpClient } from './httpClient.ts';
import type * as served from './served.ts';
import type { Answered, Asked, Held, Settings } from './server.ts';
import type { Streaming } from './streaming.ts';

export type Recorded = Troupe<DefinitionsOf<typeof served>>;

export class Site {
  readonly directory: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
  readonly #waiting = new Map<number, (answered: Answered) => void>();
  readonly #leave = (): void => this.remove();
  #asked = 0;
  #http: HttpClient | undefined;

  private constructor(directory: string, settings: Settings) {
    this.directory = directory;
    const file = fileURLToPath(new URL('./server.ts', import.meta.url));
    this.#child = fork(file, [directory, JSON.stringify(settings)], { execArgv: ['--expose-gc'] });
    // Also where a run is ended by a signal: nothing that it started stays.
    process.once('exit', this.#leave);
    this.#ended = once(this.#child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    this.#child.on('message', (answered: Answered) => {
      this.#waiting.get(answered.n)?.(answered);
      this.#waiting.delete(answered.n);
    });
  }

  /** A server on a new directory, which listens. On memory, too: reports name the file system. */
  static async open(name: string, settings: Settings = {}): Promise<Site> {
    const site = new Site(mkdtempSync(join(benchDirectory, `troupe-load-${name}-`)), settings);
    site.#http = new HttpClient(String(await site.#told(0)));
    return site;
  }

  get http(): HttpClient {
    assert(this.#http !== undefined, 'the server listens');
    return this.#http;
  }

  get pid(): number {
    assert(this.#child.pid !== undefined, 'the server has started');
    return this.#child.pid;
  }

  /** Each of these speakers says so many pieces a second; settles when all are durable. */
  async stream(streaming: Streaming): Promise<void> {
    await this.#ask({ op: 'stream', ...streaming });
  }

  async held(): Promise<Held> {
    return (await this.#ask({ op: 'held' })) as Held;
  }

  /** How often a worker was started anew; unlike `held`, this asks for no collection. */
  async restarts(): Promise<number> {
    return (await this.#ask({ op: 'restarts' })) as number;
  }

  /** Ends the server in good order. */
  async close(): Promise<void> {
    this.http.close();
    this.#child.kill('SIGTERM');
    assert.deepEqual(await this.#ended, [0, null], 'the server ends in good order');
  }

  /** Ends it at once; of one that has ended, nothing. */
  kill(): void {
    this.#http?.close();
    this.#child.kill('SIGKILL');
  }

  /** Ends it at once, and its directory is gone. */
  remove(): void {
    process.off('exit', this.#leave);
    this.kill();
    // A process that was just killed may still write there.
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }

  /** What is recorded; the server has ended. */
  async recorded(): Promise<Recorded> {
    const actors = new URL('./served.ts', import.meta.url);
    return openTroupe<typeof served>({ directory: this.directory, actors, workers: 0 });
  }

  async #ask(asked: Asked): Promise<unknown> {
    const n = ++this.#asked;
    this.#child.send({ n, asked });
    return this.#told(n);
  }

  async #told(n: number): Promise<unknown> {
    const answer = new Promise<Answered>((resolve) => this.#waiting.set(n, resolve));
    const ended = this.#ended.then(([code, signal]): Answered => {
      return { n, failed: `the server ended: ${signal ?? `exit code ${code}`}` };
    });
    const { value, failed } = await Promise.race([answer, ended]);
    assert.equal(failed, undefined, failed);
    return value;
  }
}
