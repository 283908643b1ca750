/** The command line as a shell has it: in a process of its own, in a folder of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Sink } from '../../../runtime/cli/output.ts';
import { program } from '../../../runtime/cli/program.ts';

const main = fileURLToPath(new URL('../../../runtime/cli/main.ts', import.meta.url));

export interface Told {
  readonly out: string;
  readonly errors: string;
  readonly code: number | null;
}

const {
  FORCE_COLOR: _,
  TROUPE_URL: __,
  TROUPE_TOKEN: ___,
  TROUPE_DIRECTORY: ____,
  ...inherited
} = process.env;
// A home of its own: what shells of the demonstration read in somebody's own may wait for locks.
const home = mkdtempSync(join(tmpdir(), 'troupe-home-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));
const clean = { ...inherited, NO_COLOR: '1', HOME: home };

/** Runs one verb to its end, in this process. */
export async function said(...words: readonly string[]): Promise<Told> {
  const written = { out: '', errors: '' };
  const sinkOf = (name: 'out' | 'errors'): Sink => ({
    write(piece) {
      written[name] += piece;
      return true;
    },
    once: () => undefined,
    off: () => undefined,
  });
  const io = { out: sinkOf('out'), errors: sinkOf('errors'), env: {} };
  const code = await program(words, io);
  return { ...written, code };
}

/** Runs one verb to its end, in a process of its own. */
export async function troupe(cwd: string, ...words: readonly string[]): Promise<Told> {
  return troupeWith(cwd, {}, ...words);
}

export async function troupeWith(
  cwd: string,
  env: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<Told> {
  const child = spawn(process.execPath, [main, ...words], {
    cwd,
    env: { ...clean, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { out, errors, code };
}

export interface Served {
  readonly url: string;
  /** What it announced. */
  readonly told: { readonly url: string; readonly socket?: string; readonly pid: number };
  readonly child: ChildProcess;
  /** Ends it as Ctrl-C does: how it ended. */
  readonly interrupt: () => Promise<{ readonly code: number | null; readonly errors: string }>;
}

/** `troupe serve`, at work when it resolves; killed after the test at the latest. */
export async function serve(cwd: string, ...words: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--json', ...words], {
    cwd,
    env: clean,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const errors = text(child.stderr);
  const closed = once(child, 'close') as Promise<[number | null]>;
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = (await lines.next()) as IteratorResult<string, undefined>;
  if (first.done === true) throw new Error(`serve did not start: ${await errors}`);
  const told = JSON.parse(first.value) as Served['told'];
  const interrupt = async (): Promise<{ code: number | null; errors: string }> => {
    child.kill('SIGINT');
    const [code] = await closed;
    return { code, errors: await errors };
  };
  return { url: told.url, told, child, interrupt };
}
