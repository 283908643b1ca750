/** How actors begin (review 17), go on after a loss (review 8), and are told apart when one crashes (21). */
import { assign, fromPromise, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../../../runtime/limits.ts';
import { Breadcrumb, breadcrumbBytes } from '../../../runtime/host/breadcrumb.ts';
import { Host } from '../../../runtime/host/host.ts';
import type { Answer } from '../../../runtime/protocol.ts';
import { shards } from '../../../storage/limits.ts';
import { openMemoryJournal } from '../../../storage/memory.ts';
import { pack } from '../../../storage/values.ts';
import { defineActor } from '../../../runtime/index.ts';
import { openStage, refusalOf, start } from './kit.ts';

const post = (_: unknown, _params: { readonly to: string; readonly event: { readonly type: string } }) =>
  undefined;

const runMachine = setup({
  types: {
    context: {} as { readonly title: string; readonly prepared: boolean },
    input: {} as { readonly title: string } | undefined,
    events: {} as { readonly type: 'prompt' | 'hello' },
  },
  actors: { prepare: fromPromise(async () => true) },
  actions: { 'troupe.send': post },
}).createMachine({
  context: ({ input }) => ({ title: input?.title ?? 'untitled', prepared: false }),
  initial: 'starting',
  states: {
    starting: {
      entry: { type: 'troupe.send', params: { to: 'run/other', event: { type: 'hello' } } },
      after: { 1000: 'late' },
      invoke: { src: 'prepare', onDone: { actions: assign({ prepared: true }) } },
      always: { guard: ({ context }) => context.title === 'skip', target: 'late' },
      on: { prompt: {}, hello: 'greeted' },
    },
    late: { on: { prompt: {} } },
    greeted: { on: { prompt: {} } },
  },
});

const run = defineActor({ kind: 'run', version: 3, machine: runMachine });

describe('review 17: the first commit', () => {
  test('holds the birth, what it was given, and the event that caused it', async () => {
    const stage = await openStage([run]);
    const ref = stage.troupe.actor('run', 'a');
    const options = { input: { title: 'T' }, labels: { team: 'red' }, by: 'me', trace: 't1' };
    expect(await ref.send({ type: 'prompt' }, options)).toMatchObject({ seq: 2 });
    const facts = [];
    for await (const { seq, event, by, trace } of ref.history()) facts.push({ seq, event, by, trace });
    expect(facts.slice(0, 2)).toEqual([
      { seq: 1, event: { type: 'actor.born', version: 3, input: { title: 'T' } } },
      { seq: 2, event: { type: 'prompt' }, by: 'me', trace: 't1' },
    ]);
    expect((await ref.at(1)).context).toEqual({ title: 'T', prepared: false });
    const { commits } = await stage.opened.journal.read('run/a', { before: 2 });
    expect(commits[0]).toMatchObject({ seq: 1, to: 2, row: { labels: { team: 'red' } } });
  });

  test('starts what the initial state asks for: timers from then, tasks, messages', async () => {
    const stage = await openStage([run]);
    const ref = stage.troupe.actor('run', 'a');
    await ref.send({ type: 'prompt' });
    await ref.until(({ context }) => context.prepared);
    await stage.idle();
    expect(await stage.troupe.actor('run', 'other').snapshot()).toMatchObject({ state: ['greeted'] });
    await stage.reopen();
    stage.clock.advance(999);
    await stage.idle();
    expect((await stage.troupe.actor('run', 'a').snapshot()).state).toEqual(['starting']);
    stage.clock.advance(1);
    expect(await stage.troupe.actor('run', 'a').until('late')).toMatchObject({ at: start + 1000 });
  });

  test('an initial state that is left at once leaves nothing behind', async () => {
    const stage = await openStage([run]);
    const ref = stage.troupe.actor('run', 'a');
    await ref.send({ type: 'prompt' }, { input: { title: 'skip' } });
    await stage.idle();
    stage.clock.advance(10_000);
    await stage.idle();
    expect(await ref.snapshot()).toMatchObject({ seq: 2, state: ['late'] });
  });
});

describe('F25: an event is its sender’s own', () => {
  test('any field name is free, also those of the envelope', async () => {
    const machine = setup({
      types: { events: {} as { readonly type: 'meet'; readonly seq: number; readonly at: string } },
    });
    const desk = defineActor({
      kind: 'desk',
      version: 1,
      machine: machine.createMachine({ on: { meet: {} } }),
    });
    const stage = await openStage([desk]);
    const ref = stage.troupe.actor(desk, 'a');
    await ref.send({ type: 'meet', seq: 7, at: '2026-12-01' });
    for await (const fact of ref.history({ types: ['meet'] })) {
      expect(fact).toEqual({ seq: 2, to: 2, at: start, event: { type: 'meet', seq: 7, at: '2026-12-01' } });
    }
  });

  test('C5: ifSeq makes it conditional, labels patch the row', async () => {
    const stage = await openStage([run]);
    const ref = stage.troupe.actor('run', 'a');
    await ref.send({ type: 'prompt' }, { labels: { a: '1', b: '1' } });
    await stage.idle();
    const { seq } = await ref.snapshot();
    expect(await refusalOf(ref.send({ type: 'prompt' }, { ifSeq: seq - 1 }))).toMatchObject({
      code: 'CONFLICT',
      details: { seq, ifSeq: seq - 1 },
    });
    await ref.send({ type: 'prompt' }, { ifSeq: seq, labels: { b: '2', c: '2' } });
    await stage.reopen();
    for await (const row of stage.troupe.list({ kind: 'run' })) {
      if (row.address === 'run/a') expect(row.labels).toEqual({ a: '1', b: '2', c: '2' });
    }
  });

  test('a label is a fact that moves nothing; an actor that ended or never was takes none', async () => {
    const stage = await openStage([run]);
    const ref = stage.troupe.actor('run', 'a');
    expect(await refusalOf(ref.label({ x: 'y' }))).toMatchObject({ code: 'NOT_FOUND' });
    await ref.send({ type: 'prompt' });
    await ref.label({ x: 'y' });
    await ref.label({ x: null, z: '1' });
    for await (const row of stage.troupe.list({ kind: 'run' })) {
      if (row.address === 'run/a') expect(row.labels).toEqual({ z: '1' });
    }
    expect((await ref.snapshot()).state).toEqual(['starting']);
  });
});

test('review 8: a loss ends nobody: all live actors are live afterwards', async () => {
  const stage = await openStage([run]);
  const refs = Array.from({ length: 100 }, (_, i) => `r${i}`);
  await Promise.all(refs.map(async (id) => stage.troupe.actor('run', id).send({ type: 'prompt' })));
  await stage.idle();
  await stage.reopen();
  await stage.idle();
  for await (const row of stage.troupe.list({ kind: 'run' })) expect(row.status).toBe('live');
  for (const id of refs) expect((await stage.troupe.actor('run', id).snapshot()).state).toEqual(['starting']);
});

test('review 21: the breadcrumb names whose code runs, and nobody once it has run', async () => {
  const memory = new SharedArrayBuffer(breadcrumbBytes);
  const seen: (string | undefined)[] = [];
  const look = (): void => void seen.push(Breadcrumb.read(memory).address);
  const machine = setup({
    types: { events: {} as { readonly type: 'go' | 'work' } },
    actions: { look },
    actors: {
      job: fromPromise(async () => {
        look();
        await Promise.resolve();
        look();
      }),
    },
  }).createMachine({
    initial: 'a',
    states: {
      a: { on: { go: { actions: [assign(() => look()), 'look'] }, work: 'b' } },
      b: { invoke: { src: 'job', onDone: 'a' } },
    },
  });
  const journal = openMemoryJournal();
  const writer = await journal.writer(0);
  const answers: Answer[] = [];
  const host = new Host({
    journal,
    writer,
    definitions: [defineActor({ kind: 'seen', version: 1, machine })],
    shards: Array.from({ length: shards }, (_, shard) => shard),
    post: (more) => answers.push(...more),
    now: () => start,
    limits: defaultLimits,
    indexLabels: [],
    quarantined: [],
    breadcrumb: memory,
  });
  await host.start();
  for (const [i, type] of ['go', 'work'].entries()) {
    const stamp = { session: 's', n: i };
    host.receive([{ op: 'send', n: i, stamp, address: 'seen/a', event: pack({ type }).bytes }]);
  }
  host.receive([{ op: 'idle', n: 9 }]);
  while (!answers.some((answer) => 'n' in answer && answer.n === 9)) await new Promise(setImmediate);
  await host.close();
  expect(seen).toEqual(['seen/a', 'seen/a', 'seen/a', undefined]);
  expect(Breadcrumb.read(memory).address).toBe(undefined);
});
