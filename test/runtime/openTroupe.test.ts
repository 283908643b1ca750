/** Opening, joining and closing. */
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { defineActor, openTroupe } from '../../runtime/index.ts';
import type { AnyDefinition } from '../../runtime/index.ts';
import { counter, order } from './actors/sample.ts';
import { newDirectory, openSample, sampleUrl } from './open.ts';

// Threads start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

describe('a directory this process has open', () => {
  test('is joined, and closed by the last who leaves', async () => {
    const directory = newDirectory();
    const first = await openSample({ directory, workers: 0 });
    const second = await openSample({ directory });
    await first.actor('order', '1').send({ type: 'order.note', text: 'hello' });
    expect((await second.actor('order', '1').snapshot()).seq).toBe(2);
    await first.close();
    await expect(first.stats()).rejects.toMatchObject({ code: 'CLOSED' });
    expect((await second.actor('order', '1').send({ type: 'order.note', text: 'still' })).seq).toBe(3);
    await second.close();
    const third = await openSample({ directory, workers: 0 });
    expect((await third.actor('order', '1').snapshot()).seq).toBe(3);
  });

  test('ends what waits for the one that leaves, at once, and nothing of the other', async () => {
    const directory = newDirectory();
    const first = await openSample({ directory, workers: 0 });
    const second = await openSample({ directory });
    await first.run('r').start({});
    const next = async (items: AsyncIterable<unknown>): Promise<unknown> => {
      for await (const item of items) void item;
      return 'ended';
    };
    const waits = (run: ReturnType<typeof first.run>): Promise<unknown>[] => [
      run.result(),
      run.until(() => false),
      run.until('completed'),
      next(run.subscribe()),
      next(run.messages()),
    ];
    const others = Promise.allSettled(waits(second.run('r')));
    const left = Promise.allSettled([
      ...waits(first.run('r')),
      next(first.watch()),
      next(first.feed()),
      first.outbox('c').consume(() => undefined),
    ]);
    await first.close();
    for (const end of await left)
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'CLOSED' } });
    await second.run('r').end({ cause: 'completed' });
    expect((await others).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    await second.close();
  });

  test('is joined while it is being opened, and opened anew while it is being closed', async () => {
    const directory = newDirectory();
    const [first, second] = await Promise.all([
      openSample({ directory, workers: 0 }),
      openSample({ directory, workers: 0 }),
    ]);
    await first.actor('counter', '1').send({ type: 'add' });
    const closed = Promise.all([first.close(), second.close()]);
    const third = await openSample({ directory, workers: 0 });
    expect((await third.actor('counter', '1').snapshot()).context.count).toBe(1);
    await closed;
  });

  test.each([
    ['workers', { workers: 1 }],
    ['limits.turnEvents', { limits: { turnEvents: 3 } }],
    ['effects', { effects: { other: () => undefined } }],
    ['clock', { clock: Date }],
    ['actors', { actors: join(newDirectory(), 'others.ts') }],
  ])('is no place for another value of %s', async (option, options) => {
    const directory = newDirectory();
    await openSample({ directory, workers: 0, effects: { fetch: () => undefined } });
    await expect(openSample({ directory, ...options })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { option },
    });
  });

  test('takes the functions of a module that was evaluated again', async () => {
    const directory = newDirectory();
    const fetched = (text: string) => ({ fetch: () => ({ text }) });
    await openSample({ directory, workers: 0, effects: fetched('old') });
    const second = await openSample({ directory, workers: 0, effects: fetched('new') });
    const ref = second.actor('fetcher', '1');
    await ref.send({ type: 'fetch', url: 'x' });
    expect((await ref.until((s) => s.context.got !== undefined)).context.got).toEqual({ text: 'new' });
  });
});

