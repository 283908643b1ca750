/** A machine that another one invokes is an actor of its own, durable as any, that ends with its state. */
import { describe, expect, test } from 'vitest';
import { TroupeError } from '../../../actors/troupeError.ts';
import { child, parent } from './family.ts';
import { heard, newPromise, openStage, refusalOf, typesOf } from './kit.ts';
import type { Stage } from './kit.ts';

type Family = Stage<typeof parent | typeof child>;
const parentOf = (stage: Family, id = 'p') => stage.troupe.actor('parent', id);
const childOf = (stage: Family, seq: number) => stage.troupe.actor('child', `parent/p/kid@${seq}`);

async function raised(name = 'Ann'): Promise<Family> {
  const stage = await openStage([parent, child]);
  await parentOf(stage).send({ type: 'start', name }, { labels: { family: 'A' } });
  await stage.idle();
  return stage;
}

describe('an invoked machine', () => {
  test('is born as an actor with an address of its own, its input', async () => {
    const stage = await raised();
    const snapshot = await childOf(stage, 2).snapshot();
    expect(snapshot.context).toEqual({ name: 'Ann', heard: [] });
    for await (const row of stage.troupe.list({ kind: 'child' })) {
      expect(row).toMatchObject({ parent: 'parent/p', labels: { family: 'A' }, status: 'live' });
    }
    expect(await typesOf(childOf(stage, 2))).toEqual(['actor.born']);
  });

  test('hears its parent and speaks to it, in order', async () => {
    const stage = await raised();
    for (const text of ['a', 'b', 'c']) await parentOf(stage).send({ type: 'tell', text });
    await stage.idle();
    expect((await childOf(stage, 2).snapshot()).context.heard).toEqual(['a', 'b', 'c']);
    expect((await parentOf(stage).snapshot()).context.reports).toEqual(['a', 'a,b', 'a,b,c']);
  });

  test('that is done gives its output to its parent', async () => {
    const stage = await raised();
    await parentOf(stage).send({ type: 'tell', text: 'x' });
    await stage.idle();
    await childOf(stage, 2).send({ type: 'finish' });
    await parentOf(stage).until('alone');
    expect((await parentOf(stage).snapshot()).context.ends).toEqual([{ name: 'Ann', heard: ['x'] }]);
    expect(await typesOf(parentOf(stage))).toEqual(['actor.born', 'start', 'tell', 'reported', 'child.done']);
    expect((await childOf(stage, 2).digest()).seal?.cause).toBe('done');
  });

  test.each(['finished', 'stopped'])('that is done is so whatever cause it gives (%s)', async (cause) => {
    const stage = await openStage([parent, { ...child, cause: () => cause }]);
    await parentOf(stage).send({ type: 'start', name: 'Ann' });
    await stage.idle();
    await childOf(stage, 2).send({ type: 'finish' });
    await stage.idle();
    const { context, state } = await parentOf(stage).snapshot();
    expect([state, context.ends]).toEqual([['alone'], [{ name: 'Ann', heard: [] }]]);
    expect((await childOf(stage, 2).digest()).seal?.cause).toBe(cause);
  });

  test('that speaks to its parent in the turn of its birth is brought back', async () => {
    const stage = await openStage([parent, child]);
    const hold = newPromise();
    stage.holdAppends(hold.promise);
    const started = parentOf(stage).send({ type: 'start', name: 'Ann' });
    await heard();
    await heard();
    hold.resolve();
    await started;
    // Its birth is in its mailbox already, and not taken yet.
    const { seq } = await childOf(stage, 2).send({ type: 'report' });
    const { commits } = await stage.opened.journal.read('child/parent/p/kid@2', {});
    expect([seq, commits.length]).toEqual([2, 1]);
    await stage.reopen();
    expect(await childOf(stage, 2).snapshot()).toMatchObject({ seq: 2, status: 'live' });
  });

  test('that breaks gives its error to its parent', async () => {
    const stage = await raised();
    stage.clock.advance(60_000);
    await stage.idle();
    const { context, state } = await parentOf(stage).snapshot();
    expect([state, context.ends]).toEqual([
      ['alone'],
      [expect.objectContaining({ message: 'a broken child' })],
    ]);
    expect((await childOf(stage, 2).digest()).seal?.cause).toBe('error');
  });

  test('that throws at its birth is born, ends as error, and its parent is told', async () => {
    const stage = await raised('stillborn');
    const { context } = await parentOf(stage).snapshot();
    expect(context.ends).toEqual([expect.objectContaining({ message: 'stillborn' })]);
    expect(await typesOf(childOf(stage, 2))).toEqual(['actor.born']);
    expect((await childOf(stage, 2).digest()).sealed).toBe(true);
  });

  test('is stopped when its state is left; its timers end with it', async () => {
    const stage = await raised();
    await parentOf(stage).send({ type: 'leave' });
    await stage.idle();
    expect(await typesOf(childOf(stage, 2))).toEqual(['actor.born', 'actor.stopped']);
    expect((await childOf(stage, 2).digest()).seal?.cause).toBe('stopped');
    stage.clock.advance(100_000);
    await stage.idle();
    expect(await typesOf(parentOf(stage))).toEqual(['actor.born', 'start', 'leave']);
    expect(await refusalOf(childOf(stage, 2).send({ type: 'finish' }))).toMatchObject({ code: 'SEALED' });
  });
});

