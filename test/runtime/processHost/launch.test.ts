/** How a host comes to be: started by the embedder, without the PTY library, of another version. */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { SpawnHost } from '../../../runtime/processHost/launch.ts';
import { becomes, newHost, onPty, open, piped, size, statOf } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const checkout = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** A checkout of the host alone, which finds no library. */
function elsewhere(): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-alone-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ['runtime/processHost', 'actors']) {
    cpSync(join(checkout, part), join(folder, part), { recursive: true });
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

/** Runs a copy of the host's program instead of the one beside the sources. */
const copyIn =
  (folder: string): SpawnHost =>
  (_, args) =>
    spawn(process.execPath, [join(folder, 'runtime/processHost/main.ts'), ...args], { stdio: 'inherit' });

describe('a host that the embedder starts', () => {
  test('does everything that ours does', async () => {
    const told: string[] = [];
    const host = newHost({
      spawnHost(modulePath, args) {
        told.push(modulePath, ...args);
        return fork(modulePath, args, { stdio: 'ignore' });
      },
    });
    const { heard } = await onPty(host, 'echo hello; exit 3');
    expect(await heard.ending()).toMatchObject({ code: 3 });
    expect(heard.text()).toBe('hello\r\n');
    expect(told.slice(0, 2)).toEqual([join(checkout, 'runtime/processHost/main.ts'), '--connect']);
    const pid = (await host.pid())!;
    await host.close();
    expect(statOf(pid)).toBeUndefined();
    // The folder of its socket is gone.
    expect(existsSync(dirname(told[2]!))).toBe(false);
  });

  test('that ends at once is told as such, and tried again at the next need', async () => {
    let count = 0;
    const host = newHost({
      spawnHost(modulePath, args) {
        count += 1;
        return count === 1 ? spawn('false') : fork(modulePath, args, { stdio: 'ignore' });
      },
    });
    await expect(open(host, { command: 'true' })).rejects.toMatchObject({ code: 'PROCESS_LOST' });
    await open(host, { command: 'true' });
  });

  test('that never connects is ended, and told as such', async () => {
    const started: ChildProcess[] = [];
    const host = newHost({
      limits: { helloMs: 100 },
      spawnHost() {
        const child = spawn('sleep', ['1000']);
        started.push(child);
        return child;
      },
    });
    await expect(open(host, { command: 'true' })).rejects.toMatchObject({ code: 'PROCESS_LOST' });
    await becomes(() => started[0]?.signalCode === 'SIGTERM');
  });

  test('of another version is refused', async () => {
    const folder = elsewhere();
    const frames = join(folder, 'runtime/processHost/frames.ts');
    const text = readFileSync(frames, 'utf8').replace(/protocolVersion = \d+/, 'protocolVersion = 999');
    writeFileSync(frames, text);
    const opening = open(newHost({ spawnHost: copyIn(folder) }), { command: 'true' });
    await expect(opening).rejects.toMatchObject({ code: 'PROCESS_LOST', message: /another version/ });
  });
});

describe('without the PTY library', () => {
  test('a PTY is refused with what to install, and pipes work', async () => {
    const host = newHost({ spawnHost: copyIn(elsewhere()) });
    const opening = open(host, { command: 'true', size });
    await expect(opening).rejects.toMatchObject({
      code: 'PTY_UNAVAILABLE',
      message: /npm install @lydell\/node-pty/,
    });
    const { heard } = await piped(host, 'echo hello');
    await heard.ending();
    expect(heard.text()).toBe('hello\n');
  });
});

describe('a host without PTYs', () => {
  test('has not loaded the library', async () => {
    const host = newHost();
    await piped(host, 'true');
    const pid = (await host.pid())!;
    const isLoaded = (): boolean => readFileSync(`/proc/${pid}/maps`, 'latin1').includes('pty.node');
    expect(isLoaded()).toBe(false);
    await onPty(host, 'true');
    await becomes(isLoaded);
  });
});

describe('a secret', () => {
  test('is in the child alone: no error, no command line, no environment of the host shows it', async () => {
    const host = newHost();
    const secretEnv = { KEY: 'hush-4711' };
    const { child, heard } = await piped(host, 'echo $KEY; read line', { secretEnv });
    await heard.says('hush-4711');
    const pid = (await host.pid())!;
    const shown = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'latin1'));
    expect(shown.join('')).not.toContain('hush-4711');
    expect(readFileSync(`/proc/${child.mark.pid}/cmdline`, 'latin1')).not.toContain('hush-4711');
    const failed = await open(host, { command: 'no-such-program', secretEnv }).catch(
      (error: unknown) => error,
    );
    expect(JSON.stringify(failed) + String(failed)).not.toContain('hush-4711');
  });
});
