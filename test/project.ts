/**
 * A project as a reader of the docs has it: a folder of its own with this checkout's sources as its `troupe`.
 * It goes when it is disposed of, with whatever still runs in it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));

/** How a program ended. */
export interface Ended {
  readonly out: string;
  readonly errors: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that runs. */
export interface Started {
  readonly child: ChildProcess;
  line(): Promise<string>;
  readonly ended: Promise<Omit<Ended, 'out'>>;
}

export class Project implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'troupe-project-'));
  readonly #running = new Set<ChildProcess>();

  constructor(files: ReadonlyMap<string, string>) {
    const troupe = join(this.path, 'node_modules/troupe');
    mkdirSync(troupe, { recursive: true });
    // Node strips no types below node_modules; through a link the sources are where they are.
    for (const layer of ['actors', 'storage', 'runtime']) {
      symlinkSync(join(checkout, layer), join(troupe, layer));
    }
    for (const peer of ['xstate', 'fastify', '@statelyai']) {
      symlinkSync(join(checkout, 'node_modules', peer), join(this.path, 'node_modules', peer));
    }
    writeFileSync(
      join(troupe, 'package.json'),
      JSON.stringify({
        name: 'troupe',
        type: 'module',
        exports: {
          '.': './runtime/index.ts',
          './client': './runtime/client.ts',
          './http': './runtime/http.ts',
          './inspect': './runtime/inspect.ts',
          './adapters': './actors/adapters/index.ts',
          './testing': './runtime/testing.ts',
        },
      }),
    );
    this.write('package.json', JSON.stringify({ type: 'module' }));
    this.write('tsconfig.json', JSON.stringify(compilerOptions));
    for (const [name, content] of files) this.write(name, content);
  }

  write(name: string, content: string): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** Runs a program of the project to its end. */
  async run(...args: readonly string[]): Promise<Ended> {
    return this.runIn('.', ...args);
  }

  /** The same in one of its folders. */
  async runIn(folder: string, ...args: readonly string[]): Promise<Ended> {
    const cwd = join(this.path, folder);
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#running.add(child);
    const [out, errors, [code, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      // As child_process has it.
      once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    this.#running.delete(child);
    return { out, errors, code, signal };
  }

  /** One that goes on by itself: its first lines are read one by one. */
  start(folder: string, ...args: readonly string[]): Started {
    const child = spawn(process.execPath, args, {
      cwd: join(this.path, folder),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ended = (async () => {
      // As child_process has it.
      const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
      const [errors, [code, signal]] = await Promise.all([text(child.stderr), closed]);
      this.#running.delete(child);
      return { errors, code, signal };
    })();
    return { child, line: async () => String((await lines.next()).value), ended };
  }

  /** What the compiler says about all of it. */
  async compile(): Promise<Ended> {
    return this.run(join(checkout, 'node_modules/typescript/bin/tsc'), '-p', '.');
  }

  [Symbol.dispose](): void {
    for (const child of this.#running) child.kill('SIGKILL');
    rmSync(this.path, { recursive: true, force: true });
  }
}

const compilerOptions = {
  extends: join(checkout, 'tsconfig.json'),
  compilerOptions: { typeRoots: [join(checkout, 'node_modules/@types')], noUnusedLocals: false },
  include: ['**/*.ts'],
};
