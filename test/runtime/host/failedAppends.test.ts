/** A commit that could not be written never happened: nobody is told so, and nobody builds on it (H2). */
import { assign, fromCallback, fromPromise, raise, setup } from 'xstate';
import type { EventObject } from 'xstate';
import { describe, expect, test } from 'vitest';
import { TroupeError } from '../../../actors/troupeError.ts';
import type { ErrorCode } from '../../../actors/troupeError.ts';
import { openMemoryJournal } from '../../../storage/memory.ts';
import { defineActor } from '../../../runtime/index.ts';
import { heard, newPromise, openStage, refusalOf, typesOf } from './kit.ts';
import type { Stage } from './kit.ts';

let runs = 0;
let stopped = false;
let say: (event: EventObject) => void = () => undefined;

const machine = setup({
  types: {
    context: {} as { readonly sum: number; readonly said: readonly string[] },
    events: {} as
      | { readonly type: 'add'; readonly n: number }
      | { readonly type: 'work' | 'ring' | 'rung' | 'end' | 'drive' }
      | { readonly type: 'said'; readonly text: string },
  },
  actors: {
    job: fromPromise(async () => {
      runs++;
      return 'done';
    }),
    process: fromCallback(({ sendBack }) => {
      say = sendBack;
      stopped = false;
      return () => {
        stopped = true;
      };
    }),
  },
}).createMachine({
  context: { sum: 0, said: [] },
  initial: 'on',
  on: {
    add: { actions: assign({ sum: ({ context, event }) => context.sum + event.n }) },
    ring: { actions: raise({ type: 'rung' }, { delay: 100 }) },
    rung: { actions: assign({ sum: ({ context }) => context.sum + 1000 }) },
    said: { actions: assign({ said: ({ context, event }) => [...context.said, event.text] }) },
  },
  states: {
    on: { on: { work: 'working', end: 'off', drive: 'driving' } },
    working: { invoke: { src: 'job', onDone: 'on' } },
    driving: { invoke: { src: 'process', onError: 'on' } },
    off: { type: 'final' },
  },
});

const adder = defineActor({
  kind: 'adder',
  version: 1,
  machine,
  drivers: { process: { onLost: 'error' } },
});
type Adders = Stage<typeof adder>;
const refOf = (stage: Adders, id = 'a') => stage.troupe.actor('adder', id);
const add = async (stage: Adders, n: number, id = 'a') => refOf(stage, id).send({ type: 'add', n });
const sumOf = async (stage: Adders, id = 'a') => (await refOf(stage, id).snapshot()).context.sum;

/** The next so many writes fail. */
function failing(stage: Adders, times: number, code: ErrorCode = 'JOURNAL_FULL'): { failed: number } {
  const count = { failed: 0 };
  stage.failure = () => {
    if (count.failed >= times) return undefined;
    count.failed++;
    return new TroupeError(code, 'there is no space left', {});
  };
  return count;
}

const codesOf = async (sends: readonly PromiseLike<unknown>[]) =>
  (await Promise.allSettled(sends)).map((one) =>
    one.status === 'fulfilled' ? 'applied' : (one.reason as TroupeError).code,
  );

