/**
 * The parent's side of puppet.ts: a process with a journal, driven by calls. `await using` ends it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { errorOf } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import type { Calls } from './puppet.ts';

const here = new URL('.', import.meta.url);
const pinned = new URL('../../node_modules/node/bin/node', here).pathname;

/** Words for `node` that make the journal's bounds small. */
export const smallLimits: readonly string[] = ['--import', new URL('smallLimits.ts', here).pathname];

/** The Node that runs TypeScript as it is. */
export const node: string = existsSync(pinned) ? pinned : process.execPath;

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: Refusal;
}

export class Puppeteer implements AsyncDisposable {
  readonly child: ChildProcess;
  /** Of the puppet itself, also behind a wrapper. */
  pid = 0;
  readonly exit: Promise<readonly [code: number | null, signal: string | null]>;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (e: unknown) => void }>();
  #calls = 0;

  private constructor(child: ChildProcess) {
    this.child = child;
    this.exit = once(child, 'exit') as Promise<[number | null, string | null]>;
    child.on('message', (answer: Answer) => this.#answer(answer));
    child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`it ended: ${code ?? signal}`));
    });
  }

  /** `wrap` is put before the command (`strace`, for instance), `flags` are for Node. */
  static async start(wrap: readonly string[] = [], flags: readonly string[] = []): Promise<Puppeteer> {
    const words = [...wrap, node, ...flags, new URL('puppet.ts', here).pathname];
    const child = spawn(words[0] ?? node, words.slice(1), { stdio: ['ignore', 'inherit', 'ignore', 'ipc'] });
    const puppeteer = new Puppeteer(child);
    const pid = new Promise((resolve, reject) => puppeteer.#waiting.set(0, { resolve, reject }));
    puppeteer.pid = (await pid) as number;
    return puppeteer;
  }

  #answer({ id, value, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(errorOf(error));
  }

  async call<N extends keyof Calls>(
    name: N,
    argument?: Parameters<Calls[N]>[0],
  ): Promise<Awaited<ReturnType<Calls[N]>>> {
    const id = ++this.#calls;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.child.send({ id, name, argument });
    return answer as Promise<Awaited<ReturnType<Calls[N]>>>;
  }

  /** Resolves when the puppet holds a read transaction, and stands still. */
  async held(address: string): Promise<void> {
    const holds = new Promise((resolve, reject) => this.#waiting.set(0, { resolve, reject }));
    this.child.send({ id: ++this.#calls, name: 'hold', argument: address });
    await holds;
  }

  async kill(): Promise<void> {
    process.kill(this.pid, 'SIGKILL');
    await this.exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.kill();
  }
}
