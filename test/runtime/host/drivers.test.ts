/** Drivers: what lives as long as its state, hears its actor and speaks to it. */
import { assign, fromCallback, fromEventObservable, fromObservable, sendTo, setup } from 'xstate';
import type { EventObject } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import type { DriverPolicy } from '../../../runtime/index.ts';
import { openStage, typesOf } from './kit.ts';
import type { Stage } from './kit.ts';

interface Driver {
  readonly input: unknown;
  readonly lastSeq: number;
  readonly signal: AbortSignal;
  readonly heard: EventObject[];
  say(event: EventObject): void;
  isStopped: boolean;
}

interface Observer {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

/** The drivers that were started, newest last, and their observers. */
class Drivers {
  readonly all: Driver[] = [];
  readonly observers: Observer[] = [];
  unsubscribed = 0;

  get last(): Driver {
    return this.all.at(-1)!;
  }

  observed(): { subscribe(observer: Observer): { unsubscribe(): void } } {
    const subscribe = (observer: Observer) => {
      this.observers.push(observer);
      return { unsubscribe: () => void this.unsubscribed++ };
    };
    return { subscribe };
  }
}

function ptyOf(drivers: Drivers, policy?: DriverPolicy) {
  const machine = setup({
    types: {
      context: {} as { readonly lines: readonly string[]; readonly failure: unknown },
      events: {} as
        | { readonly type: 'open' | 'close' | 'watch' | 'listen' }
        | { readonly type: 'write' | 'line'; readonly text: string },
    },
    actors: {
      process: fromCallback<EventObject, { readonly cwd: string }>(({ sendBack, receive, ...args }) => {
        const rest = args as unknown as Pick<Driver, 'input' | 'lastSeq' | 'signal'>;
        const driver: Driver = { ...rest, heard: [], say: sendBack, isStopped: false };
        drivers.all.push(driver);
        receive((event) => driver.heard.push(event));
        return () => {
          driver.isStopped = true;
        };
      }),
      values: fromObservable(() => drivers.observed() as never),
      events: fromEventObservable(() => drivers.observed() as never),
    },
  }).createMachine({
    context: { lines: [], failure: undefined },
    initial: 'closed',
    states: {
      closed: { on: { open: 'open', watch: 'watching', listen: 'listening' } },
      open: {
        on: {
          close: 'closed',
          write: { actions: sendTo('process', ({ event }) => event) },
          line: { actions: assign({ lines: ({ context, event }) => [...context.lines, event.text] }) },
        },
        invoke: {
          id: 'process',
          src: 'process',
          input: { cwd: '/tmp' },
          onError: { target: 'broken', actions: assign({ failure: ({ event }) => event.error }) },
        },
      },
      watching: { on: { close: 'closed' }, invoke: { src: 'values', onDone: 'seen', onError: 'broken' } },
      listening: {
        on: {
          close: 'closed',
          line: { actions: assign({ lines: ({ context, event }) => [...context.lines, event.text] }) },
        },
        invoke: { src: 'events', onDone: 'seen', onError: 'broken' },
      },
      seen: {},
      broken: {},
    },
  });
  return defineActor({ kind: 'pty', version: 1, machine, ...(policy && { drivers: { process: policy } }) });
}

type Pty = ReturnType<typeof ptyOf>;
const refOf = (stage: Stage<Pty>) => stage.troupe.actor('pty', 'a');

async function opened(policy?: DriverPolicy) {
  const drivers = new Drivers();
  const stage = await openStage([ptyOf(drivers, policy)]);
  return { drivers, stage };
}

describe('a callback driver', () => {
  test('speaks to its actor: what it says are facts, with its name, in order', async () => {
    const { drivers, stage } = await opened();
    await refOf(stage).send({ type: 'open' });
    expect(drivers.last.input).toEqual({ cwd: '/tmp' });
    for (const text of ['one', 'two', 'three']) drivers.last.say({ type: 'line', text } as EventObject);
    await stage.idle();
    expect((await refOf(stage).snapshot()).context.lines).toEqual(['one', 'two', 'three']);
    for await (const fact of refOf(stage).history({ types: ['line'] })) {
      expect(fact.by).toBe('pty/a#process@2');
    }
  });

  test('hears its actor, after the commit', async () => {
    const { drivers, stage } = await opened();
    await refOf(stage).send({ type: 'open' });
    await refOf(stage).send({ type: 'write', text: 'ls' });
    await refOf(stage).send({ type: 'write', text: 'pwd' });
    expect(drivers.last.heard.map((event) => (event as { text?: string }).text)).toEqual(['ls', 'pwd']);
  });

  test('ends with its state; what it says afterwards is nobody’s', async () => {
    const { drivers, stage } = await opened();
    await refOf(stage).send({ type: 'open' });
    const driver = drivers.last;
    await refOf(stage).send({ type: 'close' });
    expect([driver.isStopped, driver.signal.aborted]).toEqual([true, true]);
    driver.say({ type: 'line', text: 'late' } as EventObject);
    await stage.idle();
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'open', 'close']);
  });

