/**
 * Tasks in the callers' thread: what a machine names and does not implement runs as openTroupe was given
 * it.
 */
import { assign, setup } from 'xstate';
import type { PromiseActorLogic } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import type { EffectRun, TaskPolicy } from '../../../runtime/index.ts';
import { heard, newPromise, openStage, typesOf } from './kit.ts';

const fetcherMachine = setup({
  types: {
    context: {} as { readonly got: unknown; readonly failure: unknown },
    events: {} as { readonly type: 'fetch'; readonly url: string } | { readonly type: 'leave' },
  },
  actors: {} as { readonly fetch: PromiseActorLogic<unknown, { readonly url: string }> },
}).createMachine({
  context: { got: undefined, failure: undefined },
  initial: 'idle',
  states: {
    idle: { on: { fetch: 'fetching' } },
    fetching: {
      on: { leave: 'idle' },
      invoke: {
        src: 'fetch',
        input: ({ event }) => ({ url: event.type === 'fetch' ? event.url : '' }),
        onDone: { target: 'idle', actions: assign({ got: ({ event }) => event.output }) },
        onError: { target: 'idle', actions: assign({ failure: ({ event }) => event.error }) },
      },
    },
  },
});

const fetcherOf = (policy: TaskPolicy) =>
  defineActor({ kind: 'fetcher', version: 1, machine: fetcherMachine, tasks: { fetch: policy } });

/** Each run of the effect, as it comes. */
async function stageOf(policy: TaskPolicy = {}) {
  const runs: EffectRun[] = [];
  const ends: ReturnType<typeof newPromise<unknown>>[] = [];
  let next = newPromise<EffectRun>();
  const fetch = async (run: EffectRun): Promise<unknown> => {
    const end = newPromise<unknown>();
    runs.push(run);
    ends.push(end);
    next.resolve(run);
    next = newPromise();
    return end.promise;
  };
  const stage = await openStage([fetcherOf(policy)], { effects: { fetch } });
  return { stage, runs, ends, next: async () => next.promise };
}

describe('a task of the callers’ thread', () => {
  test('gets input and an id that no other actor’s task has', async () => {
    const { stage, runs, ends, next } = await stageOf();
    for (const id of ['a', 'b']) {
      const run = next();
      await stage.troupe.actor('fetcher', id).send({ type: 'fetch', url: `of ${id}` });
      await run;
    }
    expect(runs.map(({ input }) => input)).toEqual([{ url: 'of a' }, { url: 'of b' }]);
    expect(new Set(runs.map(({ effectId }) => effectId)).size).toBe(2);
    ends[0]!.resolve('A');
    expect((await stage.troupe.actor('fetcher', 'a').until('idle')).context.got).toBe('A');
  });

  test('is run again after a crash until its end is recorded, under the same id', async () => {
    const { stage, runs, ends, next } = await stageOf();
    const first = next();
    await stage.troupe.actor('fetcher', 'a').send({ type: 'fetch', url: 'x' });
    await first;
    const second = next();
    await stage.reopen();
    await second;
    expect(runs[1]!.effectId).toBe(runs[0]!.effectId);
    expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2]);
    ends[1]!.resolve('again');
    const ref = stage.troupe.actor('fetcher', 'a');
    expect((await ref.until('idle')).context.got).toBe('again');
    expect(await typesOf(ref)).toEqual(['actor.born', 'fetch', 'effect.done']);
  });

  test('is tried again as its policy says, though the pause is none', async () => {
    const { stage, runs, ends, next } = await stageOf({ attempts: 2, backoffMs: 0 });
    const first = next();
    await stage.troupe.actor('fetcher', 'a').send({ type: 'fetch', url: 'x' });
    await first;
    const second = next();
    ends[0]!.reject(new Error('not now'));
    // The host knows, and its answer is not out: the next attempt is asked for in the same breath.
    await heard();
    await heard();
    stage.clock.advance(0);
    await second;
    expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2]);
    ends[1]!.resolve('now');
    const ref = stage.troupe.actor('fetcher', 'a');
    expect((await ref.until('idle')).context.got).toBe('now');
  });

  test('is aborted when its state is left', async () => {
    const { stage, runs, next } = await stageOf();
    const first = next();
    const ref = stage.troupe.actor('fetcher', 'a');
    await ref.send({ type: 'fetch', url: 'x' });
    await first;
    await ref.send({ type: 'leave' });
    await stage.idle();
    expect(runs[0]!.signal.aborted).toBe(true);
  });

  test('that nobody gave is a failure that says what to give', async () => {
    const stage = await openStage([fetcherOf({})]);
    const ref = stage.troupe.actor('fetcher', 'a');
    await ref.send({ type: 'fetch', url: 'x' });
    const { context } = await ref.until('idle');
    expect(context.failure).toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('fetch') as string,
    });
  });
});
