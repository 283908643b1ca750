/** What goes wrong for one actor alone fails alone; if nobody can be told, that actor is set aside. */
import { assign, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { writer } from './family.ts';
import { heard, openStage, refusalOf, typesOf } from './kit.ts';

const broken = { fold: false, guard: false };

const noteMachine = setup({
  types: {
    context: {} as { readonly notes: number },
    events: {} as
      | { readonly type: 'note' | 'letter'; readonly text: string }
      | { readonly type: 'end' | 'soon' },
  },
}).createMachine({
  context: { notes: 0 },
  initial: 'open',
  states: {
    open: {
      on: {
        letter: [
          { guard: () => broken.guard, target: 'lost' },
          { actions: assign({ notes: ({ context }) => context.notes + 1 }) },
        ],
        note: { actions: assign({ notes: ({ context }) => context.notes + 1 }) },
        end: 'ended',
        soon: 'waiting',
      },
    },
    waiting: { on: { note: {} }, after: { 100: 'ended' } },
    lost: {},
    ended: { type: 'final' },
  },
});

/** A digest that grows without bound, and fails when it is told to. */
const note = defineActor({
  kind: 'note',
  version: 1,
  machine: noteMachine,
  digest: {
    schema: 1,
    start: () => ({ text: '', folded: 0 }),
    fold: ({ text, folded }, { event }) => {
      if (broken.fold) throw new Error('a broken fold');
      return { text: text + ((event as { text?: string }).text ?? ''), folded: folded + 1 };
    },
  },
});

const large = 'x'.repeat(70_000);

describe('an end whose digest is too large to be sealed', () => {
  test('is refused to who sent it; the actor goes on as it was', async () => {
    const stage = await openStage([note]);
    const ref = stage.troupe.actor('note', 'a');
    await ref.send({ type: 'note', text: large });
    const sends = [
      ref.send({ type: 'end' }),
      stage.troupe.actor('note', 'b').send({ type: 'note', text: '' }),
    ];
    const [end, other] = await Promise.allSettled(sends);
    expect(end).toMatchObject({ status: 'rejected', reason: { code: 'TOO_LARGE' } });
    expect(other).toMatchObject({ status: 'fulfilled', value: { seq: 2 } });
    expect(await ref.send({ type: 'note', text: '' })).toMatchObject({ seq: 3, state: ['open'] });
  });

  test('and that a timer brought sets the actor aside, once, and is told', async () => {
    const stage = await openStage([note]);
    const ref = stage.troupe.actor('note', 'a');
    await ref.send({ type: 'note', text: large });
    await ref.send({ type: 'soon' });
    const until = refusalOf(ref.until('ended'));
    await heard();
    stage.clock.advance(100);
    expect(await until).toMatchObject({ code: 'QUARANTINED', details: { cause: 'TOO_LARGE' } });
    await stage.settled();
    expect((await stage.stats()).rounds).toBeLessThan(30);
    expect(await stage.troupe.quarantined()).toMatchObject([{ address: 'note/a' }]);
    expect(await refusalOf(ref.send({ type: 'note', text: '' }))).toMatchObject({ code: 'QUARANTINED' });
    expect(await stage.troupe.actor('note', 'b').send({ type: 'note', text: '' })).toMatchObject({ seq: 2 });
    expect(await typesOf(ref)).toEqual(['actor.born', 'note', 'soon']);
  });
});

test('a digest fold that throws leaves the digest as it was, at a replay too, and is logged', async () => {
  const stage = await openStage([note]);
  const ref = stage.troupe.actor('note', 'a');
  await ref.send({ type: 'note', text: 'a' });
  broken.fold = true;
  expect(await ref.send({ type: 'note', text: 'b' })).toMatchObject({ seq: 3 });
  expect(await stage.stats()).toMatchObject({ failures: 1 });
  expect(stage.log).toContainEqual(expect.stringContaining('its digest failed: a broken fold'));
  expect((await ref.digest()).digest).toEqual({ text: 'a', folded: 2 });
  await stage.close();
  broken.fold = false;
  await stage.reopen();
  expect((await stage.troupe.actor('note', 'a').digest()).digest).toEqual({ text: 'a', folded: 2 });
});

test('an address that is forgotten is SEALED, and nobody else’s trouble', async () => {
  const stage = await openStage([note]);
  stage.memory.forgotten.add('note/gone');
  const send = async (id: string) => stage.troupe.actor('note', id).send({ type: 'note', text: id });
  const sends = ['a', 'gone', 'b', 'c'].map(async (id) => send(id));
  const settled = await Promise.allSettled(sends);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(settled[1]).toMatchObject({ reason: { code: 'SEALED' } });
});

test('a message to an actor that is set aside waits for its release', async () => {
  const stage = await openStage([note, writer]);
  const write = async (text: string) =>
    stage.troupe.actor('writer', 'w').send({ type: 'write', to: 'note/a', text });
  await write('one');
  await stage.idle();
  await stage.reopen();
  broken.guard = true;
  await write('two');
  await stage.settled();
  expect(await stage.troupe.quarantined()).toMatchObject([{ address: 'note/a' }]);
  expect(await stage.stats()).toMatchObject({ deadLetters: 0 });
  broken.guard = false;
  await stage.troupe.release('note/a');
  stage.clock.advance(10_000);
  await stage.settled();
  expect((await stage.troupe.actor('note', 'a').snapshot()).context.notes).toBe(4);
});
