/** What ended long ago goes by itself; what lives, what is owed and what was counted stay. */
import { expect, test, vi } from 'vitest';
import { openTestTroupe } from '../../runtime/testing.ts';
import { openTroupe } from '../../runtime/index.ts';
import type { Troupe } from '../../runtime/index.ts';
import type { RowChanges } from '../../runtime/watch.ts';
import type { Run } from '../../runtime/run.ts';
import { newDirectory } from './open.ts';

// A bound of what may be waited for on a busy machine, no time that is measured.
vi.setConfig({ testTimeout: 60_000 });

const hourMs = 3_600_000;

/** A run with something in it, that has ended. */
async function done(run: Run): Promise<void> {
  await run.start({ title: run.address, engine: 'claude' });
  await run.send({ type: 'usage', key: 'k', model: 'm', mode: 'delta', scope: 'turn', input: 5, output: 0 });
  await run.send({ type: 'note', text: 'long '.repeat(20_000) } as { type: 'note' });
  await run.end({ cause: 'completed' });
}

async function typesOf(run: Run): Promise<string[]> {
  const types: string[] = [];
  for await (const { event } of run.history()) types.push(event.type);
  return types;
}

async function idsOf(troupe: Troupe): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of troupe.list()) ids.push(id);
  return ids.toSorted();
}

const ended = { code: 'SEALED' };

test('a history goes after its days; row, digest and seal stay, and so does what lives', async () => {
  await using stage = await openTestTroupe({ retention: { sealedDays: 0.5 } });
  const [old, live] = [stage.troupe.run('old'), stage.troupe.run('live')];
  await live.start({ title: 'Live' });
  await done(old);
  await stage.advance(6 * hourMs);
  const young = stage.troupe.run('young');
  await done(young);
  expect(await typesOf(old)).toHaveLength(5);
  await stage.advance(7 * hourMs);
  expect(await typesOf(old)).toEqual([]);
  expect([await typesOf(young), await typesOf(live)].map(({ length }) => length)).toEqual([5, 2]);
  expect(stage.memory.actors.get('run/old')?.bodies.size).toBe(0);
  expect(stage.memory.actors.get('run/young')?.bodies.size).toBe(1);
  const { digest, seal } = await old.digest();
  expect([digest.usage.total.input, seal?.cause]).toEqual([5, 'completed']);
  expect(await idsOf(stage.troupe)).toEqual(['live', 'old', 'young']);
  await expect(old.prompt('Again')).rejects.toMatchObject(ended);
});

test('a row goes after its days, and watchers are told; the address stays used, usage stays', async () => {
  await using stage = await openTestTroupe({ retention: { digestDays: 0.5 } });
  const runs = Array.from({ length: 40 }, (_, i) => stage.troupe.run(`r${i}`));
  for (const run of runs) await done(run);
  await stage.advance(6 * hourMs);
  await done(stage.troupe.run('later'));
  const watched: RowChanges[] = [];
  const watching = new AbortController();
  const reading = (async () => {
    for await (const changes of stage.troupe.watch({}, { windowMs: 0, signal: watching.signal }))
      watched.push(changes);
  })().catch((error: unknown) => error);
  await stage.advance(8 * hourMs);
  await vi.waitUntil(() => watched.flatMap(({ removed }) => removed).length >= runs.length, {
    timeout: 50_000,
  });
  expect(watched.flatMap(({ removed }) => removed).toSorted()).toEqual(
    runs.map(({ address }) => address).toSorted(),
  );
  expect(await idsOf(stage.troupe)).toEqual(['later']);
  expect(await stage.troupe.usage()).toMatchObject([{ input: 5 * 41 }]);
  watching.abort();
  await reading;
  await stage.reopen();
  const again = stage.troupe.run('r0');
  expect(await again.exists()).toBe(false);
  await expect(again.start({ title: 'Again' })).rejects.toMatchObject(ended);
});

