/** P4: every send is applied once, however often it comes, over crashes and restarts. */
import { assign, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { heard, openStage, refusalOf, typesOf } from './kit.ts';
import type { Stage } from './kit.ts';

type Event =
  | { readonly type: 'add'; readonly n: number }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'end' };

const tallyMachine = setup({
  types: { context: {} as { readonly sum: number; readonly text: string }, events: {} as Event },
}).createMachine({
  context: { sum: 0, text: '' },
  initial: 'on',
  states: {
    on: {
      on: {
        add: { actions: assign({ sum: ({ context, event }) => context.sum + event.n }) },
        text: { actions: assign({ text: ({ context, event }) => context.text + event.text }) },
        end: 'off',
      },
    },
    off: { type: 'final' },
  },
});

const tally = defineActor({
  kind: 'tally',
  version: 1,
  machine: tallyMachine,
  reply: (event, before, after) => ({
    was: before.context.sum,
    is: after.context.sum,
    type: event.type,
    at: after.value,
  }),
  coalesce: (previous, next) =>
    previous.type === 'text' && next.type === 'text'
      ? { type: 'text' as const, text: previous.text + next.text }
      : undefined,
  commitWindowMs: 33,
});

type Tallies = Stage<typeof tally>;
const refOf = (stage: Tallies) => stage.troupe.actor('tally', 'a');
const sumOf = async (stage: Tallies) => (await refOf(stage).snapshot()).context.sum;

describe('a send repeated with its id', () => {
  test('gets the first receipt again, reply included, and is marked as a duplicate', async () => {
    const stage = await openStage([tally]);
    const ref = refOf(stage);
    const first = await ref.send({ type: 'add', n: 5 }, { id: 'five' });
    expect(first).toMatchObject({ seq: 2, duplicate: false });
    expect(first.reply).toEqual({ was: 0, is: 5, type: 'add', at: 'on' });
    await ref.send({ type: 'add', n: 1 }, { id: 'one' });
    expect(await ref.send({ type: 'add', n: 5 }, { id: 'five' })).toEqual({ ...first, duplicate: true });
    expect(await sumOf(stage)).toBe(6);
  });

  test.each(['crashed', 'closed'])('is known after the runtime %s', async (how) => {
    const stage = await openStage([tally]);
    const first = await refOf(stage).send({ type: 'add', n: 5 }, { id: 'five' });
    await refOf(stage).send({ type: 'add', n: 1 });
    if (how === 'closed') await stage.close();
    await stage.reopen();
    expect(await refOf(stage).send({ type: 'add', n: 5 }, { id: 'five' })).toEqual({
      ...first,
      duplicate: true,
    });
    expect(await sumOf(stage)).toBe(6);
  });

  test('while the first is on its way attaches to it', async () => {
    const stage = await openStage([tally]);
    const send = async () => refOf(stage).send({ type: 'add', n: 5 }, { id: 'five' });
    const [first, second, third] = await Promise.all([send(), send(), send()]);
    expect(second).toEqual({ ...first, duplicate: true });
    expect(third).toEqual(second);
    expect(await sumOf(stage)).toBe(5);
  });

  test('that ended the actor gets its receipt, not SEALED', async () => {
    const stage = await openStage([tally]);
    await refOf(stage).send({ type: 'add', n: 1 });
    const end = await refOf(stage).send({ type: 'end' }, { id: 'the end' });
    expect(end.final).toBe(true);
    expect(await refOf(stage).send({ type: 'end' }, { id: 'the end' })).toEqual({ ...end, duplicate: true });
    await stage.reopen();
    expect(await refOf(stage).send({ type: 'end' }, { id: 'the end' })).toEqual({ ...end, duplicate: true });
    expect(await refusalOf(refOf(stage).send({ type: 'end' }))).toMatchObject({ code: 'SEALED' });
  });

  test('was refused the first time is judged anew', async () => {
    const stage = await openStage([tally]);
    const ref = refOf(stage);
    const conflict = ref.send({ type: 'add', n: 1 }, { id: 'x', ifSeq: 7 });
    expect(await refusalOf(conflict)).toMatchObject({ code: 'CONFLICT' });
    expect(await ref.send({ type: 'add', n: 1 }, { id: 'x', ifSeq: 0 })).toMatchObject({ duplicate: false });
  });
});

describe('review 3: a send without an id', () => {
  test('whose answer was lost is applied once, by its stamp, and is no duplicate to its sender', async () => {
    const stage = await openStage([tally]);
    const { address } = refOf(stage);
    const first = await stage.resend(address, 7, { type: 'add', n: 5 });
    expect(await stage.resend(address, 7, { type: 'add', n: 5 })).toEqual(first);
    await stage.reopen();
    expect(await stage.resend(address, 7, { type: 'add', n: 5 })).toEqual(first);
    expect(await stage.resend(address, 8, { type: 'add', n: 1 })).toMatchObject({ seq: 3 });
    expect(await sumOf(stage)).toBe(6);
  });

  test('that was refused does not look applied because a later one was', async () => {
    const stage = await openStage([tally]);
    const { address } = refOf(stage);
    await stage.resend(address, 1, { type: 'add', n: 1 });
    const refused = stage.resend(address, 2, { type: 'add', n: 2 }, { ifSeq: 99 });
    expect(await refusalOf(refused)).toMatchObject({ code: 'CONFLICT' });
    await stage.resend(address, 3, { type: 'add', n: 3 });
    await stage.reopen();
    expect(await stage.resend(address, 2, { type: 'add', n: 2 })).toMatchObject({ seq: 4 });
    expect(await sumOf(stage)).toBe(6);
  });
});

