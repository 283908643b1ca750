/** Timers are durable: they come at their recorded time, in due order, once, whatever happens in between. */
import { assign, cancel, enqueueActions, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { heard, openStage, start, typesOf } from './kit.ts';
import type { Stage } from './kit.ts';

const delays: number[] = [];

const clockMachine = setup({
  types: {
    context: {} as { readonly rung: readonly string[]; readonly ms: number },
    events: {} as
      | { readonly type: 'go'; readonly to: string }
      | { readonly type: 'raise'; readonly name: string; readonly ms: number; readonly says?: string }
      | { readonly type: 'cancel'; readonly name: string }
      | { readonly type: 'ring'; readonly name: string }
      | { readonly type: 'back' },
  },
  delays: {
    random: () => {
      const ms = 1000 + Math.floor(Math.random() * 100_000);
      delays.push(ms);
      return ms;
    },
    own: ({ context }) => context.ms,
  },
}).createMachine({
  context: { rung: [], ms: 700 },
  initial: 'idle',
  on: {
    raise: {
      actions: enqueueActions(({ event, enqueue }) =>
        enqueue.raise({ type: 'ring', name: event.says ?? event.name }, { delay: event.ms, id: event.name }),
      ),
    },
    cancel: { actions: cancel(({ event }) => event.name) },
    ring: { actions: assign({ rung: ({ context, event }) => [...context.rung, event.name] }) },
  },
  states: {
    idle: {
      on: {
        go: [
          { guard: ({ event }) => event.to === 'random', target: 'random' },
          { guard: ({ event }) => event.to === 'own', target: 'own' },
          { target: 'waiting' },
        ],
      },
    },
    waiting: { after: { 1000: 'late' }, on: { back: { target: 'waiting', reenter: true }, go: 'idle' } },
    random: { after: { random: 'late' } },
    own: { after: { own: 'late' } },
    late: {},
  },
});

const clock = defineActor({ kind: 'clock', version: 1, machine: clockMachine });
type Clocks = Stage<typeof clock>;
const refOf = (stage: Clocks, id = 'a') => stage.troupe.actor('clock', id);
const stateOf = async (stage: Clocks) => (await refOf(stage).snapshot()).state[0];
const rungOf = async (stage: Clocks, id = 'a') => (await refOf(stage, id).snapshot()).context.rung;
const later = async (stage: Clocks, ms: number) => {
  stage.clock.advance(ms);
  await stage.idle();
};

describe('pitfall 1: a timer', () => {
  test('of a state fires at its time, not before, once', async () => {
    const stage = await openStage([clock]);
    await refOf(stage).send({ type: 'go', to: 'waiting' });
    await later(stage, 999);
    expect(await stateOf(stage)).toBe('waiting');
    await later(stage, 1);
    expect(await stateOf(stage)).toBe('late');
    await later(stage, 10_000);
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'go', 'timer.fired']);
  });

  test('survives a crash and fires at the time that was recorded', async () => {
    const stage = await openStage([clock]);
    await refOf(stage).send({ type: 'go', to: 'waiting' });
    stage.clock.advance(400);
    await stage.reopen();
    await later(stage, 599);
    expect(await stateOf(stage)).toBe('waiting');
    await later(stage, 1);
    expect(await stateOf(stage)).toBe('late');
  });

  test('wakes an actor that nobody asks for', async () => {
    const stage = await openStage([clock]);
    await refOf(stage).send({ type: 'go', to: 'waiting' });
    await stage.close();
    await stage.reopen();
    await later(stage, 1000);
    expect(await typesOf(refOf(stage))).toContain('timer.fired');
  });

  test('that came due while nothing ran fires before anything else is heard', async () => {
    const stage = await openStage([clock]);
    await refOf(stage).send({ type: 'go', to: 'waiting' });
    stage.crash();
    stage.clock.advance(60_000);
    await stage.reopen();
    await refOf(stage).send({ type: 'ring', name: 'first' });
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'go', 'timer.fired', 'ring']);
  });
});

describe('review 1: a delay that a function gives', () => {
  test('is asked once: a random one stays what it was over restarts', async () => {
    const stage = await openStage([clock]);
    delays.length = 0;
    await refOf(stage).send({ type: 'go', to: 'random' });
    expect(delays).toHaveLength(1);
    const [due] = delays;
    await stage.reopen();
    await later(stage, due! - 1);
    expect(await stateOf(stage)).toBe('random');
    await stage.reopen();
    await later(stage, 1);
    expect(await stateOf(stage)).toBe('late');
  });

  test('may read the context', async () => {
    const stage = await openStage([clock]);
    await refOf(stage).send({ type: 'go', to: 'own' });
    await later(stage, 699);
    expect(await stateOf(stage)).toBe('own');
    await later(stage, 1);
    expect(await stateOf(stage)).toBe('late');
  });
});

