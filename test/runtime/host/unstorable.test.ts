/** What a definition makes of its facts and cannot be stored: whoever can mend it learns of it, by path. */
import { assign, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { openStage, refusalOf, typesOf } from './kit.ts';
import type { Stage } from './kit.ts';

class Socket {
  readonly port = 1;
}

type Text = { readonly type: 'text'; readonly text: string };

const machine = setup({
  types: {
    context: {} as { readonly kept: unknown },
    events: {} as { readonly type: 'hold' | 'drop' | 'tick' | 'wait' | 'end' | 'fail' } | Text,
  },
  actions: {
    hold: assign({ kept: () => new Socket() }),
    broken: assign(() => JSON.parse('{') as never),
  },
}).createMachine({
  context: { kept: undefined },
  initial: 'on',
  states: {
    on: {
      on: {
        hold: { actions: 'hold' },
        drop: { actions: assign({ kept: undefined }) },
        tick: {},
        text: {},
        wait: 'waiting',
        fail: 'failing',
        end: 'over',
      },
    },
    waiting: { after: { 100: 'on' } },
    failing: { after: { 100: { actions: 'broken' } } },
    over: { type: 'final' },
  },
});

describe('a context that cannot be stored any more', () => {
  const holder = defineActor({ kind: 'holder', version: 1, machine });
  const open = async () => openStage([holder], { limits: { snapshotFacts: 8 } });
  const refOf = (stage: Stage<typeof holder>) => stage.troupe.actor('holder', 'a');

  /** Born, then with a socket in its context: at seq 3. */
  async function held(): Promise<Stage<typeof holder>> {
    const stage = await open();
    await refOf(stage).send({ type: 'tick' });
    await refOf(stage).send({ type: 'hold' });
    return stage;
  }

  async function ticked(stage: Stage<typeof holder>, upTo: number): Promise<void> {
    for (;;) if ((await refOf(stage).send({ type: 'tick' })).seq >= upTo) return;
  }

  test('refuses the send that a snapshot is due with, with its path, and leaves no trace of it', async () => {
    const stage = await held();
    await ticked(stage, 7);
    for (let again = 0; again < 2; again++) {
      const { code, details } = await refusalOf(refOf(stage).send({ type: 'tick' }));
      expect([code, details['path']]).toEqual(['NOT_STORABLE', 'context.kept']);
    }
    expect(await refOf(stage).digest()).toMatchObject({ seq: 7, sealed: false });
    expect(await stage.troupe.quarantined()).toEqual([]);
  });

  test('so that no activation folds more than that; each of a turn is told', async () => {
    const stage = await held();
    await ticked(stage, 4);
    const sends = Array.from({ length: 6 }, async () => refOf(stage).send({ type: 'tick' }));
    const settled = await Promise.allSettled(sends);
    expect(settled.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 3 }, () => 'fulfilled'),
      ...Array.from({ length: 3 }, () => 'rejected'),
    ]);
    await stage.reopen();
    expect((await refOf(stage).digest()).seq).toBe(7);
  });

  test('goes on with an event that leads to what can be stored', async () => {
    const stage = await held();
    await ticked(stage, 7);
    expect((await refOf(stage).send({ type: 'drop' })).seq).toBe(8);
    await ticked(stage, 30);
    await stage.reopen();
    expect(await refOf(stage).snapshot()).toMatchObject({ seq: 30, context: { kept: undefined } });
  });

  test('keeps no ending back', async () => {
    const stage = await held();
    await ticked(stage, 7);
    expect(await refOf(stage).send({ type: 'end' })).toMatchObject({ seq: 8, final: true });
    await stage.reopen();
    expect(await refOf(stage).digest()).toMatchObject({ seq: 8, sealed: true });
    expect(await refOf(stage).verify()).toMatchObject({ ok: true });
  });

  test('sets the actor aside when it is the host that tells what comes next', async () => {
    const stage = await held();
    await ticked(stage, 6);
    await refOf(stage).send({ type: 'wait' });
    stage.clock.advance(100);
    await stage.idle();
    const details = { path: 'context.kept', cause: 'NOT_STORABLE' };
    expect(await stage.troupe.quarantined()).toMatchObject([{ address: 'holder/a', details }]);
    expect(await refusalOf(refOf(stage).send({ type: 'tick' }))).toMatchObject({
      code: 'QUARANTINED',
      details,
    });
    expect(await refOf(stage).describe()).toContain('context.kept');
    await stage.troupe.release('holder/a');
    await stage.idle();
    expect(await stage.troupe.quarantined()).toMatchObject([{ address: 'holder/a', details }]);
    // Mended: the same history, told to a machine that keeps plain data.
    const mended = machine.provide({ actions: { hold: assign({ kept: 'plain' }) } });
    await stage.reopen([defineActor({ kind: 'holder', version: 1, machine: mended })]);
    await stage.idle();
    expect(await refOf(stage).snapshot()).toMatchObject({
      seq: 8,
      state: ['on'],
      context: { kept: 'plain' },
    });
  });

  test('is logged and counted when an actor is put away that nobody waits for', async () => {
    const stage = await held();
    await stage.close();
    expect(stage.log).toEqual([expect.stringContaining('no snapshot of holder/a: ')]);
    await stage.reopen();
    expect(await refOf(stage).digest()).toMatchObject({ seq: 3, sealed: false });
  });
});

