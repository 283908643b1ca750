/** Histories outlive the definitions that wrote them: brought up to date, or set aside, never guessed at. */
import { assign, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import type { AnyEvent } from '../../../runtime/index.ts';
import { openStage, refusalOf } from './kit.ts';

type Event = { readonly type: 'book' | 'reserve'; readonly seats: number } | { readonly type: 'go' | 'note' };

/** Version 1 counts seats under `count`. */
const first = defineActor({
  kind: 'trip',
  version: 1,
  machine: setup({ types: { context: {} as { readonly count: number }, events: {} as Event } }).createMachine(
    {
      context: { count: 0 },
      initial: 'planned',
      states: {
        planned: {
          on: {
            book: { actions: assign({ count: ({ context, event }) => context.count + event.seats }) },
            go: 'under way',
            note: {},
          },
        },
        'under way': { on: { note: {} } },
      },
    },
  ),
});

/** Version 2 calls the event `reserve` and the seats `seats`. */
const secondMachine = setup({
  types: { context: {} as { readonly seats: number }, events: {} as Event },
}).createMachine({
  context: { seats: 0 },
  initial: 'planned',
  states: {
    planned: {
      on: {
        reserve: { actions: assign({ seats: ({ context, event }) => context.seats + event.seats }) },
        go: 'under way',
        note: {},
      },
    },
    'under way': { on: { note: {} } },
  },
});

const upcasts: number[] = [];
const upcast = (event: AnyEvent, from: number): AnyEvent => {
  upcasts.push(from);
  return event.type === 'book' ? { ...event, type: 'reserve' } : event;
};

/** A machine in which `note` moves, where in version 1 it stays. */
const movingMachine = (to: 'planned' | 'noted') =>
  setup({ types: { context: {} as { readonly count: number }, events: {} as Event } }).createMachine({
    context: { count: 0 },
    initial: 'planned',
    states: { planned: { on: { book: {}, note: to } }, noted: { on: { note: {} } } },
  });

describe('review 15: a new version', () => {
  test('with upcast replays old events as today’s, and only old ones', async () => {
    const stage = await openStage([first]);
    const old = stage.troupe.actor(first, 'a');
    await old.send({ type: 'book', seats: 2 });
    await old.send({ type: 'book', seats: 3 });
    const second = defineActor({ kind: 'trip', version: 2, machine: secondMachine, upcast });
    await stage.reopen([second]);
    upcasts.length = 0;
    const ref = stage.troupe.actor(second, 'a');
    expect((await ref.snapshot()).context).toEqual({ seats: 5 });
    await ref.send({ type: 'reserve', seats: 1 });
    await stage.reopen([second]);
    upcasts.length = 0;
    expect((await stage.troupe.actor(second, 'a').snapshot()).context).toEqual({ seats: 6 });
    expect(upcasts).toEqual([1, 1]);
  });

  test('with migrate goes on from the snapshot: nothing before it is replayed', async () => {
    const stage = await openStage([first]);
    const old = stage.troupe.actor(first, 'a');
    for (let i = 0; i < 20; i++) await old.send({ type: 'book', seats: 1 });
    await stage.close();
    const migrate = (context: unknown) => ({ seats: (context as { count: number }).count });
    const second = defineActor({ kind: 'trip', version: 2, machine: secondMachine, upcast, migrate });
    await stage.reopen([second]);
    upcasts.length = 0;
    const ref = stage.troupe.actor(second, 'a');
    expect((await ref.snapshot()).context).toEqual({ seats: 20 });
    expect(upcasts).toEqual([]);
    await ref.send({ type: 'reserve', seats: 2 });
    await stage.reopen([second]);
    expect((await stage.troupe.actor(second, 'a').snapshot()).context).toEqual({ seats: 22 });
  });

  test('without migrate ignores the snapshots of the old one', async () => {
    const stage = await openStage([first]);
    await stage.troupe.actor(first, 'a').send({ type: 'book', seats: 4 });
    await stage.close();
    const second = defineActor({ kind: 'trip', version: 2, machine: secondMachine, upcast });
    await stage.reopen([second]);
    expect((await stage.troupe.actor(second, 'a').snapshot()).context).toEqual({ seats: 4 });
  });

  test('whose migrate throws sets the actor aside', async () => {
    const stage = await openStage([first]);
    await stage.troupe.actor(first, 'a').send({ type: 'book', seats: 4 });
    await stage.close();
    const migrate = () => {
      throw new Error('cannot migrate');
    };
    const second = defineActor({ kind: 'trip', version: 2, machine: secondMachine, migrate });
    await stage.reopen([second]);
    const error = await refusalOf(stage.troupe.actor(second, 'a').snapshot());
    expect([error.code, error.message]).toEqual(['QUARANTINED', expect.stringContaining('cannot migrate')]);
  });
});

describe('a history that the machine no longer reaches', () => {
  const changed = (to: 'planned' | 'noted') =>
    defineActor({ kind: 'trip', version: 1, machine: movingMachine(to) });

  test('sets its actor aside with the first bad seq; the others go on; mended, it is released', async () => {
    const stage = await openStage([first]);
    const bad = stage.troupe.actor(first, 'bad');
    await bad.send({ type: 'book', seats: 1 });
    await bad.send({ type: 'go' });
    await stage.troupe.actor(first, 'good').send({ type: 'book', seats: 1 });
    await stage.reopen([changed('noted')]);
    const error = await refusalOf(stage.troupe.actor('trip', 'bad').send({ type: 'note' }));
    expect(error).toMatchObject({
      code: 'QUARANTINED',
      details: { firstBadSeq: 3, cause: 'DEFINITION_MISMATCH', address: 'trip/bad' },
    });
    expect(await refusalOf(stage.troupe.actor('trip', 'bad').snapshot())).toMatchObject({
      code: 'QUARANTINED',
    });
    expect(await stage.troupe.actor('trip', 'good').send({ type: 'note' })).toMatchObject({ seq: 3 });
    expect(await stage.troupe.quarantined()).toMatchObject([{ address: 'trip/bad' }]);
    await stage.reopen([first]);
    expect(await stage.troupe.actor(first, 'bad').send({ type: 'note' })).toMatchObject({ seq: 4 });
  });

  test('is found though the recorded state stayed the same over that commit', async () => {
    const stage = await openStage([first]);
    await stage.troupe.actor(first, 'a').send({ type: 'book', seats: 1 });
    await stage.troupe.actor(first, 'a').send({ type: 'note' });
    await stage.reopen([changed('noted')]);
    const error = await refusalOf(stage.troupe.actor('trip', 'a').snapshot());
    expect(error).toMatchObject({ code: 'QUARANTINED', details: { firstBadSeq: 3 } });
    await stage.reopen([changed('planned')]);
    expect((await stage.troupe.actor('trip', 'a').snapshot()).state).toEqual(['planned']);
  });

  test('because it throws now is found, too', async () => {
    const stage = await openStage([first]);
    await stage.troupe.actor(first, 'a').send({ type: 'note' });
    await stage.troupe.actor(first, 'a').send({ type: 'book', seats: 1 });
    const machine = setup({ types: { context: {} as { count: number }, events: {} as Event } }).createMachine(
      {
        context: { count: 0 },
        initial: 'planned',
        states: { planned: { on: { note: {}, book: { actions: assign(() => thrown()) } } } },
      },
    );
    await stage.reopen([defineActor({ kind: 'trip', version: 1, machine })]);
    const error = await refusalOf(stage.troupe.actor('trip', 'a').snapshot());
    expect(error).toMatchObject({ code: 'QUARANTINED', details: { firstBadSeq: 3 } });
    expect(error.message).toContain('it throws now');
  });

  test('is judged anew when it is released; its timers come then', async () => {
    const broken = { now: true };
    const machine = setup({ types: { events: {} as { readonly type: 'go' } } }).createMachine({
      initial: 'a',
      states: {
        a: { on: { go: [{ guard: () => broken.now, target: 'c' }, { target: 'b' }] } },
        b: { after: { 100: 'c' } },
        c: {},
      },
    });
    const definition = defineActor({ kind: 'mended', version: 1, machine });
    const stage = await openStage([definition]);
    broken.now = false;
    await stage.troupe.actor(definition, 'a').send({ type: 'go' });
    await stage.reopen();
    broken.now = true;
    stage.clock.advance(1000);
    await stage.idle();
    expect(await stage.troupe.quarantined()).toMatchObject([{ address: 'mended/a' }]);
    broken.now = false;
    await stage.troupe.release('mended/a');
    await stage.idle();
    expect(await stage.troupe.quarantined()).toEqual([]);
    expect((await stage.troupe.actor(definition, 'a').snapshot()).state).toEqual(['c']);
  });

  test('pitfall 6: a state or source that is gone is told, not guessed', async () => {
    const stage = await openStage([first]);
    await stage.troupe.actor(first, 'a').send({ type: 'go' });
    await stage.close();
    await stage.reopen([changed('noted')]);
    const error = await refusalOf(stage.troupe.actor('trip', 'a').send({ type: 'note' }));
    expect(error).toMatchObject({ code: 'QUARANTINED', details: { firstBadSeq: 1 } });
  });
});

function thrown(): never {
  throw new Error('it throws now');
}
