/** What goes wrong for one actor alone fails alone; if nobody can be told, that actor is set aside. */
import { assign, setup } from 'xstate';
import { expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { writer } from './family.ts';
import { heard, openStage, refusalOf, typesOf } from './kit.ts';

const broken = { fold: false, guard: false };

const noteMachine = setup({
  types: {
    context: {} as { readonly notes: number; readonly held?: unknown },
    events: {} as
      | { readonly type: 'note' | 'letter'; readonly text: string }
      | { readonly type: 'hold' | 'soon' },
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
        hold: { actions: assign({ held: () => () => 1 }) },
        soon: 'waiting',
      },
    },
    waiting: { on: { note: {} }, after: { 100: 'open again' } },
    lost: {},
    'open again': {},
  },
});

/** A digest that fails when it is told to. */
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

test('what a timer brings and cannot be written sets its actor aside, once, and is told', async () => {
  const stage = await openStage([note], { limits: { snapshotFacts: 5 } });
  const ref = stage.troupe.actor('note', 'a');
  await ref.send({ type: 'note', text: 'a' });
  await ref.send({ type: 'hold' });
  await ref.send({ type: 'soon' });
  const until = refusalOf(ref.until('open again'));
  await heard();
  stage.clock.advance(100);
  expect(await until).toMatchObject({ code: 'QUARANTINED', details: { cause: 'NOT_STORABLE' } });
  await stage.settled();
  expect((await stage.stats()).rounds).toBeLessThan(30);
  expect(await stage.troupe.quarantined()).toMatchObject([{ address: 'note/a' }]);
  expect(await refusalOf(ref.send({ type: 'note', text: '' }))).toMatchObject({ code: 'QUARANTINED' });
  expect(await stage.troupe.actor('note', 'b').send({ type: 'note', text: '' })).toMatchObject({ seq: 2 });
  expect(await typesOf(ref)).toEqual(['actor.born', 'note', 'hold', 'soon']);
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