  test('that says what the machine does not take is logged and counted', async () => {
    const { drivers, stage } = await opened();
    await refOf(stage).send({ type: 'open' });
    for (const said of [{ type: 'nonsense' }, { type: 'xstate.stop' }, undefined, { type: 'line', f() {} }]) {
      drivers.last.say(said as unknown as EventObject);
    }
    await stage.idle();
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'open']);
    expect(await stage.stats()).toMatchObject({ failures: 4 });
    expect(stage.log.filter((line) => line.includes('what its driver "process@2" said'))).toHaveLength(4);
  });

  test('whose ear throws is logged; the fact stands', async () => {
    const { drivers, stage } = await opened();
    await refOf(stage).send({ type: 'open' });
    drivers.last.heard.push = () => {
      throw new Error('deaf');
    };
    expect(await refOf(stage).send({ type: 'write', text: 'x' })).toMatchObject({ seq: 3 });
    await stage.idle();
    expect(stage.log.some((line) => line.includes('deaf'))).toBe(true);
  });
});

describe('after a crash a driver', () => {
  test('is started again, and learns up to where its history goes', async () => {
    const { drivers, stage } = await opened();
    await refOf(stage).send({ type: 'open' });
    await refOf(stage).send({ type: 'write', text: 'x' });
    await stage.reopen();
    await stage.idle();
    expect(drivers.all).toHaveLength(2);
    expect(drivers.last.lastSeq).toBe(3);
    drivers.last.say({ type: 'line', text: 'here' } as EventObject);
    await stage.idle();
    expect((await refOf(stage).snapshot()).context.lines).toEqual(['here']);
  });

  test('is told lost to its actor, where the policy says so, once', async () => {
    const { drivers, stage } = await opened({ onLost: 'error' });
    await refOf(stage).send({ type: 'open' });
    await stage.reopen();
    await stage.idle();
    await stage.reopen();
    const { state, context } = await refOf(stage).snapshot();
    expect([state, context.failure]).toEqual([['broken'], expect.objectContaining({ code: 'WORKER_LOST' })]);
    expect(drivers.all).toHaveLength(1);
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'open', 'effect.failed']);
  });

  test('is not started when its state was left', async () => {
    const { drivers, stage } = await opened();
    await refOf(stage).send({ type: 'open' });
    await refOf(stage).send({ type: 'close' });
    await stage.reopen();
    await refOf(stage).snapshot();
    await stage.idle();
    expect(drivers.all).toHaveLength(1);
  });
});

describe('an observable', () => {
  test('is subscribed to as long as its state lives; its values are nobody’s', async () => {
    const { drivers, stage } = await opened();
    await refOf(stage).send({ type: 'watch' });
    drivers.observers[0]!.next(1);
    drivers.observers[0]!.complete();
    await refOf(stage).until('seen');
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'watch', 'effect.done']);
  });

  test('is unsubscribed from when its state is left', async () => {
    const { drivers, stage } = await opened();
    await refOf(stage).send({ type: 'watch' });
    await refOf(stage).send({ type: 'close' });
    expect(drivers.unsubscribed).toBe(1);
  });

  test('of events sends them to its actor', async () => {
    const { drivers, stage } = await opened();
    await refOf(stage).send({ type: 'listen' });
    drivers.observers[0]!.next({ type: 'line', text: 'observed' });
    drivers.observers[0]!.error(new Error('cut'));
    await refOf(stage).until('broken');
    expect(await typesOf(refOf(stage))).toEqual(['actor.born', 'listen', 'line', 'effect.failed']);
    expect((await refOf(stage).snapshot()).context.lines).toEqual(['observed']);
  });
});

test('a driver that says more than a mailbox holds is cut short, and nobody else’s trouble', async () => {
  const drivers = new Drivers();
  const limits = { mailboxEvents: 100, turnEvents: 64, workerEvents: 200 };
  const stage = await openStage([ptyOf(drivers)], { limits });
  await stage.troupe.actor('pty', 'a').send({ type: 'open' });
  await stage.idle();
  for (let i = 0; i < 10_000; i++) drivers.last.say({ type: 'line', text: `${i}` } as EventObject);
  const other = stage.troupe.actor('pty', 'b').send({ type: 'open' });
  expect(await stage.stats()).toMatchObject({ failures: 1 });
  expect((await other).seq).toBe(2);
  await stage.idle();
  const { lines } = (await stage.troupe.actor('pty', 'a').snapshot()).context;
  expect([lines.length, lines[99]]).toEqual([100, '99']);
});