describe('review 2: when one append fails', () => {
  test('everybody of its round is told its code; what follows sees the state before it', async () => {
    const stage = await openStage([adder]);
    await Promise.all([add(stage, 1, 'a'), add(stage, 2, 'b')]);
    failing(stage, 1);
    const sends = [add(stage, 10, 'a'), add(stage, 20, 'b'), add(stage, 30, 'c'), add(stage, 40, 'a')];
    expect(await codesOf(sends)).toEqual(Array.from({ length: 4 }, () => 'JOURNAL_FULL'));
    expect(await add(stage, 5, 'a')).toMatchObject({ seq: 3 });
    expect(await Promise.all(['a', 'b'].map(async (id) => sumOf(stage, id)))).toEqual([6, 2]);
    expect(await refOf(stage, 'c').exists()).toBe(false);
    await stage.reopen();
    expect(await sumOf(stage)).toBe(6);
    expect(await refOf(stage).verify()).toMatchObject({ ok: true, seq: 3 });
  });

  test('it is retryable, and the same send under its id is applied then', async () => {
    const stage = await openStage([adder]);
    failing(stage, 1);
    const send = async () => refOf(stage).send({ type: 'add', n: 7 }, { id: 'seven' });
    const error = await refusalOf(send());
    expect([error.code, error.retryable]).toEqual(['JOURNAL_FULL', true]);
    expect(await send()).toMatchObject({ duplicate: false });
    expect(await sumOf(stage)).toBe(7);
  });

  test('nobody is told what was built on it: neither SEALED nor NOT_ACCEPTED', async () => {
    const stage = await openStage([adder]);
    await add(stage, 1);
    failing(stage, 1);
    const sends = [refOf(stage).send({ type: 'end' }), add(stage, 1)];
    expect(await codesOf(sends)).toEqual(['JOURNAL_FULL', 'JOURNAL_FULL']);
    expect((await refOf(stage).snapshot()).status).toBe('live');
    expect(await add(stage, 1)).toMatchObject({ seq: 3 });
  });

  test('whoever waits for the state that was not reached waits on', async () => {
    const stage = await openStage([adder]);
    await add(stage, 1);
    const reached = refOf(stage).until('off');
    const never = refusalOf(refOf(stage).until('driving'));
    await heard();
    failing(stage, 1);
    expect(await codesOf([refOf(stage).send({ type: 'end' })])).toEqual(['JOURNAL_FULL']);
    await add(stage, 1);
    await refOf(stage).send({ type: 'end' });
    expect(await reached).toMatchObject({ seq: 4, state: ['off'] });
    expect(await never).toMatchObject({ code: 'SEALED' });
  });

  test('readers who came with it see what is durable', async () => {
    const stage = await openStage([adder]);
    await add(stage, 1);
    failing(stage, 1);
    const sent = refusalOf(add(stage, 10));
    const read = refOf(stage).snapshot();
    const digest = refOf(stage).digest();
    expect(await sent).toMatchObject({ code: 'JOURNAL_FULL' });
    expect(await read).toMatchObject({ seq: 2, context: { sum: 1 } });
    expect(await digest).toMatchObject({ seq: 2 });
  });

  test('a state that was not reached after all has not been waited for', async () => {
    const stage = await openStage([adder]);
    await add(stage, 1);
    const gate = newPromise();
    stage.holdAppends(gate.promise);
    failing(stage, 1);
    const sent = refusalOf(refOf(stage).send({ type: 'drive' }));
    await heard();
    await heard();
    // In memory it is there already; on the disk it never will be.
    const until = refOf(stage).until('driving');
    await heard();
    gate.resolve();
    expect(await sent).toMatchObject({ code: 'JOURNAL_FULL' });
    await add(stage, 1);
    await refOf(stage).send({ type: 'drive' });
    expect(await until).toMatchObject({ seq: 4 });
  });

  test('entries that waited behind it in the mailbox are not lost', async () => {
    const stage = await openStage([adder], { limits: { turnEvents: 2 } });
    await add(stage, 1);
    failing(stage, 1);
    const sends = [10, 20, 30, 40, 50].map(async (n) => add(stage, n));
    expect(await codesOf(sends)).toEqual(['JOURNAL_FULL', 'JOURNAL_FULL', 'applied', 'applied', 'applied']);
    expect(await sumOf(stage)).toBe(121);
  });

  test('who had waited for a state before goes on waiting', async () => {
    const stage = await openStage([adder]);
    await add(stage, 1);
    const until = refOf(stage).until('driving');
    await heard();
    failing(stage, 1);
    expect(await refusalOf(add(stage, 10))).toMatchObject({ code: 'JOURNAL_FULL' });
    await refOf(stage).send({ type: 'drive' });
    expect(await until).toMatchObject({ seq: 3, context: { sum: 1 } });
  });
});