test('closing in the middle of a sweep takes nothing more, and does not wait for the rest', async () => {
  const stage = await openTestTroupe({ retention: { digestDays: 0.5 } });
  const runs = Array.from({ length: 40 }, (_, i) => stage.troupe.run(`r${i}`));
  await Promise.all(runs.map(done));
  // The sweep of that hour has taken its first piece.
  await stage.advance(13 * hourMs);
  expect(await idsOf(stage.troupe)).toHaveLength(40 - 16);
  await stage.close();
  expect(stage.memory.actors.size).toBe(40 - 16);
  await stage.reopen();
  await stage.advance(hourMs);
  expect(await idsOf(stage.troupe)).toEqual([]);
  await stage.close();
});

test('what an ended child told its parent outlives its row', async () => {
  const retention = { digestDays: 0.1 };
  await using stage = await openTestTroupe({ retention });
  const parent = stage.troupe.outbox('full');
  await parent.turn();
  const child = stage.troupe.run('child');
  await child.start({ notify: 'full' });
  await child.end({ cause: 'completed' });
  await stage.settle();
  await stage.advance(5 * hourMs);
  expect(await child.exists()).toBe(false);
  expect((await parent.drain()).records).toMatchObject([{ child: 'run/child', kind: 'finished' }]);
});

test('on a disk, beside workers: what is due when it opens goes, and the rest is as it was', async () => {
  const directory = newDirectory();
  {
    await using troupe = await openTroupe({ directory, workers: 1 });
    await done(troupe.run('a'));
    await troupe.run('b').start({ title: 'Lives' });
  }
  // A few milliseconds, as days.
  const retention = { digestDays: 1e-8 };
  await using troupe = await openTroupe({ directory, workers: 1, retention });
  for await (const { changed, removed } of troupe.watch({ kind: 'run' }, { windowMs: 0 })) {
    // Gone by now, or soon.
    if (removed.includes('run/a') || !changed.some(({ id }) => id === 'a')) break;
  }
  expect(await idsOf(troupe)).toEqual(['b']);
  expect(await troupe.usage()).toMatchObject([{ input: 5 }]);
  expect(await troupe.verify()).toMatchObject({ ok: true });
});

test('of a history that is gone the seal is left, over a restart too', async () => {
  const directory = newDirectory();
  const open = async (retention = {}) => openTroupe({ directory, workers: 0, retention });
  {
    await using troupe = await open();
    await done(troupe.run('a'));
  }
  {
    await using troupe = await open({ sealedDays: 1e-8 });
    await vi.waitUntil(async () => (await typesOf(troupe.run('a'))).length === 0, { timeout: 50_000 });
  }
  await using troupe = await open();
  const run = troupe.run('a');
  const { digest, sealed, seal } = await run.digest();
  expect([digest.usage.total.input, sealed, seal?.cause]).toEqual([5, true, 'completed']);
  expect(await run.result()).toMatchObject({ cause: 'completed', seq: 5 });
  await expect(run.prompt('Again')).rejects.toMatchObject({ ...ended, details: { cause: 'completed' } });
  await expect(run.snapshot()).rejects.toMatchObject({ code: 'CURSOR_GONE' });
  expect(await run.verify()).toMatchObject({ ok: true });
  expect(await troupe.quarantined()).toEqual([]);
});

test.each([{ sealedDays: 0 }, { digestDays: '7' }, { days: 7 }, 7])(
  'retention refuses %j',
  async (retention) => {
    await expect(openTroupe({ directory: newDirectory(), retention } as never)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  },
);

test('who joins with another retention is refused', async () => {
  const directory = newDirectory();
  await using first = await openTroupe({ directory, workers: 0, retention: { sealedDays: 7 } });
  await expect(openTroupe({ directory, retention: { sealedDays: 8 } })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  await using second = await openTroupe({ directory, retention: { sealedDays: 7 } });
  expect((await second.definitions()).length).toBe((await first.definitions()).length);
});
