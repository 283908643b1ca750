/** Review 16, pitfalls 9 and 12: what cannot be stored is refused with its path, and nothing is mangled. */
import { assign, fromPromise, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { openStage, refusalOf, typesOf } from './kit.ts';

class Socket {
  readonly port = 1;
}

const holderMachine = setup({
  types: {
    context: {} as { readonly kept: unknown },
    input: {} as { readonly kept: unknown } | undefined,
    events: {} as
      | { readonly type: 'keep'; readonly value: unknown }
      | { readonly type: 'live' | 'give' | 'send' | 'ask' | 'end' | 'late' | 'later' },
    output: {} as { readonly kept: unknown },
  },
  actors: { ask: fromPromise(async () => 1) },
  actions: {
    'troupe.send': (_: unknown, _params: { to: string; event: { type: string; f?: unknown } }) => {},
  },
}).createMachine({
  context: ({ input }) => ({ kept: input?.kept }),
  output: () => ({ kept: new Socket() }),
  initial: 'on',
  states: {
    on: {
      on: {
        keep: { actions: assign({ kept: ({ event }) => event.value }) },
        live: { actions: assign({ kept: () => new Socket() }) },
        send: {
          target: 'sent',
          actions: { type: 'troupe.send', params: { to: 'holder/b', event: { type: 'keep', f: () => 1 } } },
        },
        ask: 'asking',
        end: 'over',
        later: 'waiting',
      },
    },
    asking: { invoke: { src: 'ask', input: () => ({ signal: new AbortController() }) } },
    waiting: { after: { 100: 'asking' }, on: { late: 'on' } },
    sent: {},
    over: { type: 'final' },
  },
});

const holder = defineActor({ kind: 'holder', version: 1, machine: holderMachine });

async function stageWith(input?: unknown) {
  const stage = await openStage([holder]);
  const ref = stage.troupe.actor(holder, 'a');
  await ref.send({ type: 'keep', value: input });
  return { stage, ref };
}

describe('at birth', () => {
  test('a context that cannot be stored is refused with its path, and no actor is born', async () => {
    const stage = await openStage([holder]);
    const { code, details } = await refusalOf(stage.troupe.actor(holder, 'a').send({ type: 'live' }));
    expect([code, details['path']]).toEqual(['NOT_STORABLE', '[4].context.kept'.replace('[4].', '')]);
    expect(stage.memory.actors.size).toBe(0);
  });

  test('an input that cannot be stored does not leave the caller', async () => {
    const stage = await openStage([holder]);
    const send = async () =>
      stage.troupe.actor(holder, 'a').send({ type: 'keep', value: 1 }, { input: { kept: () => 1 } });
    expect(await refusalOf(send())).toMatchObject({ code: 'NOT_STORABLE', details: { path: 'kept' } });
  });
});

describe('an event is refused and leaves no trace when it leads to', () => {
  test.each([
    ['a message', 'send', 'f'],
    ['the input of a task', 'ask', 'signal'],
    ['an output', 'end', 'kept'],
  ])('%s that cannot be stored', async (_, type, path) => {
    const { stage, ref } = await stageWith();
    const { code, details } = await refusalOf(ref.send({ type: type as 'send' }));
    expect([code, details['path']]).toEqual(['NOT_STORABLE', path]);
    expect(await ref.snapshot()).toMatchObject({ seq: 2, state: ['on'], status: 'live' });
    await stage.reopen();
    expect(await typesOf(stage.troupe.actor(holder, 'a'))).toEqual(['actor.born', 'keep']);
  });

  test('a reply that cannot be stored, or that throws', async () => {
    for (const reply of [() => new Socket(), () => JSON.parse('{') as unknown]) {
      const stage = await openStage([
        defineActor({ kind: 'holder', version: 1, machine: holderMachine, reply }),
      ]);
      const sent = stage.troupe.actor('holder', 'a').send({ type: 'keep', value: 1 });
      expect(['NOT_STORABLE', 'MACHINE_FAILED']).toContain((await refusalOf(sent)).code);
      expect(stage.memory.actors.size).toBe(0);
    }
  });
});

test('a timer that leads to what cannot be stored ends the actor as error', async () => {
  const { stage, ref } = await stageWith();
  await ref.send({ type: 'later' });
  stage.clock.advance(100);
  await stage.idle();
  const { status, error } = await ref.snapshot();
  expect([status, error]).toEqual(['sealed', expect.objectContaining({ code: 'NOT_STORABLE' })]);
  await stage.reopen();
  const again = stage.troupe.actor(holder, 'a');
  expect(await typesOf(again)).toEqual(['actor.born', 'keep', 'later', 'timer.fired']);
  expect(await again.snapshot()).toMatchObject({ status: 'sealed', error: { code: 'NOT_STORABLE' } });
  expect(await again.at(3)).toMatchObject({ state: ['waiting'], status: 'live' });
});

test('pitfall 9: a context keeps its Dates, Maps, Sets and bytes over a restart', async () => {
  const kept = {
    date: new Date(7),
    map: new Map([['a', new Set([1])]]),
    bytes: new Uint8Array([1, 2]),
    none: undefined,
  };
  const { stage, ref } = await stageWith(kept);
  kept.map.set('b', new Set());
  const expected = { ...kept, map: new Map([['a', new Set([1])]]) };
  expect((await ref.snapshot()).context.kept).toEqual(expected);
  await stage.close();
  await stage.reopen();
  expect((await stage.troupe.actor(holder, 'a').snapshot()).context.kept).toEqual(expected);
});

test('an event with a key that names a prototype is refused; other names are free', async () => {
  const { ref } = await stageWith();
  const evil = JSON.parse('{"type":"keep","value":{"__proto__":{"polluted":1}}}') as never;
  expect(await refusalOf((async () => ref.send(evil))())).toMatchObject({ code: 'NOT_STORABLE' });
  const free = { seq: 7, at: 'noon', constructor: 'c', toString: 't', hasOwnProperty: 1 };
  await ref.send({ type: 'keep', value: free });
  expect((await ref.snapshot()).context.kept).toEqual(free);
  expect(({} as { polluted?: unknown }).polluted).toBe(undefined);
});
