/** Runs whose worker or whose whole process is lost, for real (contract S5, R3). */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { isTroupeError } from '../../../actors/troupeError.ts';
import { openTroupe } from '../../../runtime/index.ts';
import type { Troupe } from '../../../runtime/index.ts';
import type { Run } from '../../../runtime/run.ts';
import { Project } from '../../project.ts';
import { newDirectory } from '../open.ts';
import type * as agents from './agents.ts';

// Processes and threads start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

type Agents = Troupe<typeof agents.counter>;
const launch = { command: 'agent', stdio: 'pipe' } as const;
const actors = new URL('agents.ts', import.meta.url);

const turnsOf = async (run: Run, count: number) =>
  run.until(({ context }) => context.book.used.turns >= count && context.book.turnId === null);

/** By an actor of the same worker; the same one twice would be set aside. */
async function workerLost(troupe: Agents, by: string): Promise<void> {
  await troupe.actor('counter', by).send({ type: 'exit', code: 1 });
}

describe('a worker is lost', () => {
  test('its runs go on, under both onExit: their processes are still there', async () => {
    await using troupe = await openTroupe<typeof agents>({ directory: newDirectory(), actors, workers: 1 });
    const runs = (['end', 'idle'] as const).map((onExit) => ({ onExit, run: troupe.run(onExit) }));
    for (const { onExit, run } of runs) await run.start({ launch, onExit, engine: 'steady' });
    for (const { run } of runs) await turnsOf(run, 1);
    await workerLost(troupe, 'x');
    for (const { run } of runs) {
      await run.prompt('Go on');
      await turnsOf(run, 2);
    }
    await workerLost(troupe, 'y');
    for (const { run } of runs) {
      const { sealed, digest } = await run.digest();
      expect([sealed, digest.outcome]).toEqual([false, null]);
      expect(digest).toMatchObject({ processes: { started: 1, lost: 0 }, turns: { byStatus: { ok: 2 } } });
      await run.stop();
      expect(await run.result()).toMatchObject({ cause: 'stopped', text: 'Two' });
      expect(await run.verify()).toMatchObject({ ok: true });
    }
    expect((await troupe.stats()).workers.map(({ restarts }) => restarts)).toEqual([2]);
  });

  test('within a turn: nothing is said twice, and the turn ends well', async () => {
    await using troupe = await openTroupe<typeof agents>({ directory: newDirectory(), actors, workers: 1 });
    const run = troupe.run('a');
    await run.start({ launch, engine: 'steered' });
    await run.until(({ tags }) => tags.includes('busy'));
    await workerLost(troupe, 'x');
    await run.prompt('The other half', { mode: 'steer' });
    expect(await run.result()).toMatchObject({ cause: 'completed', text: 'Half of it' });
    expect((await run.digest()).digest).toMatchObject({ turns: { byStatus: { ok: 1, lost: 0 } } });
  });
});

test('the process of a script that cannot be taken up again is lost with its worker', async () => {
  await using troupe = await openTroupe<typeof agents>({ directory: newDirectory(), actors, workers: 1 });
  const [one, other] = [troupe.run('end'), troupe.run('idle')];
  await one.start({ launch, engine: 'generated' });
  await other.start({ launch, engine: 'generated', onExit: 'idle' });
  await turnsOf(one, 1);
  await turnsOf(other, 1);
  await workerLost(troupe, 'x');
  expect(await one.result()).toMatchObject({ cause: 'lost', digest: { processes: { started: 1, lost: 1 } } });
  await other.prompt('Go on');
  await other.until(({ context }) => context.book.used.turns === 2);
  expect((await other.digest()).digest.processes).toMatchObject({ lost: 1 });
});

/** Starts its runs, says that they work, and dies. */
const program = `
import { openTroupe } from 'troupe';
const troupe = await openTroupe({ directory: 'data', actors: ${JSON.stringify(actors.href)}, workers: 1 });
const launch = { command: 'agent', stdio: 'pipe' } as const;
for (const onExit of ['end', 'idle'] as const) {
  const run = troupe.run(onExit);
  await run.start({ launch, onExit, parent: 'run/boss' });
  await run.until(({ tags }) => tags.includes('busy'));
  await run.send({ type: 'permission.ask', requestId: 'r', kind: 'tool', title: 'May I?',
    options: [{ optionId: 'no', label: 'No', effect: 'deny' }] });
}
console.log('they work');
process.kill(process.pid, 'SIGKILL');
`;

describe('the process of the runtime is killed', () => {
  test('and opened again: lost under onExit end, interrupted under idle, once each', async () => {
    using project = new Project(new Map([['life.ts', program]]));
    expect(await project.run('life.ts')).toMatchObject({ errors: '', out: 'they work\n', signal: 'SIGKILL' });
    const directory = join(project.path, 'data');
    expect(readdirSync(directory)).not.toEqual([]);
    for (const life of [1, 2]) {
      await using troupe = await openTroupe<typeof agents>({ directory, actors, workers: 1 });
      const ended = await troupe.run('end').result();
      expect(ended).toMatchObject({ cause: 'lost', digest: { processes: { started: 1, lost: 1 } } });
      expect(ended.digest).toMatchObject({ turns: { byStatus: { lost: 1 } }, permissions: { cancelled: 1 } });
      const idle = await troupe.run('idle').until(({ tags }) => tags.includes('interrupted'));
      expect([idle.tags, idle.context.book.asks]).toEqual([expect.arrayContaining(['idle']), []]);
      expect((await troupe.run('idle').digest()).digest.processes).toMatchObject({ started: 1, lost: 1 });
      expect(await troupe.verify()).toMatchObject({ ok: true, bad: [] });
      if (life === 1) continue;
      const told: string[] = [];
      await vi.waitFor(async () => {
        const { records } = await troupe.outbox('boss').drain();
        told.push(...records.map(({ child, kind }) => `${child} ${kind}`));
        expect(told).toContain('run/end crashed');
      });
      expect(told.toSorted()).toEqual(['run/end crashed', 'run/end permission', 'run/idle permission']);
    }
  });

  test('a run that is not hosted any more is still read', async () => {
    using project = new Project(new Map([['life.ts', program]]));
    await project.run('life.ts');
    await using troupe = await openTroupe({ directory: join(project.path, 'data') });
    const types: string[] = [];
    for await (const { event } of troupe.run('end').history()) types.push(event.type);
    expect(types.slice(0, 3)).toEqual(['actor.born', 'run.start', 'process.start']);
    const error: unknown = await troupe
      .run('none')
      .digest()
      .catch((e: unknown) => e);
    expect(isTroupeError(error, 'NOT_FOUND')).toBe(true);
  });
});
