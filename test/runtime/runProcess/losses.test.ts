/** Who dies under a run that is busy, and what becomes of it: a worker, the process host, the runtime. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import type { Run } from '../../../runtime/index.ts';
import { openSample } from '../open.ts';
import { becomes, isThere, sessionOf, statOf } from '../processHost/kit.ts';
import { eventsOf, init, newFolder, openRuntime, parsed, result, StandIn, turn, turnsEnded } from './kit.ts';
import type { Act } from './standIn.ts';

vi.setConfig({ testTimeout: 60_000 });

/** By an actor of the same worker; the same one twice would be set aside. */
async function loseWorker(troupe: Awaited<ReturnType<typeof openSample>>, by: string): Promise<void> {
  await troupe.actor('counter', by).send({ type: 'exit', code: 3 });
}

const delta = (text: string): Act => ({
  say: { type: 'stream_event', event: { type: 'content_block_delta', delta: { type: 'text_delta', text } } },
});
const words = Array.from({ length: 2000 }, (_, n) => `${n} `);

async function textOf(run: Run): Promise<string> {
  const deltas = (await eventsOf(run, 'message.delta')) as { type: string; text: string }[];
  return deltas.map(({ text }) => text).join('');
}

test('a worker that crashes within a turn loses and doubles nothing; prompts arrive', async () => {
  const troupe = await openSample({ workers: 1 });
  const one = new StandIn([
    init(),
    { say: { type: 'stream_event', event: { type: 'message_start', message: { id: 'm1' } } } },
    ...words.slice(0, 1000).map(delta),
    { hear: 'Go on' },
    ...words.slice(1000).map(delta),
    result(),
    { hear: 'Another' },
    ...turn('m2', 'Yes'),
  ]);
  const run = troupe.run('a');
  await run.start({ engine: 'claude', launch: one.launch });
  await run.until(({ context: { book } }) => book.turnId !== null);
  const crash = loseWorker(troupe, 'x');
  // On its way while there is no host, and recorded by the next one.
  await Promise.all([crash, run.prompt('Go on', { mode: 'steer' })]);
  await turnsEnded(run, 1);
  const [, second] = await Promise.all([loseWorker(troupe, 'y'), run.prompt('Another', { promptId: 'p2' })]);
  expect(second.promptId).toBe('p2');
  await turnsEnded(run, 2);
  expect(await textOf(run)).toBe(`${words.join('')}Yes`);
  const told = parsed(one.heard).map(({ message }) => (message as { content?: unknown }).content);
  expect(told).toEqual(['Go on', 'Another']);
  expect((await run.digest()).digest).toMatchObject({
    processes: { started: 1, lost: 0 },
    turns: { byStatus: { ok: 2, lost: 0 } },
  });
  expect(await run.verify()).toMatchObject({ ok: true });
  expect((await troupe.stats()).workers[0]).toMatchObject({ restarts: 2 });
});

test('a process host that is killed loses its processes, and a prompt launches the next', async () => {
  const troupe = await openRuntime();
  const busy = [init(), { hang: true }] as const;
  const [end, idle] = [new StandIn(busy), new StandIn(busy, [{ hear: 'Again' }, ...turn('m2', 'Again')])];
  const runs = [troupe.run('end'), troupe.run('idle')] as const;
  await runs[0].start({ engine: 'claude', launch: end.launch });
  await runs[1].start({ engine: 'claude', launch: idle.launch, onExit: 'idle' });
  for (const run of runs) await run.until(({ context: { book } }) => book.turnId !== null);
  const [pid = 0] = end.pids;
  process.kill(Number(statOf(pid)![1]), 'SIGKILL');
  expect((await runs[0].result()).cause).toBe('lost');
  await runs[1].until(({ tags }) => tags.includes('interrupted'));
  for (const one of [end, idle]) await becomes(() => !isThere(one.pids[0] ?? 0));
  await runs[1].prompt('Again');
  await turnsEnded(runs[1], 2);
  expect((await runs[1].digest()).digest).toMatchObject({ turns: { byStatus: { ok: 1, lost: 1 } } });
  expect(idle.started.at(-1)).toContain('--resume');
});

test('a runtime that is killed leaves no process: its runs are lost or interrupted', async () => {
  const directory = newFolder();
  const stubborn: readonly Act[] = [{ deaf: 'SIGTERM' }, { deaf: 'SIGHUP' }, init(), { hang: true }];
  const one = new StandIn(stubborn, stubborn, [{ hear: 'Again' }, ...turn('m2', 'Again')]);
  const program = fileURLToPath(new URL('runtimeProcess.ts', import.meta.url));
  const args = [program, directory, JSON.stringify(one.launch)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const said = JSON.parse(line) as { id: string; pid: number }[];
  for (const { pid } of said) expect(isThere(pid)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const troupe = await openRuntime({ directory });
  expect((await troupe.run('end').result()).cause).toBe('lost');
  const idle = troupe.run('idle');
  await idle.until(({ tags }) => tags.includes('interrupted'));
  for (const { id, pid } of said) {
    await becomes(() => sessionOf(pid).length === 0);
    expect(await eventsOf(troupe.run(id), 'process.lost')).toHaveLength(1); // R3
  }
  await idle.prompt('Again', { secretEnv: { API_KEY: 'sesame-opens-9731' } });
  await turnsEnded(idle, 2);
  expect(one.started.at(-1)?.slice(-2)).toEqual(['--resume', 's1']);
  await troupe.close();
  const files = readdirSync(directory).map((name) => readFileSync(join(directory, name)));
  expect([holds(files, 'a title'), holds(files, 'sesame-opens')]).toEqual([true, false]);
});

const holds = (files: readonly Buffer[], text: string): boolean => files.some((file) => file.includes(text));

test('a run whose secrets are gone says so instead of launching without them', async () => {
  const directory = newFolder();
  const one = new StandIn([...turn('m1', 'One'), { exit: 0 }]);
  const first = await openTroupe({ directory });
  const start = { engine: 'claude', launch: one.launch, onExit: 'idle' } as const;
  await first.run('a').start(start, { secretEnv: { API_KEY: 'x' } });
  await first.run('a').until(({ context: { book } }) => book.process === 'none');
  await first.close();
  const troupe = await openRuntime({ directory });
  const run = troupe.run('a');
  await run.prompt('Again');
  expect((await run.result()).cause).toBe('launchFailed');
  const [failure] = (await eventsOf(run, 'process.failed')) as { type: string; message: string }[];
  expect(failure?.message).toContain('API_KEY');
  expect(one.started).toHaveLength(1);
});

test('closing is neither stop nor crash: processes end in order, and are lost', async () => {
  const directory = newFolder();
  const one = new StandIn([init(), { hang: true }]);
  const troupe = await openTroupe({ directory });
  for (const onExit of ['end', 'idle'] as const) {
    await troupe.run(onExit).start({ engine: 'claude', launch: one.launch, onExit });
    await troupe.run(onExit).until(({ context: { book } }) => book.turnId !== null);
  }
  await troupe.close();
  for (const pid of one.pids) expect(isThere(pid)).toBe(false);
  const later = await openRuntime({ directory });
  expect((await later.run('end').result()).cause).toBe('lost');
  const { tags } = await later.run('idle').snapshot();
  expect(tags).toContain('interrupted');
  for (const id of ['end', 'idle']) expect(await eventsOf(later.run(id), 'process.lost')).toHaveLength(1);
});