describe('review 7: a state that is entered anew', () => {
  test('starts a new child under a new address; the old one is stopped', async () => {
    const stage = await raised();
    await parentOf(stage).send({ type: 'again' });
    await stage.idle();
    expect((await childOf(stage, 2).snapshot()).status).toBe('sealed');
    expect((await childOf(stage, 3).snapshot()).context.name).toBe('nameless');
    await childOf(stage, 3).send({ type: 'finish' });
    await parentOf(stage).until('alone');
    expect((await parentOf(stage).snapshot()).context.ends).toEqual([{ name: 'nameless', heard: [] }]);
  });
});

describe('pitfall 3: over a crash', () => {
  test('a child goes on, and its end is told to a parent that was not there when it came', async () => {
    const stage = await raised();
    await stage.reopen();
    // The child's end is durable, the parent's knowledge of it is not.
    let appends = 0;
    stage.failure = () => (++appends > 1 ? broken() : undefined);
    await childOf(stage, 2).send({ type: 'finish' });
    await stage.reopen();
    await parentOf(stage).until('alone');
    await stage.idle();
    expect(await typesOf(parentOf(stage))).toEqual(['actor.born', 'start', 'child.done']);
  });

  test('a child whose birth was recorded by its parent only is born', async () => {
    const stage = await openStage([parent, child]);
    let appends = 0;
    stage.failure = () => (++appends > 1 ? broken() : undefined);
    await parentOf(stage).send({ type: 'start', name: 'Bea' }, { labels: { x: 'y' } });
    await stage.reopen();
    await stage.idle();
    expect((await childOf(stage, 2).snapshot()).context.name).toBe('Bea');
    for await (const { labels } of stage.troupe.list({ kind: 'child' })) expect(labels).toEqual({ x: 'y' });
  });

  test('pitfall 5: a child that was spawned long ago is the same one after many restarts', async () => {
    const stage = await raised();
    for (const text of ['a', 'b']) {
      await stage.reopen();
      await parentOf(stage).send({ type: 'tell', text });
      await stage.idle();
    }
    await stage.close();
    await stage.reopen();
    expect((await childOf(stage, 2).snapshot()).context.heard).toEqual(['a', 'b']);
    expect(stage.memory.actors.size).toBe(2);
  });
});

test('a child whose kind nobody hosts is refused with the event that would start it', async () => {
  const stage = await openStage([parent]);
  const sent = stage.troupe.actor('parent', 'p').send({ type: 'start', name: 'x' });
  expect(await refusalOf(sent)).toMatchObject({ code: 'UNKNOWN_KIND' });
  expect(stage.memory.actors.size).toBe(0);
});

test('a child whose kind is hosted no more waits; its parent is told when it never was born', async () => {
  const stage = await openStage([parent, child]);
  let appends = 0;
  stage.failure = () => (++appends > 1 ? broken() : undefined);
  await parentOf(stage).send({ type: 'start', name: 'Bea' });
  await stage.reopen([parent]);
  await stage.idle();
  const { context } = await parentOf(stage).snapshot();
  expect(context.ends).toEqual([expect.objectContaining({ code: 'UNKNOWN_KIND' })]);
});

function broken(): TroupeError {
  return new TroupeError('JOURNAL_FAILED', 'the disk is gone', {});
}
