/**
 * Many sessions opened and closed (W6): shells, programs, children that refuse to end, jobs in the
 * background, output nobody looks at. What is left in /proc afterwards must be what was there before.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pty, PtyOpen, Troupe } from '../../../runtime/index.ts';
import { childrenOf, descriptorsOf, parentOf, sessionOf } from './processes.ts';

interface Way {
  readonly open: PtyOpen;
  readonly end: (session: Pty, pid: number) => Promise<unknown>;
  readonly cause: 'exited' | 'killed';
}

const script = (text: string): PtyOpen => ({ command: 'bash', args: ['--norc', '-c', text] });

/** How they live and end, in turns. */
const ways: readonly Way[] = [
  { open: { shell: 'sh' }, end: async (session) => session.close(), cause: 'killed' },
  { open: { shell: 'sh' }, end: async (session) => session.exec('exit 3'), cause: 'exited' },
  { open: script('exec sleep 1000'), end: async (session) => session.close(), cause: 'killed' },
  { open: script('exec sleep 1000'), end: async (_, pid) => process.kill(pid, 'SIGKILL'), cause: 'exited' },
  { open: script('exec yes'), end: async (session) => session.close(), cause: 'killed' },
  { open: script('sleep 1000 & sleep 1000'), end: async (session) => session.close(), cause: 'killed' },
  { open: script('trap "" HUP; sleep 1000'), end: async (session) => session.close(), cause: 'killed' },
  { open: script('exit 4'), end: async () => undefined, cause: 'exited' },
];

/** As many as live at the same time. */
const waveMax = 200;

export interface Crowd {
  readonly sessions: number;
  /** Descriptors of the host: before the first wave, and after the last. */
  readonly descriptors: readonly [number, number];
}

/** `random` gives numbers from 0 to 1. */
export async function crowd(troupe: Troupe, count: number, random: () => number): Promise<Crowd> {
  const keeper = troupe.pty();
  await keeper.open({ command: 'cat' });
  const host = parentOf(await pidOf(keeper));
  const before = { ours: descriptorsOf(process.pid), host: descriptorsOf(host) };
  const pids: number[] = [];
  for (let done = 0; done < count; done += waveMax) {
    pids.push(...(await wave(troupe, Math.min(waveMax, count - done), random)));
    await becomes(`one child of the host is left`, () => childrenOf(host).length === 1);
  }
  const left = pids.filter((pid) => sessionOf(pid).length > 0);
  assert.deepEqual(left, [], 'no process of a session that was closed is left');
  const after = { ours: descriptorsOf(process.pid), host: descriptorsOf(host) };
  assert(after.host <= before.host, `the host has ${after.host} descriptors, it had ${before.host}`);
  // The journal may have opened a reader meanwhile; nothing grows with the sessions.
  assert(after.ours <= before.ours + 4, `this process has ${after.ours} descriptors, it had ${before.ours}`);
  await keeper.close();
  await becomes('the host has no child', () => childrenOf(host).length === 0);
  return { sessions: count, descriptors: [before.host, after.host] };
}

async function wave(troupe: Troupe, count: number, random: () => number): Promise<readonly number[]> {
  const chosen = Array.from({ length: count }, () => ways[Math.floor(random() * ways.length)]!);
  const open = await Promise.all(
    chosen.map(async (way) => {
      const session = troupe.pty();
      await session.open(way.open);
      return { way, session, pid: await pidOf(session) };
    }),
  );
  await Promise.all(
    open.map(async ({ way, session, pid }) => {
      await way.end(session, pid);
      await sealed(session);
      const { seal } = await session.digest();
      assert.equal(seal?.cause, way.cause, `${session.address}, ${JSON.stringify(way.open)}`);
      assert.equal((await session.verify()).ok, true);
    }),
  );
  return open.map(({ pid }) => pid);
}

async function pidOf(session: Pty): Promise<number> {
  for await (const { event } of session.history({ types: ['pty.opened'] })) return event.pid;
  throw new Error(`${session.address} has not been opened`);
}

export async function sealed(session: Pty): Promise<void> {
  for await (const note of session.subscribe({ windowMs: 0 })) if (note.sealed) return;
}

/** Nobody announces what /proc says: someone must look, and not for ever. */
async function becomes(fact: string, holds: () => boolean): Promise<void> {
  const until = Date.now() + 30_000;
  while (!holds()) {
    assert(Date.now() < until, `it never came to this: ${fact}`);
    await pause(10);
  }
}