describe('what the host itself had to tell comes again after a failed append:', () => {
  test('a timer', async () => {
    const stage = await openStage([adder]);
    await refOf(stage).send({ type: 'ring' });
    const count = failing(stage, 3);
    stage.clock.advance(100);
    await stage.settled();
    expect(count.failed).toBe(3);
    expect(await sumOf(stage)).toBe(1000);
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'ring', 'timer.fired']);
  });

  test('the end of a task, which is not run again', async () => {
    const stage = await openStage([adder]);
    runs = 0;
    let appends = 0;
    stage.failure = () => (++appends === 2 ? new TroupeError('JOURNAL_FULL', 'full', {}) : undefined);
    await refOf(stage).send({ type: 'work' });
    await refOf(stage).until('on');
    await stage.settled();
    expect(runs).toBe(1);
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'work', 'effect.done']);
    expect(await stage.stats()).toMatchObject({ effects: 0 });
  });

  test('what a driver said; the driver itself is not taken for lost', async () => {
    const stage = await openStage([adder]);
    await refOf(stage).send({ type: 'drive' });
    failing(stage, 2);
    for (const text of ['a', 'b', 'c']) say({ type: 'said', text } as EventObject);
    await stage.settled();
    expect(await refOf(stage).snapshot()).toMatchObject({
      state: ['driving'],
      context: { said: ['a', 'b', 'c'] },
    });
  });
});

test('appends that fail on and on are not tried without a pause', async () => {
  const stage = await openStage([adder]);
  await refOf(stage).send({ type: 'ring' });
  const count = failing(stage, Infinity);
  stage.clock.advance(100);
  for (let i = 0; i < 200; i++) await heard();
  expect(count.failed).toBeLessThan(5);
  stage.failure = () => undefined;
  await stage.settled();
  expect(await sumOf(stage)).toBe(1000);
});

test('a snapshot that cannot be written fails nobody', async () => {
  const stage = await openStage([adder], { limits: { idleMs: 1000 } });
  await add(stage, 1);
  const count = failing(stage, 1);
  stage.clock.advance(1250);
  await stage.idle();
  expect(count.failed).toBe(1);
  expect(await add(stage, 1)).toMatchObject({ seq: 3 });
});

test('JOURNAL_FAILED: a host whose disk is lost refuses everything with that code, and closes', async () => {
  const stage = await openStage([adder]);
  await refOf(stage).send({ type: 'ring' });
  const count = failing(stage, 1, 'JOURNAL_FAILED');
  expect(await refusalOf(add(stage, 1))).toMatchObject({ code: 'JOURNAL_FAILED', retryable: false });
  expect(await refusalOf(refOf(stage).snapshot())).toMatchObject({ code: 'JOURNAL_FAILED' });
  expect(await refusalOf(add(stage, 1, 'other'))).toMatchObject({ code: 'JOURNAL_FAILED' });
  stage.clock.advance(100_000);
  await heard();
  expect(count.failed).toBe(1);
  expect(stage.log.some((line) => line.includes('there is no space left'))).toBe(true);
  await stage.close();
  await stage.reopen();
  await stage.settled();
  expect(await sumOf(stage)).toBe(1000);
});

test('FENCED: a host that has a successor refuses everything with that code', async () => {
  const stage = await openStage([adder]);
  await refOf(stage).send({ type: 'ring' });
  await refOf(stage, 'driven').send({ type: 'drive' });
  // Somebody else owns the journal from here on.
  const successor = openMemoryJournal(stage.memory);
  expect(await refusalOf(add(stage, 1))).toMatchObject({ code: 'FENCED' });
  expect(await refusalOf(refOf(stage).snapshot())).toMatchObject({ code: 'FENCED' });
  expect(await refusalOf(add(stage, 1, 'other'))).toMatchObject({ code: 'FENCED' });
  stage.clock.advance(100_000);
  await heard();
  expect(stopped).toBe(true);
  const { commits } = await successor.read('adder/a');
  expect(commits.flatMap(({ facts }) => facts)).toHaveLength(2);
  await stage.close();
});
