/** Who dies, and what becomes of the others: the runtime, the host, the children. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { becomes, isThere, newHost, onPty, open, piped, Recorder, sessionOf, size, statOf } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Said {
  readonly host: number;
  readonly pids: readonly number[];
}

/** A runtime elsewhere, with children that are ready. */
async function runtimeElsewhere(
  ...args: readonly string[]
): Promise<Said & { readonly process: ChildProcess }> {
  const program = fileURLToPath(new URL('runtimeProcess.ts', import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { ...(JSON.parse(line) as Said), process: child };
}

describe('a runtime that dies', () => {
  test.each(['SIGKILL', 'SIGTERM', 'SIGSEGV'] as const)(
    'by %s takes every child and the host along, those that refuse to end included',
    async (signal) => {
      const { host, pids, process: runtime } = await runtimeElsewhere();
      // Negative control: until then they live.
      for (const pid of [host, ...pids]) expect(isThere(pid)).toBe(true);
      runtime.kill(signal);
      await once(runtime, 'exit');
      await becomes(() => !isThere(host));
      // The host has waited for each: nothing to wait for any more.
      for (const pid of pids) expect(sessionOf(pid), `session ${pid}`).toEqual([]);
    },
  );

  test('by an exit of its own does the same', async () => {
    const { host, pids } = await runtimeElsewhere('--exit');
    await becomes(() => !isThere(host));
    for (const pid of pids) expect(sessionOf(pid)).toEqual([]);
  });

  test('or rather closes, leaves nothing, and ends by itself', async () => {
    const { host, pids, process: runtime } = await runtimeElsewhere('--close');
    await once(runtime, 'exit');
    expect(runtime.exitCode).toBe(0);
    for (const pid of [host, ...pids]) expect(isThere(pid)).toBe(false);
    for (const pid of pids) expect(sessionOf(pid)).toEqual([]);
  });
});

describe('a host that dies', () => {
  test.each(['SIGKILL', 'SIGABRT'] as const)(
    'by %s loses its children, once, and they are ended',
    async (signal) => {
      const host = newHost();
      const pipe = await piped(host, 'trap "" HUP; echo ready; while :; do sleep 1000; done');
      const pty = await onPty(host, 'trap "" HUP; echo ready; while :; do sleep 1000; done');
      const over = await piped(host, 'exit 5');
      await Promise.all([pipe.heard.says('ready'), pty.heard.says('ready'), over.heard.ending()]);
      const writing = pipe.child.write(1, 'x'.repeat(1_000_000));
      process.kill((await host.pid())!, signal);
      await expect(writing).rejects.toMatchObject({ code: 'PROCESS_LOST', retryable: false });
      for (const { child, heard } of [pipe, pty]) {
        await heard.until(() => heard.endings.length > 0);
        expect(heard.endings).toEqual([{ lost: expect.stringMatching(/connection/) as unknown }]);
        // They do not outlive it, though nobody is left who waits for them.
        expect(['Z', undefined]).toContain(statOf(child.mark.pid)?.[0]);
      }
      expect(over.heard.endings).toHaveLength(1);
    },
  );

  test('is replaced at the next need', async () => {
    const host = newHost();
    const first = await piped(host, 'read line');
    const before = (await host.pid())!;
    process.kill(before, 'SIGKILL');
    await first.heard.until(() => first.heard.endings.length > 0);
    const second = await onPty(host, 'echo again');
    expect(await second.heard.ending()).toMatchObject({ code: 0 });
    expect(await host.pid()).not.toBe(before);
    const back = host.reattach(first.child.id, { out: 0, err: 0 }, new Recorder());
    await expect(back).rejects.toMatchObject({ code: 'PROCESS_LOST' });
    host.forget(first.child.id);
    await open(host, { id: first.child.id, command: 'true' });
  });

  test('is not needed again when it ends as told', async () => {
    const host = newHost();
    const { heard, child } = await onPty(host, 'echo ready; read line');
    await heard.says('ready');
    const pid = (await host.pid())!;
    await host.close();
    expect(heard.endings).toEqual([{ exit: expect.objectContaining({ signal: 'SIGHUP' }) as unknown }]);
    expect([isThere(pid), isThere(child.mark.pid)]).toEqual([false, false]);
    await expect(open(host, { command: 'true' })).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('does not end by the signals of a shell without its children', async () => {
    const host = newHost({ limits: { hangupMs: 60_000, killMs: 60_000 } });
    const { heard, child } = await piped(
      host,
      'trap "echo bye; exit 4" HUP; echo ready; while :; do sleep 0.01; done',
    );
    await heard.says('ready');
    process.kill((await host.pid())!, 'SIGINT');
    await heard.until(() => heard.endings.length > 0);
    const exit = expect.objectContaining({ code: 4, signal: null }) as unknown;
    expect([heard.text(), heard.endings]).toEqual(['ready\nbye\n', [{ exit }]]);
    expect(statOf(child.mark.pid)).toBeUndefined();
  });
});

describe('an ending', () => {
  test('takes the whole session: jobs in groups of their own, stopped ones too', async () => {
    const { child, heard } = await open(newHost(), { command: 'bash', args: ['--norc', '-i'], size });
    await child.write(1, 'sleep 1001 & sleep 1002 & sleep 1003 | cat & kill -STOP %2; echo do""ne\n');
    await heard.says('done');
    expect(sessionOf(child.mark.pid)).toHaveLength(5);
    child.end();
    await heard.ending();
    await becomes(() => sessionOf(child.mark.pid).length === 0);
  });

  test('reaches who refuses HUP and TERM by KILL', async () => {
    const host = newHost({ limits: { hangupMs: 20, terminateMs: 20 } });
    const { child, heard } = await piped(host, 'trap "" HUP TERM; echo ready; while :; do sleep 1000; done');
    await heard.says('ready');
    child.end();
    expect(await heard.ending()).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('leaves the time to say good-bye', async () => {
    const { child, heard } = await piped(
      newHost(),
      'trap "" HUP; trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.01; done',
    );
    await heard.says('ready');
    child.end();
    expect(await heard.ending()).toMatchObject({ code: 0 });
    expect(heard.text()).toBe('ready\nbye\n');
  });
});
