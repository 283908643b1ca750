/** Snapshots shorten what an activation folds, and change nothing about what it finds. */
import { assign, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { heard, newPromise, openStage } from './kit.ts';
import type { Stage } from './kit.ts';

/** Steps that any machine took: what live events and activations cost. */
const counted = { steps: 0 };

const machine = setup({
  types: {
    context: {} as { readonly count: number; readonly last: string },
    events: {} as { readonly type: 'tick'; readonly text: string },
  },
  actions: {
    count: assign(({ context, event }) => {
      counted.steps++;
      return { count: context.count + 1, last: event.text };
    }),
  },
}).createMachine({
  context: { count: 0, last: '' },
  initial: 'even',
  states: {
    even: { on: { tick: { target: 'odd', actions: 'count' } } },
    odd: { on: { tick: { target: 'even', actions: 'count' } } },
  },
});

const ticker = defineActor({
  kind: 'ticker',
  version: 1,
  machine,
  digest: {
    schema: 1,
    start: () => ({ facts: 0, letters: 0 }),
    fold: ({ facts, letters }, { event }) => ({
      facts: facts + 1,
      letters: letters + ((event as { text?: string }).text?.length ?? 0),
    }),
  },
});
type Tickers = Stage<typeof ticker>;
const refOf = (stage: Tickers) => stage.troupe.actor('ticker', 'a');

async function ticked(stage: Tickers, times: number, perTurn = 1): Promise<void> {
  for (let i = 0; i < times; i += perTurn) {
    const sends = Array.from({ length: Math.min(perTurn, times - i) }, async (_, j) =>
      refOf(stage).send({ type: 'tick', text: `t${i + j}` }),
    );
    await Promise.all(sends);
  }
}

describe('review 13: a snapshot is written every 256 facts', () => {
  test.each([1, 64])(
    'and an activation folds at most those and one commit, with %i a turn',
    async (perTurn) => {
      const stage = await openStage([ticker]);
      for (const facts of [200, 255, 256, 300, 600, 1000]) {
        const { seq } = await refOf(stage).send({ type: 'tick', text: 'x' });
        await ticked(stage, Math.max(0, facts - seq), perTurn);
        await stage.reopen();
        counted.steps = 0;
        const reads = stage.opened.journal.stats().reads;
        const { context, seq: at } = await refOf(stage).snapshot();
        expect(context.count).toBe(at - 1);
        expect(counted.steps, `at ${at}`).toBeLessThanOrEqual(256 + perTurn);
        expect(stage.opened.journal.stats().reads - reads).toBeLessThan(8);
      }
    },
  );

  test('P7: reading a digest folds no more than that, live and sealed or not', async () => {
    const stage = await openStage([ticker]);
    await ticked(stage, 900, 50);
    await stage.reopen();
    counted.steps = 0;
    expect((await refOf(stage).digest()).digest).toMatchObject({ facts: 901 });
    expect(counted.steps).toBeLessThanOrEqual(256 + 50);
  });

  test('and one that belongs to another history is not believed', async () => {
    const stage = await openStage([ticker]);
    await ticked(stage, 600, 20);
    stage.crash();
    const remembered = stage.memory.actors.get('ticker/a')!;
    remembered.snapshots = remembered.snapshots.map((snapshot) => ({
      ...snapshot,
      chain: Buffer.alloc(32, 7),
    }));
    await stage.reopen();
    counted.steps = 0;
    expect((await refOf(stage).snapshot()).context.count).toBe(600);
    expect(counted.steps).toBe(600);
  });
});

describe('at(seq) is the actor as it stood then', () => {
  test('for every seq of 600 facts', async () => {
    const stage = await openStage([ticker]);
    await ticked(stage, 600, 7);
    for (const reopen of [false, true]) {
      if (reopen) await stage.reopen();
      for (let seq = 1; seq <= 601; seq++) {
        const { context, state, seq: at } = await refOf(stage).at(seq);
        const count = seq - 1;
        expect([at, context.count, context.last, state[0]]).toEqual([
          seq,
          count,
          count === 0 ? '' : `t${count - 1}`,
          count % 2 === 0 ? 'even' : 'odd',
        ]);
      }
    }
  }, 60_000);

  test('and one that was never reached is NOT_FOUND', async () => {
    const stage = await openStage([ticker]);
    await ticked(stage, 3);
    for (const seq of [0, -1, 5]) {
      await expect(refOf(stage).at(seq)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  test('also where its snapshots were taken by other limits', async () => {
    const stage = await openStage([ticker], { limits: { snapshotFacts: 3 } });
    await ticked(stage, 50, 2);
    for (let seq = 1; seq <= 51; seq++) {
      expect((await refOf(stage).at(seq)).context.count).toBe(seq - 1);
    }
  });
});

describe('passivation', () => {
  test('puts away who was idle; the next event brings it back as it was, and folds nothing', async () => {
    const stage = await openStage([ticker], { limits: { idleMs: 1000 } });
    await ticked(stage, 30);
    stage.clock.advance(1250);
    await stage.idle();
    expect(await stage.stats()).toMatchObject({ actors: 0, passivations: 1 });
    counted.steps = 0;
    expect(await refOf(stage).send({ type: 'tick', text: 'back' })).toMatchObject({ seq: 32 });
    expect(counted.steps).toBe(1);
    expect((await refOf(stage).snapshot()).context).toEqual({ count: 31, last: 'back' });
  });

  test('keeps no more actors in memory than the limit and a few', async () => {
    const stage = await openStage([ticker], { limits: { residentActors: 16 } });
    const ids = Array.from({ length: 200 }, (_, i) => `a${i}`);
    for (let round = 1; round <= 3; round++) {
      for (const id of ids) await stage.troupe.actor('ticker', id).send({ type: 'tick', text: id });
      const { actors } = await stage.stats();
      expect(actors).toBeLessThanOrEqual(20);
    }
    for (const id of ids) {
      expect((await stage.troupe.actor('ticker', id).snapshot()).context).toEqual({ count: 3, last: id });
    }
  });

  test('takes nobody away who is waited for', async () => {
    const stage = await openStage([ticker], { limits: { idleMs: 10 } });
    await refOf(stage).send({ type: 'tick', text: '' });
    const until = refOf(stage).until('even');
    await heard();
    for (let i = 0; i < 3; i++) {
      stage.clock.advance(250);
      await stage.idle();
    }
    await refOf(stage).send({ type: 'tick', text: '' });
    expect(await until).toMatchObject({ seq: 3 });
  });

  test('takes nobody away whose commit is under way', async () => {
    const stage = await openStage([ticker], { limits: { residentActors: 1 } });
    await refOf(stage).send({ type: 'tick', text: '1' });
    const gate = newPromise();
    stage.holdAppends(gate.promise);
    const second = refOf(stage).send({ type: 'tick', text: '2' });
    await heard();
    await heard();
    const others = ['b', 'c', 'd', 'e'].map(async (id) =>
      stage.troupe.actor('ticker', id).send({ type: 'tick', text: id }),
    );
    await heard();
    const third = refOf(stage).send({ type: 'tick', text: '3' });
    for (let i = 0; i < 10; i++) await heard();
    gate.resolve();
    expect([(await second).seq, (await third).seq]).toEqual([3, 4]);
    for (const { seq } of await Promise.all(others)) expect(seq).toBe(2);
  });

  test('under a crowd brings everybody back as often as he is asked', async () => {
    const stage = await openStage([ticker], { limits: { residentActors: 4 } });
    const ids = Array.from({ length: 300 }, (_, i) => `a${i}`);
    for (let round = 0; round < 3; round++) {
      const sends = ids.map(async (id) => stage.troupe.actor('ticker', id).send({ type: 'tick', text: id }));
      for (const { seq } of await Promise.all(sends)) expect(seq).toBe(2 + round);
    }
    for (const id of ids) {
      const ref = stage.troupe.actor('ticker', id);
      expect(await ref.verify()).toMatchObject({ ok: true, seq: 4 });
    }
  });
});

test('starting costs the same however many actors sleep: nobody is woken who owes nothing', async () => {
  const stage = await openStage([ticker]);
  const ids = Array.from({ length: 500 }, (_, i) => `a${i}`);
  await Promise.all(ids.map(async (id) => stage.troupe.actor('ticker', id).send({ type: 'tick', text: '' })));
  await stage.reopen();
  await stage.idle();
  counted.steps = 0;
  expect(await stage.stats()).toMatchObject({ actors: 0, activations: 0 });
  expect(counted.steps).toBe(0);
});
