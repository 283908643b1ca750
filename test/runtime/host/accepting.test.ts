/** Which events become facts, and what is left of those that do not (DESIGN §4.1). */
import { assign, fromPromise, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { openStage, refusalOf, typesOf } from './kit.ts';

interface Context {
  readonly count: number;
  readonly boom: boolean;
}

const doorMachine = setup({
  types: { context: {} as Context, events: {} as { readonly type: string; readonly n?: number } },
  guards: { isOdd: ({ event }) => event.n === 1, isFull: ({ context }) => context.count >= 2 },
  actors: {
    work: fromPromise(async ({ input }: { input: string }) => {
      if (input === 'fail') throw new Error('the task failed');
      return input;
    }),
  },
}).createMachine({
  context: { count: 0, boom: false },
  initial: 'open',
  on: { ping: {}, 'root.only': {} },
  states: {
    open: {
      on: {
        pass: { guard: 'isOdd', actions: assign({ count: ({ context }) => context.count + 1 }) },
        touch: {},
        add: { actions: assign({ count: ({ context }) => context.count + 1 }) },
        loop: 'looping',
        fail: { actions: assign(() => thrown('thrown by assign')) },
        later: 'waiting',
        task: 'working',
        bomb: 'ticking',
        end: 'over',
      },
      always: { guard: 'isFull', target: 'full' },
    },
    full: { on: { end: 'over' } },
    looping: { always: { target: 'loopingBack' } },
    loopingBack: { always: 'looping' },
    waiting: { after: { 1000: { guard: () => false, target: 'open' } } },
    ticking: { after: { 1000: { actions: assign(() => thrown('thrown by a timer')) } } },
    working: { invoke: { src: 'work', input: 'fail' } },
    over: { type: 'final' },
  },
});

function thrown(message: string): never {
  throw new Error(message);
}

const needsText = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) =>
      typeof (value as { n?: unknown }).n === 'number'
        ? { value }
        : { issues: [{ message: 'expected a number', path: [{ key: 'n' }] }] },
  },
};

const door = defineActor({ kind: 'door', version: 1, machine: doorMachine, schemas: { pass: needsText } });

describe('a sent event', () => {
  test('is a fact when it selects a transition, an empty one too', async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    expect(await ref.send({ type: 'touch' })).toMatchObject({ seq: 2, state: ['open'], duplicate: false });
    expect(await ref.send({ type: 'ping' })).toMatchObject({ seq: 3 });
    expect(await typesOf(ref)).toEqual(['actor.born', 'touch', 'ping']);
  });

  test('is a fact when an always that it makes true moves the machine', async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'add' });
    expect((await ref.send({ type: 'add' })).state).toEqual(['full']);
  });

  test('that a guard stops is refused, with the state', async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'touch' });
    const { code, details } = await refusalOf(ref.send({ type: 'pass', n: 2 }));
    expect(code).toBe('NOT_ACCEPTED');
    expect(details).toMatchObject({ state: ['open'], guard: true });
    expect(details['accepts']).toContain('touch');
  });

  test('pitfall 8: that the machine does not know is refused, not ignored', async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'touch' });
    const { code, details } = await refusalOf(ref.send({ type: 'nothing.of.mine' }));
    expect([code, details['guard'], details['state']]).toEqual(['NOT_ACCEPTED', false, ['open']]);
    expect(await stage.stats()).toMatchObject({ refused: 1, facts: 2 });
    expect(await typesOf(ref)).toEqual(['actor.born', 'touch']);
  });

  test('that is the first one and refused leaves no actor', async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    const { code, details } = await refusalOf(ref.send({ type: 'unknown' }));
    expect([code, details['state']]).toEqual(['NOT_ACCEPTED', ['open']]);
    expect(await ref.exists()).toBe(false);
    expect(await refusalOf(ref.send({ type: 'fail' }))).toMatchObject({ code: 'MACHINE_FAILED' });
    expect(await refusalOf(ref.send({ type: 'pass' }))).toMatchObject({ code: 'INVALID_EVENT' });
    expect(stage.memory.log).toEqual([]);
  });

  test('that makes the machine throw is refused, and the actor goes on as it was', async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'add' });
    const error = await refusalOf(ref.send({ type: 'fail' }));
    expect([error.code, error.message]).toEqual([
      'MACHINE_FAILED',
      expect.stringContaining('thrown by assign'),
    ]);
    expect(await ref.snapshot()).toMatchObject({ seq: 2, status: 'live', context: { count: 1 } });
    expect((await ref.send({ type: 'add' })).state).toEqual(['full']);
  });

  test('that sets off an endless loop of always is refused', async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'touch' });
    expect(await refusalOf(ref.send({ type: 'loop' }))).toMatchObject({ code: 'MACHINE_FAILED' });
    expect((await ref.snapshot()).state).toEqual(['open']);
  });
});

