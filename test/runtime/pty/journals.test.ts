/**
 * The journal behind a session whose child prints: a disk that runs full, and a journal that takes nothing
 * for a while. The child waits, and nothing it says is lost.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import type { Pty } from '../../../runtime/index.ts';
import { defaultProcessLimits } from '../../../runtime/processHost/limits.ts';
import { Scratch } from '../../storage/lmdb/scratch.ts';
import type * as gates from '../actors/gate.ts';
import { becomes, isThere, statOf } from '../processHost/kit.ts';
import { expectNoGap, foreground, newFolder, openRuntime, openSession, pidOf } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const megabyte = 1024 * 1024;

interface Printed {
  readonly bytes: number;
  readonly sha256: string;
}

/** What `seq` prints on a terminal. */
function counted(to: number): Printed {
  return printedBy(Buffer.from(Array.from({ length: to }, (_, i) => `${i + 1}\r\n`).join('')));
}

function printedBy(bytes: Uint8Array): Printed {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** The program that this session's shell has started. */
async function startedIn(session: Pty, program: string): Promise<number> {
  await foreground(session, program);
  return Number(statOf(await pidOf(session))?.[5]);
}

/** Resolves with the codes of the first commits that fail, so many. */
async function failures(count: number): Promise<readonly string[]> {
  const codes: string[] = [];
  return new Promise((resolve) => {
    const take = (message: unknown): void => {
      const { error } = message as { readonly error: { readonly code: string } };
      if (codes.push(error.code) >= count) resolve(codes);
    };
    subscribe('tracing:troupe.commit:error', take);
    onTestFinished(() => void unsubscribe('tracing:troupe.commit:error', take));
  });
}

test('on a full disk the child waits; with room again it goes on, and nothing is lost', async (context) => {
  const scratch = new Scratch();
  onTestFinished(() => scratch[Symbol.dispose]());
  const disk = scratch.tmpfs(64 * megabyte);
  if (disk === undefined) {
    context.skip('no tmpfs');
    return;
  }
  const filler = join(disk, 'filler');
  writeFileSync(filler, Buffer.alloc(56 * megabyte));
  const directory = join(disk, 'journal');
  mkdirSync(directory);
  // In this thread, where commits are told.
  const troupe = await openRuntime({ directory, workers: 0 });
  const session = await openSession(troupe, { shell: 'sh' });
  const last = 1_500_000;
  const refused = failures(2);
  const running = session.exec(`seq ${last}`, { maxOutputBytes: counted(last).bytes });
  const child = await startedIn(session, 'seq');
  expect(await refused).toEqual(['JOURNAL_FULL', 'JOURNAL_FULL']);
  expect(isThere(child)).toBe(true);
  rmSync(filler);
  const { outcome, exitCode, output } = await running;
  expect([outcome, exitCode]).toEqual(['completed', 0]);
  expect(printedBy(output)).toEqual(counted(last));
  await expectNoGap(session);
  expect((await session.exec('echo $((6 * 7))')).text).toContain('42');
  await session.close();
  expect(await session.verify()).toMatchObject({ ok: true });
});

/** A pipe with a name; what is written stays in it until somebody reads. */
function newFifo(): { readonly path: string; readonly go: () => void } {
  const path = join(newFolder(), 'fifo');
  execFileSync('mkfifo', [path]);
  const descriptor = openSync(path, 'r+');
  onTestFinished(() => closeSync(descriptor));
  return { path, go: () => void writeSync(descriptor, '\n') };
}

/** Bytes that a process has written. */
function writtenBy(pid: number): number {
  return Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1]);
}

/** It has more to write, and its host, which nothing wakes, does not take it. */
function isStopped(pid: number, host: number): boolean {
  const before = writtenBy(pid);
  const states = [statOf(pid)?.[0], statOf(host)?.[0], statOf(pid)?.[0]];
  return states.every((state) => state === 'S') && writtenBy(pid) === before;
}

test.skipIf(process.platform !== 'linux')(
  'while nothing is recorded the child gets no further than its window',
  async () => {
    const [held, started] = [newFifo(), newFifo()];
    const actors = new URL('../actors/gate.ts', import.meta.url);
    const troupe = await openTroupe<typeof gates>({ directory: newFolder(), actors, workers: 1 });
    onTestFinished(async () => troupe.close());
    const session = await openSession(troupe, { shell: 'sh' });
    const last = 1_000_000;
    const running = session.exec(`read go <${started.path}; seq ${last}`, {
      maxOutputBytes: counted(last).bytes,
    });
    await session.waitFor({ text: 'seq' });
    const holding = troupe.actor('gate', 'one').send({ type: 'hold', fifo: held.path });
    await becomes(() => existsSync(`${held.path}.held`));
    started.go();
    const shell = await pidOf(session);
    const child = await startedIn(session, 'seq');
    const { windowBytes } = defaultProcessLimits;
    await becomes(() => writtenBy(child) > windowBytes / 2 && isStopped(child, Number(statOf(shell)?.[1])));
    // Beside the window: what one read of the host brings, and what the system holds of a terminal.
    expect(writtenBy(child)).toBeLessThan(windowBytes + megabyte / 4);
    held.go();
    await holding;
    const { outcome, exitCode, output } = await running;
    expect([outcome, exitCode]).toEqual(['completed', 0]);
    expect(printedBy(output)).toEqual(counted(last));
    await expectNoGap(session);
    await session.close();
  },
);