describe('sends that are coalesced', () => {
  const words = ['to', 'get', 'her'];

  test('share one fact, and each gets its receipt', async () => {
    const stage = await openStage([tally]);
    const ref = refOf(stage);
    await ref.send({ type: 'add', n: 1 });
    const sends = words.map(async (text, i) => ref.send({ type: 'text', text }, { id: `w${i}` }));
    await heard();
    stage.clock.advance(33);
    const receipts = await Promise.all(sends);
    expect(receipts.map(({ seq, duplicate }) => [seq, duplicate])).toEqual(words.map(() => [3, false]));
    expect((await ref.snapshot()).context.text).toBe('together');
    expect(await typesOf(ref)).toEqual(['actor.born', 'add', 'text']);
  });

  test('are each known by their id afterwards, also after a crash, and beside new ones', async () => {
    const stage = await openStage([tally]);
    const sends = words.map(async (text, i) => refOf(stage).send({ type: 'text', text }, { id: `w${i}` }));
    await heard();
    stage.clock.advance(33);
    await Promise.all(sends);
    for (const reopen of [false, true]) {
      if (reopen) await stage.reopen();
      const again = [...words, 'new'].map(async (text, i) =>
        refOf(stage).send({ type: 'text', text }, { id: i < 3 ? `w${i}` : `new ${reopen}` }),
      );
      await heard();
      stage.clock.advance(33);
      const duplicates = (await Promise.all(again)).map(({ duplicate }) => duplicate);
      expect(duplicates).toEqual([true, true, true, false]);
    }
    expect((await refOf(stage).snapshot()).context.text).toBe('togethernewnew');
  });

  test('are each known by their stamp when they come again after a crash, all at once', async () => {
    const stage = await openStage([tally]);
    const { address } = refOf(stage);
    const sendAll = async (stamps: readonly number[]) => {
      const sends = stamps.map(async (n) => stage.resend(address, n, { type: 'text', text: `${n}` }));
      await heard();
      stage.clock.advance(33);
      return Promise.all(sends);
    };
    const first = await sendAll([1, 2, 3]);
    await stage.reopen();
    expect((await sendAll([1, 2, 3, 4])).map(({ seq }) => seq)).toEqual([2, 2, 2, 3]);
    expect(first.map(({ seq }) => seq)).toEqual([2, 2, 2]);
    expect((await refOf(stage).snapshot()).context.text).toBe('1234');
  });

  test('are each known by their stamp, however few ids are remembered', async () => {
    const limits = { rememberedIds: 8, rememberedMs: 0, snapshotFacts: 2 };
    const stage = await openStage([tally], { limits });
    const { address } = refOf(stage);
    for (const reopen of [false, true]) {
      // Nobody heard an answer: everything is asked again.
      if (reopen) await stage.reopen();
      const sends = Array.from({ length: 50 }, async (_, i) =>
        stage.resend(address, i + 1, { type: 'text', text: 'x' }),
      );
      await heard();
      stage.clock.advance(33);
      await Promise.all(sends);
    }
    expect((await refOf(stage).snapshot()).context.text).toHaveLength(50);
  });

  test('are not merged when one of them waits already under the same id', async () => {
    const stage = await openStage([tally]);
    const ref = refOf(stage);
    const sends = ['a', 'b', 'a'].map(async (text) => ref.send({ type: 'text', text }, { id: text }));
    await heard();
    stage.clock.advance(33);
    expect((await Promise.all(sends)).map(({ duplicate }) => duplicate)).toEqual([false, false, true]);
    expect((await ref.snapshot()).context.text).toBe('ab');
  });

  test('keep their text when it is large', async () => {
    const stage = await openStage([tally]);
    const ref = refOf(stage);
    const text = 'x'.repeat(30_000);
    const sends = [1, 2, 3, 4, 5].map(async () => ref.send({ type: 'text', text }));
    await heard();
    stage.clock.advance(33);
    await Promise.all(sends);
    await stage.reopen();
    expect((await refOf(stage).snapshot()).context.text).toHaveLength(150_000);
    expect(await refOf(stage).verify()).toMatchObject({ ok: true });
  });
});

describe('ids are remembered', () => {
  const limits = { rememberedIds: 8, rememberedMs: 60_000, snapshotFacts: 4 };

  test('as many as the limit says, and no more once they are old', async () => {
    const stage = await openStage([tally], { limits });
    for (let i = 0; i < 10; i++) await refOf(stage).send({ type: 'add', n: 1 }, { id: `${i}` });
    stage.clock.advance(61_000);
    for (let i = 10; i < 20; i++) await refOf(stage).send({ type: 'add', n: 1 }, { id: `${i}` });
    await stage.close();
    await stage.reopen();
    const known = await refOf(stage).send({ type: 'add', n: 1 }, { id: '19' });
    const forgotten = await refOf(stage).send({ type: 'add', n: 1 }, { id: '0' });
    expect([known.duplicate, forgotten.duplicate]).toEqual([true, false]);
  });

  test('all of the last day, however many', async () => {
    const stage = await openStage([tally], { limits });
    for (let i = 0; i < 40; i++) await refOf(stage).send({ type: 'add', n: 1 }, { id: `${i}` });
    await stage.close();
    await stage.reopen();
    const receipt = await refOf(stage).send({ type: 'add', n: 1 }, { id: '0' });
    expect(receipt).toMatchObject({ duplicate: true, seq: 2 });
  });
});
