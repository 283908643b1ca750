/** How sessions are ended, and what looking for them costs: tables of processes that were read, counted. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Endings } from '../../../runtime/processHost/ending.ts';
import { defaultProcessLimits } from '../../../runtime/processHost/limits.ts';
import { groupsOf, signalGroup, startTimeOf } from '../../../runtime/processHost/processTable.ts';
import type { ProcessMark } from '../../../runtime/processHost/processTable.ts';
import { becomes, sessionOf } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

type Started = ChildProcessByStdio<null, Readable, null>;

/** A shell that leads a session of its own, once it has said a line. */
async function leader(script: string): Promise<{ child: Started; mark: ProcessMark; line: string }> {
  const child = spawn('bash', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => {
    // One that has ended may have lost its pid to another.
    if (child.exitCode === null && child.signalCode === null) signalGroup(child.pid!, 'SIGKILL');
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const pid = child.pid!;
  return { child, mark: { pid, startTime: startTimeOf(pid) }, line };
}

/** Endings whose looks at the whole table are counted. */
function counted(): { readonly endings: Endings; readonly looks: () => number } {
  let looks = 0;
  const endings = new Endings({ ...defaultProcessLimits, hangupMs: 200 }, (leaders) => {
    looks += 1;
    return groupsOf(leaders);
  });
  return { endings, looks: () => looks };
}

describe('an ending', () => {
  test('hangs its leader up before it looks at anybody else', async () => {
    const { child, mark } = await leader('echo ready; while :; do sleep 1000; done');
    const { endings, looks } = counted();
    const exited = once(child, 'exit');
    const ended = endings.end(mark);
    expect(looks()).toBe(0);
    expect(await exited).toEqual([null, 'SIGHUP']);
    expect(await ended).toBe(true);
    expect(sessionOf(mark.pid)).toEqual([]);
  });

  test('of one that has gone takes one look', async () => {
    const { child, mark } = await leader('echo ready');
    await once(child, 'exit');
    const { endings, looks } = counted();
    expect(await endings.end(mark)).toBe(true);
    expect(looks()).toBe(1);
  });

  test('of fifty that have gone takes one look for all of them', async () => {
    const gone = await Promise.all(Array.from({ length: 50 }, async () => leader('echo ready')));
    await becomes(() => gone.every(({ mark }) => sessionOf(mark.pid).length === 0));
    const { endings, looks } = counted();
    expect(await Promise.all(gone.map(async ({ mark }) => endings.end(mark)))).not.toContain(false);
    expect(looks()).toBe(1);
  });

  test('finds the jobs in groups of their own, and hangs each up once', async () => {
    // The job has lost its parent, leads no session, and is in a group that nobody has told of.
    const loop = 'while :; do sleep 0.01; done';
    const job = `trap 'echo hung >&3' HUP; trap 'echo ended >&3; exit' TERM; echo ready >&3; ${loop}`;
    const script = `exec 3>&1; trap 'exit 7' HUP; set -m; (bash -c "${job}" >/dev/null & ); ${loop}`;
    const { child, mark } = await leader(script);
    const said: string[] = [];
    createInterface(child.stdout).on('line', (line) => said.push(line));
    const { endings } = counted();
    const exited = once(child, 'exit');
    expect(await endings.end(mark)).toBe(true);
    expect(await exited).toEqual([7, null]);
    await becomes(() => said.length >= 2);
    expect(said).toEqual(['hung', 'ended']);
  });

  test('leaves alone who has the pid of one that it led', async () => {
    const { child, mark } = await leader('echo ready; while :; do sleep 1000; done');
    const { endings } = counted();
    expect(await endings.end({ pid: mark.pid, startTime: mark.startTime! - 1 })).toBe(true);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    expect(sessionOf(mark.pid)).toContain(mark.pid);
  });
});