describe('an event that nobody may send', () => {
  const stageWith = async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'touch' });
    return { stage, ref };
  };

  test.each(['xstate.stop', 'xstate.done.actor.job', 'effect.done', 'actor.born', 'timer.fired'])(
    'is %s: it is the host’s own word',
    async (type) => {
      const { ref } = await stageWith();
      expect(await refusalOf(ref.send({ type }))).toMatchObject({ code: 'INVALID_EVENT', details: { type } });
      expect(await typesOf(ref)).toEqual(['actor.born', 'touch']);
    },
  );

  test.each([undefined, null, 'text', {}, { type: '' }, { type: 7 }])('is %j', async (event) => {
    const { stage, ref } = await stageWith();
    expect(await refusalOf(stage.resend(ref.address, 1, event as never))).toMatchObject({
      code: 'INVALID_EVENT',
    });
    const own = (async () => ref.send(event as never))();
    expect(await refusalOf(own)).toMatchObject({ code: 'INVALID_EVENT' });
  });

  test('does not fit its schema: the path is named', async () => {
    const { ref } = await stageWith();
    const { code, message } = await refusalOf(ref.send({ type: 'pass' }));
    expect([code, message]).toEqual(['INVALID_EVENT', expect.stringContaining('n: expected a number')]);
  });
});

describe('review 6: the end of', () => {
  test('a timer is a fact whether or not its guard lets it through, and comes once', async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'later' });
    stage.clock.advance(1000);
    await stage.idle();
    await stage.reopen();
    stage.clock.advance(5000);
    await stage.idle();
    const again = stage.troupe.actor('door', 'a');
    expect(await typesOf(again)).toEqual(['actor.born', 'later', 'timer.fired']);
    expect((await again.snapshot()).state).toEqual(['waiting']);
  });

  test('pitfall 7: a timer whose action throws ends the actor as error, sealed', async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'bomb' });
    stage.clock.advance(1000);
    await stage.idle();
    const { seal } = await ref.digest();
    expect(seal?.cause).toBe('error');
    expect(await ref.snapshot()).toMatchObject({
      status: 'sealed',
      error: { name: 'Error', message: 'thrown by a timer' },
    });
    await stage.reopen();
    const again = stage.troupe.actor('door', 'a');
    expect((await again.snapshot()).error).toEqual({ name: 'Error', message: 'thrown by a timer' });
    expect(await refusalOf(again.send({ type: 'ping' }))).toMatchObject({ code: 'SEALED' });
  });

  test('a task that fails, and that nobody handles, ends the actor as error, sealed', async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'task' });
    expect(await refusalOf(ref.until('open'))).toMatchObject({ code: 'SEALED' });
    expect(await typesOf(ref)).toEqual(['actor.born', 'task', 'effect.failed']);
    expect((await ref.digest()).seal).toMatchObject({ cause: 'error' });
    expect((await ref.snapshot()).error).toMatchObject({ message: 'the task failed' });
  });
});

describe('an actor that is done', () => {
  test('refuses everything, also what its root would take', async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'touch' });
    expect(await ref.send({ type: 'end' })).toMatchObject({ final: true, seq: 3 });
    for (const type of ['ping', 'root.only', 'nothing']) {
      expect(await refusalOf(ref.send({ type }))).toMatchObject({ code: 'SEALED', details: { seq: 3 } });
    }
    expect((await ref.snapshot()).accepts).toEqual([]);
  });

  test('refuses what came with its last event', async () => {
    const stage = await openStage([door]);
    const ref = stage.troupe.actor('door', 'a');
    const sends = [ref.send({ type: 'touch' }), ref.send({ type: 'end' }), ref.send({ type: 'ping' })];
    const [first, second, third] = await Promise.allSettled(sends);
    expect([first!.status, second!.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(third).toMatchObject({ status: 'rejected', reason: { code: 'SEALED' } });
    expect(stage.memory.log.length).toBe(1);
  });
});

test('reading makes no actor: neither snapshot, digest, at, history nor until', async () => {
  const stage = await openStage([door]);
  const ref = stage.troupe.actor('door', 'nobody');
  const reads = [
    async () => ref.snapshot(),
    async () => ref.digest(),
    async () => ref.at(1),
    async () => ref.until('open'),
    async () => ref.label({ a: 'b' }),
    async () => typesOf(ref),
  ];
  for (const read of reads) expect(await refusalOf(read())).toMatchObject({ code: 'NOT_FOUND' });
  expect(await ref.exists()).toBe(false);
  expect(stage.memory.actors.size).toBe(0);
});
