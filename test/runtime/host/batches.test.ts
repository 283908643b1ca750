/** Several sends to one actor as one commit: all of them are applied, or none is. */
import { assign, fromPromise, setup } from 'xstate';
import { describe, expect, test, vi } from 'vitest';
import { TroupeError } from '../../../actors/troupeError.ts';
import { defineActor } from '../../../runtime/index.ts';
import { sendBatch } from '../../../runtime/batch.ts';
import type { BatchItem } from '../../../runtime/batch.ts';
import { heard, openStage, refusalOf, typesOf } from './kit.ts';
import type { Stage } from './kit.ts';

// Everything is slow where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

let runs = 0;

const purse = defineActor({
  kind: 'purse',
  version: 1,
  machine: setup({
    types: {
      context: {} as { readonly cents: number },
      events: {} as
        | { readonly type: 'in' | 'out'; readonly cents: number }
        | { readonly type: 'work' | 'end' | 'throw' },
    },
    actors: {
      job: fromPromise(async () => {
        runs++;
      }),
    },
    guards: { has: ({ context }, { cents }: { cents: number }) => context.cents >= cents },
  }).createMachine({
    context: { cents: 0 },
    initial: 'open',
    on: {
      in: { actions: assign({ cents: ({ context, event }) => context.cents + event.cents }) },
      out: {
        guard: { type: 'has', params: ({ event }) => ({ cents: event.cents }) },
        actions: assign({ cents: ({ context, event }) => context.cents - event.cents }),
      },
      throw: {
        actions: assign(() => {
          throw new Error('thrown');
        }),
      },
    },
    states: {
      open: { on: { work: 'working', end: 'closed' } },
      working: { invoke: { src: 'job', onDone: 'open' } },
      closed: { type: 'final' },
    },
  }),
  coalesce: (one, other) =>
    one.type === 'in' && other.type === 'in'
      ? { type: 'in' as const, cents: one.cents + other.cents }
      : undefined,
  commitWindowMs: 0,
  reply: (_event, before, after) => `${before.context.cents} > ${after.context.cents}`,
});

type Purses = Stage<typeof purse>;
const refOf = (stage: Purses, id = 'p') => stage.troupe.actor('purse', id);
const into = (cents: number, id?: string): BatchItem => [{ type: 'in', cents } as never, id ? { id } : {}];
const out = (cents: number): BatchItem => [{ type: 'out', cents } as never, {}];
const bare = (type: string): BatchItem => [{ type }, {}];
const batch = async (stage: Purses, items: readonly BatchItem[]) => sendBatch(refOf(stage), items);
const centsOf = async (stage: Purses) => (await refOf(stage).snapshot()).context.cents;

describe('a batch', () => {
  test('is one commit with a receipt for each of its sends', async () => {
    const stage = await openStage([purse]);
    const receipts = await batch(stage, [into(5), into(7), out(10)]);
    expect(receipts).toMatchObject([
      { seq: 2, reply: '0 > 5', duplicate: false },
      { seq: 3, reply: '5 > 12' },
      { seq: 4, reply: '12 > 2', final: false },
    ]);
    expect((await stage.stats()).commits).toBe(1);
    await stage.reopen();
    expect(await centsOf(stage)).toBe(2);
    expect(await refOf(stage).verify()).toEqual({ ok: true, seq: 4 });
  });

  test('of which one is refused leaves nothing behind, and its refusal says which one', async () => {
    const stage = await openStage([purse]);
    await refOf(stage).send({ type: 'in', cents: 3 });
    const refusal = await refusalOf(batch(stage, [into(5), out(9), into(1)]));
    expect(refusal).toMatchObject({ code: 'NOT_ACCEPTED', details: { index: 1, guard: true } });
    expect(await centsOf(stage)).toBe(3);
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'in']);
    expect(await refOf(stage).send({ type: 'out', cents: 3 })).toMatchObject({ seq: 3, reply: '3 > 0' });
    await stage.reopen();
    expect(await centsOf(stage)).toBe(0);
  });

  test('that would be a birth leaves no actor when one of it is refused', async () => {
    const stage = await openStage([purse]);
    expect(await refusalOf(batch(stage, [into(5), out(9)]))).toMatchObject({ details: { index: 1 } });
    expect(await refOf(stage).exists()).toBe(false);
    expect(await batch(stage, [into(5)])).toMatchObject([{ seq: 2 }]);
  });

  test('starts no task, ends no actor and meets no wait when a later one of it is refused', async () => {
    const stage = await openStage([purse]);
    await refOf(stage).send({ type: 'in', cents: 3 });
    runs = 0;
    const closed = refOf(stage).until('closed');
    const working = refOf(stage).until('working');
    expect(await refusalOf(batch(stage, [bare('work'), bare('throw')]))).toMatchObject({
      code: 'MACHINE_FAILED',
      details: { index: 1 },
    });
    expect(await refusalOf(batch(stage, [bare('end'), into(1)]))).toMatchObject({
      code: 'SEALED',
      details: { index: 1 },
    });
    await stage.idle();
    expect(runs).toBe(0);
    expect(await refOf(stage).snapshot()).toMatchObject({ status: 'live', seq: 2 });
    await batch(stage, [bare('work')]);
    expect(await working).toMatchObject({ seq: 3 });
    await stage.idle();
    expect(runs).toBe(1);
    await batch(stage, [into(1), bare('end')]);
    expect(await closed).toMatchObject({ status: 'sealed' });
  });

  test('takes nothing of others with it: what came before and after is applied', async () => {
    const stage = await openStage([purse]);
    const ref = refOf(stage);
    const sends = [
      ref.send({ type: 'in', cents: 1 }),
      batch(stage, [into(10), out(100)]),
      ref.send({ type: 'in', cents: 2 }, { id: 'two' }),
      batch(stage, [into(20), out(3)]),
      ref.send({ type: 'in', cents: 4 }),
    ];
    const outcomes = await Promise.allSettled(sends);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(await centsOf(stage)).toBe(24);
    expect(await typesOf(ref)).toEqual(['actor.born', 'in', 'in', 'in', 'out', 'in']);
  });

  test('that is too much for one commit is refused as a whole', async () => {
    const stage = await openStage([purse]);
    const parts = Array.from({ length: 1000 }, () => 'x'.repeat(1000));
    const large = (): BatchItem => [{ type: 'in', cents: 1, parts } as never, {}];
    const refusal = await refusalOf(
      batch(
        stage,
        Array.from({ length: 17 }, () => large()),
      ),
    );
    expect(refusal.code).toBe('TOO_LARGE');
    expect(await refOf(stage).exists()).toBe(false);
    expect(await batch(stage, [large(), large()])).toMatchObject([{ seq: 2 }, { seq: 3 }]);
  });

  test('whose commit cannot be written never happened', async () => {
    const stage = await openStage([purse]);
    await refOf(stage).send({ type: 'in', cents: 3 });
    let failures = 0;
    stage.failure = () =>
      failures++ === 0 ? new TroupeError('JOURNAL_FULL', 'there is no space left', {}) : undefined;
    expect(await refusalOf(batch(stage, [into(5), into(6)]))).toMatchObject({ code: 'JOURNAL_FULL' });
    expect(await centsOf(stage)).toBe(3);
  });
});

