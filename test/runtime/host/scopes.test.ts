/**
 * Review 5 and its kin: what a reused inert scope could get wrong, seen through the host and over restarts.
 */
import { assign, fromCallback, fromPromise, log, sendTo, setup, spawnChild, stopChild } from 'xstate';
import type { AnyActorRef, EventObject } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { openStage, refusalOf, typesOf } from './kit.ts';

const brokenPromise: () => unknown = async () => {
  throw new Error('a broken promise');
};

const ran: string[] = [];

const kidMachine = setup({
  types: { context: {} as { readonly made: number }, events: {} as { readonly type: 'hear' | 'end' } },
}).createMachine({
  context: () => {
    ran.push('kid made');
    return { made: 1 };
  },
  initial: 'a',
  states: {
    a: { entry: () => ran.push('kid entered'), on: { hear: { actions: () => ran.push('kid heard') } } },
  },
});

const homeMachine = setup({
  types: {
    context: {} as { readonly kid: AnyActorRef | undefined },
    events: {} as { readonly type: 'enter' | 'leave' | 'spawn' | 'tell' | 'stop' | 'self' | 'task' | 'act' },
  },
  actors: {
    kid: kidMachine,
    listener: fromCallback<EventObject>(({ receive }) => receive((event) => ran.push(event.type))),
    job: fromPromise(async () => 1),
  },
  actions: {
    fine: () => void ran.push('fine'),
    broken: () => {
      throw new Error('a broken action');
    },
    late: brokenPromise,
  },
}).createMachine({
  context: { kid: undefined },
  initial: 'out',
  on: {
    self: { actions: ({ self }) => self.send({ type: 'leave' }) },
    act: { actions: ['fine', 'broken', 'late', log(() => cyclic())] },
  },
  states: {
    out: {
      on: { enter: 'in', spawn: { target: 'home', actions: assign({ kid: ({ spawn }) => spawn('kid') }) } },
    },
    in: {
      entry: () => void ran.push('entered'),
      exit: () => void ran.push('left'),
      invoke: { src: 'listener', systemId: 'the listener' },
      on: { leave: 'out', enter: { target: 'in', reenter: true } },
    },
    home: {
      on: {
        tell: { actions: sendTo(({ context }) => context.kid!, { type: 'hear' }) },
        stop: { target: 'out', actions: stopChild(({ context }) => context.kid!) },
      },
    },
  },
});

function cyclic(): object {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

const home = defineActor({ kind: 'home', version: 1, machine: homeMachine });
const kid = defineActor({ kind: 'kid', version: 1, machine: kidMachine });

async function staged() {
  ran.length = 0;
  const stage = await openStage([home, kid]);
  return { stage, at: (id: string) => stage.troupe.actor(home, id) };
}

describe('review 5:', () => {
  test('a, pitfall 11: a system id is each actor’s own, entered again and again, over restarts', async () => {
    const { stage, at } = await staged();
    for (const id of ['a', 'b']) await at(id).send({ type: 'enter' });
    for (let i = 0; i < 3; i++) {
      await stage.reopen();
      for (const id of ['a', 'b']) {
        expect((await at(id).send({ type: 'enter' })).state).toEqual(['in']);
        await at(id).send({ type: 'leave' });
        await at(id).send({ type: 'enter' });
      }
    }
    const sessions = JSON.stringify(stage.memory.log.map((entry) => entry?.record.toString('latin1')));
    expect(sessions).not.toMatch(/x:\d/);
  });

  test('b, e, f: a child spawned in an assign is born once, runs nothing in its parent’s step', async () => {
    const { stage, at } = await staged();
    await at('a').send({ type: 'spawn' });
    await stage.idle();
    const born = ran.filter((what) => what === 'kid made');
    expect(born).toHaveLength(1);
    for (let i = 0; i < 2; i++) {
      await stage.reopen();
      await at('a').send({ type: 'tell' });
      await stage.idle();
    }
    expect(ran.filter((what) => what === 'kid heard')).toHaveLength(2);
    await at('a').send({ type: 'stop' });
    await stage.idle();
    const children = [...stage.memory.actors.keys()].filter((address) => address.startsWith('kid/'));
    expect(children).toHaveLength(1);
    expect(stage.memory.actors.get(children[0]!)?.standing.sealed).toBe(true);
  });

  test('d: self.send in an action does not vanish: it fails, and that is told', async () => {
    const { stage, at } = await staged();
    await at('a').send({ type: 'enter' });
    expect(await at('a').send({ type: 'self' })).toMatchObject({ state: ['in'] });
    await stage.idle();
    expect(stage.log.some((line) => line.includes('self.send'))).toBe(true);
  });
});

describe('pitfall 10: actions', () => {
  test('run once, after the commit, and never at a replay', async () => {
    const { stage, at } = await staged();
    await at('a').send({ type: 'enter' });
    expect(ran).toEqual(['entered']);
    await stage.reopen();
    await at('a').snapshot();
    await at('a').at(2);
    await stage.idle();
    expect(ran).toEqual(['entered']);
  });

  test('that fail are logged and counted; the fact stands, and so does the next action', async () => {
    const { stage, at } = await staged();
    await at('a').send({ type: 'enter' });
    expect(await at('a').send({ type: 'act' })).toMatchObject({ seq: 3 });
    await stage.idle();
    expect(ran).toContain('fine');
    expect((await stage.stats()).failures).toBe(2);
    for (const part of ['a broken action', 'a broken promise']) {
      expect(stage.log.some((line) => line.includes(part))).toBe(true);
    }
    expect(await at('a').send({ type: 'leave' })).toMatchObject({ seq: 4 });
  });
});

describe('pitfall 4: what cannot be hosted', () => {
  test('is refused when it is defined, by name', () => {
    const machine = setup({}).createMachine({ entry: spawnChild(kidMachine) });
    expect(() => defineActor({ kind: 'inline', version: 1, machine })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    );
  });

  test('and cannot be seen there is refused at its step, and nothing is recorded', async () => {
    const machine = setup({ types: { events: {} as { readonly type: 'go' | 'stay' } } }).createMachine({
      initial: 'a',
      states: {
        a: { on: { stay: {}, go: { target: 'b', actions: assign(({ spawn }) => void spawn(kidMachine)) } } },
        b: {},
      },
    });
    const inline = defineActor({ kind: 'inline', version: 1, machine });
    const stage = await openStage([inline]);
    const ref = stage.troupe.actor(inline, 'a');
    await ref.send({ type: 'stay' });
    const { code, message } = await refusalOf(ref.send({ type: 'go' }));
    expect([code, message]).toEqual(['UNSUPPORTED', expect.stringContaining('spawn of inline logic')]);
    expect(await typesOf(ref)).toEqual(['actor.born', 'stay']);
  });
});

test('pitfall 12: receipts and snapshots are data: they can be cloned to another thread', async () => {
  const { at } = await staged();
  const receipt = await at('a').send({ type: 'spawn' });
  expect(structuredClone(receipt)).toEqual(receipt);
  const snapshot = await at('a').snapshot();
  expect(snapshot.matches('home')).toBe(true);
  const data = { ...snapshot, matches: undefined };
  expect(structuredClone(data)).toEqual(data);
});

test('pitfall 13: nobody listens in: one event is one fact, whatever XState inspects about it', async () => {
  const { stage, at } = await staged();
  await at('a').send({ type: 'enter' });
  const before = await stage.stats();
  await at('a').send({ type: 'leave' });
  const after = await stage.stats();
  expect([after.facts - before.facts, after.commits - before.commits]).toEqual([1, 1]);
});
