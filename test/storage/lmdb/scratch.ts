/**
 * Directories that tests play in; all of them are removed with the scratch. Optionally a small tmpfs, which
 * can run full.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Scratch implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'troupe-lmdb-'));
  #mounted: string | undefined;

  /** Where a journal may be; it does not exist yet. */
  journal(name = 'journal'): string {
    return join(this.path, name);
  }

  /** A file system of so many bytes; undefined, with the reason printed, where mounting is not permitted. */
  tmpfs(bytes: number): string | undefined {
    const path = join(this.path, 'tmpfs');
    mkdirSync(path);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'none', path], { stdio: 'pipe' });
    } catch (error) {
      console.log(`no tmpfs can be mounted here: ${String(error)}`);
      return undefined;
    }
    this.#mounted = path;
    return path;
  }

  [Symbol.dispose](): void {
    if (this.#mounted !== undefined) execFileSync('umount', ['-l', this.#mounted]);
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Whether a tool is here; says so when it is not. */
export function has(tool: string): boolean {
  try {
    execFileSync('which', [tool], { stdio: 'pipe' });
    return true;
  } catch {
    console.log(`${tool} is not installed here`);
    return false;
  }
}