describe('a batch sent again', () => {
  test('with its ids is applied once, and gets the same receipts', async () => {
    const stage = await openStage([purse]);
    const items = [into(5, 'a'), into(7, 'b')];
    const first = await batch(stage, items);
    const again = await batch(stage, items);
    expect(again).toEqual(first.map((receipt) => ({ ...receipt, duplicate: true })));
    await stage.reopen();
    expect(await batch(stage, items)).toEqual(again);
    expect(await centsOf(stage)).toBe(12);
  });

  test('with some more applies those, and only those', async () => {
    const stage = await openStage([purse]);
    await batch(stage, [into(5, 'a'), into(7, 'b')]);
    const more = await batch(stage, [into(5, 'a'), into(7, 'b'), into(100, 'c')]);
    expect(more.map(({ seq, duplicate }) => [seq, duplicate])).toEqual([
      [2, true],
      [3, true],
      [4, false],
    ]);
    expect(await centsOf(stage)).toBe(112);
  });

  test('with an id that was used for another event changes nothing', async () => {
    const stage = await openStage([purse]);
    await batch(stage, [into(5, 'a'), into(7, 'b')]);
    const mixed = await refusalOf(batch(stage, [into(100, 'c'), into(8, 'b')]));
    expect(mixed).toMatchObject({ code: 'CONFLICT', details: { index: 1, id: 'b', seq: 3 } });
    const known = await refusalOf(batch(stage, [into(5, 'a'), into(8, 'b')]));
    expect(known).toMatchObject({ code: 'CONFLICT', details: { index: 1 } });
    const twice = await refusalOf(batch(stage, [into(1, 'd'), into(1, 'd')]));
    expect(twice).toMatchObject({ code: 'INVALID_OPTION', details: { index: 1 } });
    expect(await centsOf(stage)).toBe(12);
  });

  test('with a key is known as a whole: with more or fewer sends it is another one', async () => {
    const stage = await openStage([purse]);
    const keyed = async (...cents: readonly number[]) =>
      sendBatch(
        refOf(stage),
        cents.map((one) => into(one)),
        { key: 'k' },
      );
    await keyed(5, 7);
    for (const other of [keyed(5), keyed(5, 7, 9)]) {
      const details = { address: 'purse/p', id: 'k' };
      expect(await refusalOf(other)).toMatchObject({ code: 'CONFLICT', details });
    }
    expect(await refusalOf(keyed(5, 8))).toMatchObject({
      code: 'CONFLICT',
      details: { index: 1, id: 'k/1' },
    });
    await stage.reopen();
    expect(await refusalOf(keyed(5, 7, 9))).toMatchObject({ code: 'CONFLICT' });
    expect(await keyed(5, 7)).toMatchObject([
      { seq: 2, duplicate: true },
      { seq: 3, duplicate: true },
    ]);
    expect(await centsOf(stage)).toBe(12);
  });

  test('by the runtime, after its host was lost, is applied once', async () => {
    const stage = await openStage([purse]);
    const sends = [1, 2].map((n) => ({ n, cents: n * 10 }));
    const wire = async () =>
      stage.resendBatch(
        'purse/p',
        sends.map(({ n, cents }) => [n, { type: 'in', cents }]),
      );
    const first = await wire();
    expect(first).toMatchObject([
      { seq: 2, duplicate: false },
      { seq: 3, duplicate: false },
    ]);
    await stage.reopen();
    expect(await wire()).toEqual(first);
    expect(await centsOf(stage)).toBe(30);
  });

  test('keeps a send with one of its ids, that waits behind it, from merging into another', async () => {
    const stage = await openStage([purse]);
    const ref = refOf(stage);
    const sends = [
      batch(stage, [into(1, 'x'), into(2)]),
      ref.send({ type: 'in', cents: 4 }),
      ref.send({ type: 'in', cents: 1 }, { id: 'x' }),
    ];
    await heard();
    const receipts = await Promise.all(sends);
    expect(receipts[2]).toMatchObject({ seq: 2, duplicate: true });
    expect(await centsOf(stage)).toBe(7);
  });
});
