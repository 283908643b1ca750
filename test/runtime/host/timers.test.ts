/** Timers are durable: they come at their recorded time, in due order, once, whatever happens in between. */
import { assign, cancel, enqueueActions, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { Timers } from '../../../runtime/host/timers.ts';
import { heard, openStage, start, TestClock, typesOf } from './kit.ts';
import type { Stage } from './kit.ts';

const delays: number[] = [];

const clockMachine = setup({
  types: {
    context: {} as { readonly rung: readonly string[]; readonly ms: number },
    events: {} as
      | { readonly type: 'go'; readonly to: string }
      | { readonly type: 'raise'; readonly name: string; readonly ms: number }
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
        enqueue.raise({ type: 'ring', name: event.name }, { delay: event.ms, id: event.name }),
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

test('a state that is entered anew sets its timer anew', async () => {
  const stage = await openStage([clock]);
  const ref = refOf(stage);
  await ref.send({ type: 'go', to: 'waiting' });
  // Behind the event in the mailbox of one turn: the timer comes due while the event waits there.
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

describe('100 000 pending timers', () => {
  test('wait behind one handle and fire in due order', () => {
    const time = new TestClock();
    const fired: number[] = [];
    const wheel = new Timers(time.life(), (_address, _id, due) => fired.push(due - start));
    const dues = Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 100_003);
    dues.forEach((due, i) => wheel.set(`a/${i % 1000}`, `${i}`, start + due));
    expect([wheel.size, time.waiting]).toEqual([100_000, 1]);
    time.advance(50_000);
    expect(fired).toEqual(dues.filter((due) => due <= 50_000).toSorted((a, b) => a - b));
    expect(time.waiting).toBe(1);
    time.advance(50_003);
    expect([fired.length, wheel.size, time.waiting]).toEqual([100_000, 0, 0]);
  });

  test('of real time are one handle of the process', async () => {
    const { realWait } = await import('../../../runtime/host/clock.ts');
    const timeouts = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const handles: number[] = [];
    const wait = (ms: number, work: () => void) => {
      handles.push(ms);
      return realWait(ms, work);
    };
    const before = timeouts();
    const wheel = new Timers({ now: Date.now, wait }, () => undefined);
    for (let i = 0; i < 100_000; i++) wheel.set('a/b', `${i}`, Date.now() + 3_600_000 + i);
    expect([handles.length, timeouts() - before]).toEqual([1, 0]);
    wheel.close();
  });

  test('that are set anew again and again cost what they would cost once', () => {
    const time = new TestClock();
    const wheel = new Timers(time.life(), () => undefined);
    for (let i = 0; i < 100_000; i++) wheel.set('a/b', 'idle', start + 3_600_000 + i);
    expect(wheel.size).toBe(1);
    expect(wheel.heapLength).toBeLessThan(200);
  });
});