describe('definitions as values', () => {
  test('are hosted in this thread, on a directory or in memory', async () => {
    for (const medium of [{ directory: newDirectory() }, { journal: { kind: 'memory' } }] as const) {
      await using troupe = await openTroupe({ ...medium, actors: [order, counter] });
      await troupe.actor('counter', '1').send({ type: 'add', by: 3 });
      expect((await troupe.actor(counter, '1').snapshot()).context).toEqual({ count: 3 });
    }
  });

  test('of one kind twice are refused', async () => {
    const other = defineActor({ kind: 'order', version: 1, machine: counter.machine });
    const actors: readonly AnyDefinition[] = [order, other];
    await expect(openTroupe({ journal: { kind: 'memory' }, actors })).rejects.toMatchObject({
      code: 'DEFINITION_MISMATCH',
    });
  });

  test('of another version than the one at hand are told', async () => {
    await using troupe = await openTroupe({ journal: { kind: 'memory' }, actors: [order] });
    const newer = defineActor({ kind: 'order', version: 2, machine: order.machine });
    expect(() => troupe.actor(newer, '1')).toThrow(expect.objectContaining({ code: 'DEFINITION_MISMATCH' }));
  });
});

describe('options that contradict each other are UNSUPPORTED, and named', () => {
  test.each([
    ['directory', {}],
    ['directory', { directory: 'x', journal: { kind: 'memory' } }],
    ['workers', { journal: { kind: 'memory' }, workers: 1 }],
    ['workers', { directory: 'x', clock: Date, workers: 1 }],
  ] as const)('%s in %j', async (option, options) => {
    await expect(openTroupe(options)).rejects.toMatchObject({ code: 'UNSUPPORTED', details: { option } });
  });
});

describe('an actors module that cannot be used is told by its code', () => {
  test.each([0, 1])('one that is not there, with %i workers', async (workers) => {
    const actors = join(newDirectory(), 'missing.ts');
    const opening = openTroupe({ directory: newDirectory(), actors, workers });
    await expect(opening).rejects.toMatchObject({ code: 'ACTORS_NOT_LOADED' });
  });

  test('one without definitions', async () => {
    const actors = new URL('open.ts', import.meta.url);
    const opening = openTroupe({ directory: newDirectory(), actors, workers: 1 });
    await expect(opening).rejects.toMatchObject({ code: 'ACTORS_NOT_LOADED' });
  });

  test('and the directory is free again', async () => {
    const directory = newDirectory();
    await expect(openTroupe({ directory, actors: 'missing.ts' })).rejects.toThrow('missing.ts');
    const troupe = await openSample({ directory });
    expect((await troupe.definitions()).map(({ kind }) => kind)).toContain('order');
  });
});

describe('a runtime', () => {
  test('names the kinds it hosts where one is asked for that it does not', async () => {
    const troupe = await openSample({ workers: 1 });
    const misspelt = (): unknown => troupe.actor('ordr' as 'order', '1');
    expect(misspelt).toThrow(expect.objectContaining({ code: 'UNKNOWN_KIND' }));
    expect(misspelt).toThrow('order');
    await expect(troupe.definitions('ordr')).rejects.toMatchObject({ code: 'UNKNOWN_KIND' });
    expect(() => troupe.actor('order', 'no such')).toThrow(
      expect.objectContaining({ code: 'INVALID_ADDRESS' }),
    );
  });

  test('shows the statecharts of a module without importing it here', async () => {
    const troupe = await openSample({ workers: 1, actors: sampleUrl.href });
    const [shape] = await troupe.definitions('order');
    expect(shape).toMatchObject({ kind: 'order', version: 1 });
    expect(shape?.structure.states.map(({ key }) => key)).toEqual(['open', 'paid', 'done']);
  });

  test.each([0, 1])('answers what was sent before it is closed, with %i workers', async (workers) => {
    const troupe = await openSample({ workers });
    const sends = Array.from({ length: 20 }, async () => troupe.actor('counter', '1').send({ type: 'add' }));
    await Promise.all([troupe.close(), troupe.close()]);
    const seqs = (await Promise.all(sends)).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
  });

  test.each([0, 1])('ends who still waits when it is closed, with %i workers', async (workers) => {
    const troupe = await openSample({ workers });
    const ref = troupe.actor('order', '1');
    await ref.send({ type: 'order.note', text: '' });
    const [waiting] = await Promise.allSettled([ref.until('done'), troupe.close()]);
    expect(waiting).toMatchObject({ status: 'rejected', reason: { code: 'CLOSED' } });
    await expect(ref.send({ type: 'order.ship' })).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