describe('P6: a digest that cannot be stored', () => {
  const digests = {
    'a bigint': [() => ({ sum: 1n }), { code: 'NOT_STORABLE', path: 'sum' }],
    'more than 64 KiB': [() => ({ text: 'x'.repeat(70_000) }), { code: 'TOO_LARGE', bytes: 70_011 }],
    'an instance of a class': [() => ({ a: [new Socket()] }), { code: 'NOT_STORABLE', path: 'a[0]' }],
  } as const;
  const endings = { done: 'end', error: 'fail' } as const;

  for (const [what, [fold, unstorable]] of Object.entries(digests)) {
    test.each(['done', 'error'] as const)(
      `(${what}) gives way to a marker in the seal of one %s`,
      async (how) => {
        const digest = { schema: 1, start: () => ({}) as unknown, fold };
        const stage = await openStage([defineActor({ kind: 'sum', version: 1, machine, digest })]);
        const ref = stage.troupe.actor('sum', 'a');
        await ref.send({ type: endings[how] });
        stage.clock.advance(100);
        await stage.idle();
        for (const isAgain of [false, true]) {
          if (isAgain) await stage.reopen();
          const again = stage.troupe.actor('sum', 'a');
          expect(await again.digest()).toMatchObject({
            sealed: true,
            digest: { unstorable },
            seal: { cause: how },
          });
          expect((await again.snapshot()).status).toBe('sealed');
          expect(await again.verify()).toMatchObject({ ok: true, isRefolded: true });
        }
        expect(stage.log.filter((text) => text.includes('its digest failed'))).toHaveLength(1);
      },
    );
  }
});

test('storable events whose merger cannot be stored are recorded each by itself', async () => {
  const coalesce = (previous: { type: string }, next: { type: string }) =>
    previous.type === 'text' && next.type === 'text'
      ? ({ ...(next as Text), parts: new Socket() } as Text)
      : undefined;
  const text = defineActor({ kind: 'text', version: 1, machine, coalesce, commitWindowMs: 10 });
  const stage = await openStage([text]);
  const ref = stage.troupe.actor('text', 'a');
  const sends = ['a', 'b', 'c'].map(async (one) => ref.send({ type: 'text', text: one }));
  await stage.settled(10);
  const receipts = await Promise.all(sends);
  expect(receipts.map(({ seq }) => seq)).toEqual([2, 3, 4]);
  expect(await typesOf(ref)).toEqual(['actor.born', 'text', 'text', 'text']);
  expect(stage.log).toEqual([expect.stringContaining('its coalesce failed')]);
});