describe('a delayed raise', () => {
  const raiseAll = async (stage: Clocks, ...names: readonly (readonly [string, number])[]) => {
    for (const [name, ms] of names) await refOf(stage).send({ type: 'raise', name, ms });
  };

  test('comes in due order, not in the order it was asked for, also over a restart', async () => {
    const stage = await openStage([clock]);
    await raiseAll(stage, ['c', 30], ['a', 10], ['b', 20]);
    await later(stage, 15);
    expect(await rungOf(stage)).toEqual(['a']);
    stage.crash();
    stage.clock.advance(1000);
    await stage.reopen();
    await stage.idle();
    expect(await rungOf(stage)).toEqual(['a', 'b', 'c']);
  });

  test('that is cancelled never comes, neither now nor after a restart', async () => {
    const stage = await openStage([clock]);
    await raiseAll(stage, ['a', 10], ['b', 20]);
    await refOf(stage).send({ type: 'cancel', name: 'a' });
    await stage.reopen();
    await later(stage, 1000);
    expect(await rungOf(stage)).toEqual(['b']);
    expect(await stage.stats()).toMatchObject({ timers: 0 });
  });

  test('that is asked for anew under its id counts from then', async () => {
    const stage = await openStage([clock]);
    await raiseAll(stage, ['a', 100]);
    stage.clock.advance(60);
    await raiseAll(stage, ['a', 100]);
    await later(stage, 60);
    expect(await rungOf(stage)).toEqual([]);
    await later(stage, 40);
    expect(await rungOf(stage)).toEqual(['a']);
  });

  test('comes with the machine’s next event when it was due before it', async () => {
    const stage = await openStage([clock]);
    await raiseAll(stage, ['a', 100]);
    stage.clock.advance(99);
    const sent = refOf(stage).send({ type: 'ring', name: 'user' });
    stage.clock.advance(1);
    await sent;
    await stage.idle();
    expect((await rungOf(stage)).toSorted()).toEqual(['a', 'user']);
  });
});

describe('a timer that had come due while the event that sets it anew was waiting', () => {
  test.each([64, 1])('is void, with %i events a turn: the new one takes its own time', async (turnEvents) => {
    const stage = await openStage([clock], { limits: { turnEvents } });
    const ref = refOf(stage);
    await ref.send({ type: 'go', to: 'waiting' });
    const sent = ref.send({ type: 'back' });
    await heard();
    stage.clock.advance(1000);
    await sent;
    await stage.idle();
    expect(await typesOf(ref)).toEqual(['actor.born', 'go', 'back']);
    await later(stage, 999);
    expect(await stateOf(stage)).toBe('waiting');
    await later(stage, 1);
    expect(await stateOf(stage)).toBe('late');
  });

  test('is void also when the new one is due at once; a replay says the same', async () => {
    const stage = await openStage([clock]);
    await refOf(stage).send({ type: 'raise', name: 'a', ms: 10, says: 'old' });
    const sent = refOf(stage).send({ type: 'raise', name: 'a', ms: 0, says: 'new' });
    await heard();
    stage.clock.advance(10);
    await sent;
    await later(stage, 0);
    expect(await rungOf(stage)).toEqual(['new']);
    await stage.reopen();
    expect(await rungOf(stage)).toEqual(['new']);
  });
});

test('a clock that goes back delays and loses nothing, and time in a history never goes back', async () => {
  const stage = await openStage([clock]);
  await refOf(stage).send({ type: 'go', to: 'waiting' });
  await later(stage, -500_000);
  await refOf(stage).send({ type: 'ring', name: 'past' });
  expect((await refOf(stage).snapshot()).at).toBe(start);
  await later(stage, 500_999);
  expect(await stateOf(stage)).toBe('waiting');
  await later(stage, 1);
  expect(await stateOf(stage)).toBe('late');
});

describe('at the start', () => {
  const raised = async (count: number, limits = {}) => {
    const stage = await openStage([clock], { limits });
    const ids = Array.from({ length: count }, (_, i) => `a${i}`);
    await Promise.all(ids.map(async (id) => refOf(stage, id).send({ type: 'raise', name: 'r', ms: 100 })));
    stage.crash();
    stage.clock.advance(1000);
    return stage;
  };

  test('what users ask for comes before the hundreds that are overdue', async () => {
    const stage = await raised(300, { recoveringActors: 1 });
    await stage.reopen();
    await refOf(stage, 'a299').snapshot();
    expect((await stage.stats()).activations).toBeLessThan(20);
    await stage.idle();
    expect(await stage.stats()).toMatchObject({ activations: 300, timers: 0 });
  });

  test('actors of a kind that nobody hosts any more keep what they owe, and that is told', async () => {
    const stage = await raised(3);
    const other = defineActor({ kind: 'other', version: 1, machine: clockMachine });
    await stage.reopen([other]);
    await stage.troupe.actor(other, 'a').send({ type: 'go', to: 'waiting' });
    await stage.idle();
    expect(stage.log).toContainEqual(expect.stringContaining('3 actors of kind "clock" have something due'));
    await stage.reopen([clock]);
    await stage.idle();
    for (const id of ['a0', 'a1', 'a2']) expect(await rungOf(stage, id)).toEqual(['r']);
  });
});

test('overdue timers of many actors fire in due order for each, all of them once', async () => {
  const stage = await openStage([clock]);
  const ids = Array.from({ length: 200 }, (_, i) => `a${i}`);
  await Promise.all(
    ids.flatMap((id) =>
      [3, 1, 2].map(async (n) => refOf(stage, id).send({ type: 'raise', name: `${n}`, ms: n * 100 })),
    ),
  );
  stage.crash();
  stage.clock.advance(10_000);
  await stage.reopen();
  await stage.idle();
  for (const id of ids) expect(await rungOf(stage, id)).toEqual(['1', '2', '3']);
});
