/** Who dies under a session that is busy, and what becomes of it: a worker, the process host, the runtime. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import { sampleUrl } from '../open.ts';
import type { Sample } from '../open.ts';
import { becomes, isThere, sessionOf, statOf } from '../processHost/kit.ts';
import { ended, expectNoGap, newFolder, openRuntime, openSession, pidOf, printed } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

test('a worker that crashes loses and doubles nothing of a busy session: its command ends', async () => {
  const directory = newFolder();
  const troupe = await openTroupe<Sample>({ directory, actors: sampleUrl, workers: 1 });
  onTestFinished(async () => troupe.close());
  const session = await openSession(troupe, { shell: 'bash' });
  const running = session.exec(
    'stty -echo; for i in $(seq 3000); do echo "line $i"; done; read word; echo "<$word>"',
  );
  await printed(session, /line 100\r/);
  await troupe.actor('counter', 'crasher').send({ type: 'add' });
  const crash = troupe.actor('counter', 'crasher').send({ type: 'exit', code: 3 });
  // On its way while there is no host, and recorded by the next one.
  const typed = session.write('through\n');
  await Promise.all([crash, typed]);
  const { outcome, exitCode, text } = await running;
  expect([outcome, exitCode]).toEqual(['completed', 0]);
  const lines = [...text.matchAll(/line (\d+)\r\n/g)].map(([, n]) => Number(n));
  expect(lines).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1));
  expect(text.match(/<through>/g)).toHaveLength(1);
  await expectNoGap(session);
  expect((await troupe.stats()).workers[0]).toMatchObject({ restarts: 1 });
  expect((await session.exec('echo $((6 * 7))')).text).toContain('42');
  await session.close();
  expect(await session.verify()).toMatchObject({ ok: true });
});

test('a process host that is killed loses its sessions, and the next one starts another', async () => {
  const troupe = await openRuntime();
  const session = await openSession(troupe, { shell: 'bash' });
  const pid = await pidOf(session);
  const running = session.exec('sleep 1000');
  await printed(session, /sleep 1000/);
  process.kill(Number(statOf(pid)![1]), 'SIGKILL');
  expect(await running).toMatchObject({ outcome: 'exited' });
  await ended(session);
  const { digest, seal } = await session.digest();
  expect([seal?.cause, digest.end?.by]).toEqual(['lost', 'lost']);
  await becomes(() => !isThere(pid));
  const next = await openSession(troupe, { shell: 'bash' });
  expect(await next.exec('exit 4')).toMatchObject({ outcome: 'exited' });
  await ended(next);
  expect((await next.digest()).digest.end).toEqual({ by: 'exit', code: 4, signal: null });
});

interface Said {
  readonly id: string;
  readonly pid: number;
}

/** A program of this folder with a runtime in this directory, which has said whom it started. */
async function runtimeElsewhere(
  program: string,
  directory: string,
): Promise<{ readonly said: readonly Said[]; readonly kill: () => Promise<unknown> }> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [path, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const said = JSON.parse(line) as Said[];
  for (const { pid } of said) expect(isThere(pid)).toBe(true);
  const kill = async (): Promise<unknown> => {
    child.kill('SIGKILL');
    return once(child, 'exit');
  };
  return { said, kill };
}

test('a runtime that is killed leaves no process, and recovery seals its sessions as lost', async () => {
  const directory = newFolder();
  const { said, kill } = await runtimeElsewhere('runtimeProcess.ts', directory);
  await kill();
  const troupe = await openRuntime({ directory });
  for (const { id, pid } of said) {
    const session = troupe.pty(id);
    await ended(session);
    expect((await session.digest()).seal?.cause).toBe('lost');
    await becomes(() => sessionOf(pid).length === 0);
    await expect(session.exec('echo late')).rejects.toMatchObject({ code: 'SEALED' });
  }
  await troupe.close();
  // W7.
  for (const name of readdirSync(directory)) {
    expect(readFileSync(join(directory, name)).includes('sesame-opens')).toBe(false);
  }
});

test('a runtime that is killed leaves no child that does not listen or does not stop', async () => {
  const directory = newFolder();
  const { said, kill } = await runtimeElsewhere('heedlessRuntime.ts', directory);
  const hosts = new Set(said.map(({ pid }) => Number(statOf(pid)![1])));
  expect(hosts.size).toBe(1);
  await kill();
  const troupe = await openRuntime({ directory });
  for (const { id: address, pid } of said) {
    const [kind = '', id = ''] = address.split('/');
    const ref = kind === 'pty' ? troupe.pty(id) : troupe.run(id);
    for await (const { sealed } of ref.subscribe({ windowMs: 0 })) if (sealed) break;
    expect([address, (await ref.digest()).seal?.cause]).toEqual([address, 'lost']);
    expect(await ref.verify()).toMatchObject({ ok: true });
    await becomes(() => sessionOf(pid).length === 0);
  }
  for (const host of hosts) await becomes(() => !isThere(host));
  await expectNoGap(troupe.pty('loud'));
});

test('closing ends every session in order, and its end is recorded before close returns', async () => {
  const directory = newFolder();
  const troupe = await openTroupe({ directory });
  const session = await openSession(troupe, { shell: 'bash' });
  const pid = await pidOf(session);
  const host = Number(statOf(pid)![1]);
  const running = session.exec('trap "echo last words; exit" HUP; while :; do sleep 0.01; done');
  await printed(session, /while/);
  running.catch(() => undefined); // The runtime it waits in closes.
  await troupe.close();
  for (const one of [pid, host]) expect(isThere(one)).toBe(false);
  const later = await openRuntime({ directory });
  const { digest, seal } = await later.pty(session.address.slice('pty/'.length)).digest();
  expect([seal?.cause, digest.end?.by]).toEqual(['killed', 'exit']);
});
