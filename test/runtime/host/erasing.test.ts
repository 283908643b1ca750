/** Erasing what an actor recorded: whoever lives on, lives on. */
import { assign, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { openStage, refusalOf, typesOf } from './kit.ts';

const noteMachine = setup({
  types: {
    context: {} as { readonly count: number; readonly live?: () => void },
    events: {} as { type: 'note' } | { type: 'spoil' } | { type: 'end' },
  },
}).createMachine({
  context: { count: 0 },
  initial: 'on',
  states: {
    on: {
      on: {
        note: { actions: assign({ count: ({ context }) => context.count + 1 }) },
        spoil: { actions: assign({ live: () => () => undefined }) },
        end: 'off',
      },
    },
    off: { type: 'final' },
  },
});

const notes = defineActor({ kind: 'notes', version: 1, machine: noteMachine });
const replying = defineActor({
  kind: 'replying',
  version: 1,
  machine: noteMachine,
  reply: (_event, _before, after) => after.context.count,
});

const everything = [{ history: true }, { bodies: true }] as const;

describe.each(everything)('erasing %j', (what) => {
  test('is refused to an actor of which no snapshot can be stored, and takes nothing', async () => {
    const stage = await openStage([notes]);
    const ref = stage.troupe.actor('notes', 'a');
    await ref.send({ type: 'note' });
    await ref.send({ type: 'spoil' });
    expect(await refusalOf(ref.erase(what))).toMatchObject({
      code: 'NOT_STORABLE',
      message: expect.stringContaining('context.live') as string,
    });
    await stage.reopen();
    const again = stage.troupe.actor('notes', 'a');
    expect(await typesOf(again)).toEqual(['actor.born', 'note', 'spoil']);
    expect((await again.send({ type: 'note' })).seq).toBe(4);
  });

  test('is granted to such an actor once it is sealed', async () => {
    const stage = await openStage([notes]);
    const ref = stage.troupe.actor('notes', 'a');
    await ref.send({ type: 'note' });
    await ref.send({ type: 'spoil' });
    await ref.send({ type: 'end' });
    await ref.erase(what);
    expect(await typesOf(ref)).toEqual([]);
    expect(await stage.opened.journal.seal('notes/a')).toBeDefined();
  });

  test('keeps the actor whole that records something meanwhile', async () => {
    const stage = await openStage([notes]);
    const ref = stage.troupe.actor('notes', 'a');
    await ref.send({ type: 'note' });
    const { journal } = stage.opened;
    const erase = journal.erase.bind(journal);
    journal.erase = async (...all) => {
      await ref.send({ type: 'note' });
      return erase(...all);
    };
    await ref.erase(what);
    await stage.reopen();
    const { context, seq } = await stage.troupe.actor('notes', 'a').snapshot();
    expect([context.count, seq]).toEqual([2, 3]);
  });

  test('keeps the actor whole that goes on and is lost before its next snapshot', async () => {
    const stage = await openStage([notes]);
    const ref = stage.troupe.actor('notes', 'a');
    await ref.send({ type: 'note' });
    await ref.erase(what);
    await ref.send({ type: 'note' });
    await stage.reopen();
    const { context, seq } = await stage.troupe.actor('notes', 'a').snapshot();
    expect([context.count, seq]).toEqual([2, 3]);
  });

  test.each(['notes', 'replying'] as const)(
    'leaves ids known, and of their receipts the seq: %s',
    async (kind) => {
      const stage = await openStage([notes, replying]);
      const ref = stage.troupe.actor(kind, 'a');
      await ref.send({ type: 'note' }, { id: 'x' });
      await ref.send({ type: 'note' });
      await ref.erase(what);
      await ref.send({ type: 'note' });
      const again = await ref.send({ type: 'note' }, { id: 'x' });
      const known = { seq: 2, state: [], tags: [], final: false, duplicate: true, reply: undefined };
      expect(again).toEqual(known);
      expect((await ref.snapshot()).context.count).toBe(3);
    },
  );
});
