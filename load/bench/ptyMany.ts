/**
 * What does a session cost: to open one, run a command and close it, beside the library's spawn to its first
 * output (V13); and a thousand idle ones in memory (V14).
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { spawn } from '@lydell/node-pty';
import { openTroupe } from '../../runtime/index.ts';
import type { Pty, Troupe } from '../../runtime/index.ts';
import { scratch } from '../disk.ts';
import { collectGarbage, duration, inTurns, median, medianRatio, middleOf, ratiosOf } from '../measure.ts';
import { bench, fixed, goal, spreadOf, times } from '../report.ts';
import type { Report } from '../report.ts';

const rounds = 40;
const idle = 1000;
const wanted = { open: 2, idleMegabytes: 1 };
/** agent-tty 0.5.0 on a machine of this class: beside us, not measured here. */
const reference = { open: '1280 ms', idle: '111 MB' };
const megabyte = 2 ** 20;

await bench(measure);

async function measure(): Promise<Report> {
  const troupe = await openTroupe({ directory: scratch('ptyMany'), workers: 1 });
  const samples = await inTurns(rounds, () => ({ spawned, session: async () => session(troupe) }));
  const memory = await idling(troupe);
  await troupe.close();
  const ratio = medianRatio(samples.session, samples.spawned);
  const each = memory.runtime + memory.host;
  const ms = (figures: readonly number[]): string => `${median(figures).toFixed(1)} ms`;
  const mb = (bytes: number, bound?: number): string => `${fixed(bytes / megabyte, 2, bound)} MB`;
  return {
    name: 'ptyMany',
    question: 'What does a session cost?',
    settings: [
      `sh; one worker; medians of ${rounds} rounds, in turns. A session is opened, runs true and is ` +
        'closed, all of it durable; the library spawns and gives its first output.',
      `${idle} idle sessions of sh at once: memory of their own (RssAnon) of the runtime and of its ` +
        'process host, each divided by their number; the shells themselves apart.',
      'agent-tty 0.5.0: as measured on a machine of this class (create; an idle session), not in this run.',
    ],
    tables: [
      {
        columns: ['', 'measured', 'agent-tty'],
        rows: [
          ['the library: spawn to first output', ms(samples.spawned), ''],
          ['a session: open, first command, close', ms(samples.session), reference.open],
          ['an idle session: runtime', mb(memory.runtime), ''],
          ['an idle session: process host', mb(memory.host), ''],
          ['an idle session: both', mb(each), reference.idle],
          ['its shell', mb(memory.shell), ''],
        ],
      },
    ],
    goals: [
      goal(
        `V13: a session ≤ ${wanted.open} × spawn to first output`,
        times(ratio, wanted.open),
        ratio <= wanted.open,
        spreadOf(middleOf(ratiosOf(samples.session, samples.spawned), 1)),
      ),
      goal(
        `V14: an idle session ≤ ${wanted.idleMegabytes} MB`,
        mb(each, wanted.idleMegabytes),
        each <= wanted.idleMegabytes * megabyte,
      ),
    ],
  };
}

async function session(troupe: Troupe): Promise<number> {
  return duration(async () => {
    const one = troupe.pty();
    await one.open({ shell: 'sh', env: { PS1: '$ ' } });
    assert.equal((await one.exec('true')).outcome, 'completed');
    await one.close();
  });
}

async function spawned(): Promise<number> {
  let ended: Promise<void> | undefined;
  const took = await duration(async () => {
    const pty = spawn('sh', [], { cols: 80, rows: 24, env: { ...process.env, PS1: '$ ' } });
    ended = new Promise((resolve) => pty.onExit(() => resolve()));
    await new Promise<void>((resolve) => pty.onData(() => resolve()));
    pty.kill('SIGKILL');
  });
  await ended;
  return took;
}

/** Bytes of each of so many idle sessions. */
async function idling(
  troupe: Troupe,
): Promise<{ readonly runtime: number; readonly host: number; readonly shell: number }> {
  const first = await opened(troupe);
  const host = Number(/^PPid:\s+(\d+)/m.exec(statusOf(await pidOf(first)))?.[1]);
  collectGarbage();
  const before = [memoryOf(process.pid), memoryOf(host)] as const;
  const sessions: Pty[] = [];
  for (let i = 0; i < idle; i += 50) {
    sessions.push(...(await Promise.all(Array.from({ length: 50 }, async () => opened(troupe)))));
  }
  collectGarbage();
  const [runtime, theirs] = [memoryOf(process.pid) - before[0], memoryOf(host) - before[1]];
  const shells = await Promise.all(sessions.map(async (one) => memoryOf(await pidOf(one))));
  assert.equal(new Set(shells.map((_, i) => sessions[i]?.address)).size, idle);
  for (let i = 0; i < idle; i += 50) {
    await Promise.all(sessions.slice(i, i + 50).map(async (one) => one.close()));
  }
  return { runtime: runtime / idle, host: theirs / idle, shell: median(shells) };
}

async function opened(troupe: Troupe): Promise<Pty> {
  const one = troupe.pty();
  await one.open({ shell: 'sh', env: { PS1: '$ ' } });
  return one;
}

async function pidOf(one: Pty): Promise<number> {
  for await (const { event } of one.history({ types: ['pty.opened'] })) return event.pid;
  throw new Error(`${one.address} has not been opened`);
}

function memoryOf(pid: number): number {
  return Number(/^RssAnon:\s+(\d+)/m.exec(statusOf(pid))?.[1]) * 1024;
}

function statusOf(pid: number): string {
  return readFileSync(`/proc/${pid}/status`, 'latin1');
}
