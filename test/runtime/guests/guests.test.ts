/** Guests on values: what is told of a machine becomes rows and moments, within bounds. */
import { assign, createActor, setup } from 'xstate';
import { createInspector } from '@statelyai/inspect';
import { afterEach, describe, expect, test } from 'vitest';
import { Guests } from '../../../runtime/guests/guests.ts';
import type { GuestsOptions } from '../../../runtime/guests/guests.ts';
import { guestLimits } from '../../../runtime/guests/limits.ts';

const open: Guests[] = [];

afterEach(() => {
  for (const guests of open.splice(0)) guests.close();
});

function newGuests(options: Partial<GuestsOptions> = {}): Guests {
  const guests = new Guests({ max: 10, keepMs: 1000, ...options });
  open.push(guests);
  return guests;
}

const at = { createdAt: '1000' };
const actor = (sessionId: string, more: object = {}) => ({
  type: '@xstate.actor',
  sessionId,
  name: sessionId,
  snapshot: { status: 'active', value: 'off', context: {} },
  ...at,
  ...more,
});
const sent = (sessionId: string, type: string, sourceId?: string) => ({
  type: '@xstate.event',
  sessionId,
  event: { type },
  sourceId,
  ...at,
});
const stepped = (sessionId: string, type: string, value: unknown, status = 'active') => ({
  type: '@xstate.snapshot',
  sessionId,
  event: { type },
  snapshot: { status, value, context: {} },
  ...at,
});

describe('a moment', () => {
  test('is an event with the snapshot after it, as XState takes events up', () => {
    const guests = newGuests();
    const told = [
      actor('x:0'),
      actor('x:1', { parentId: 'x:0' }),
      sent('x:1', 'first', 'x:0'),
      sent('x:1', 'second', 'elsewhere'),
      stepped('x:1', 'first', { on: 'warm' }),
      stepped('x:1', 'second', { on: { hot: {}, left: 'up' } }),
    ];
    expect(guests.take('a', 'lamp', told)).toEqual({ unknown: [], refused: 0 });
    const guest = guests.get('~x:1/1.x:1');
    expect(guest.facts({})).toEqual([
      { seq: 1, to: 1, at: 1000, event: { type: '@xstate.actor', name: 'x:1' } },
      { seq: 2, to: 2, at: 1000, event: { type: 'first' }, by: '~x:0/1.x:0' },
      { seq: 3, to: 3, at: 1000, event: { type: 'second' }, by: 'elsewhere' },
    ]);
    expect(guest.snapshot(1)).toMatchObject({ seq: 1, state: ['off'] });
    expect(guest.snapshot(2)).toMatchObject({ seq: 2, state: ['on.warm'] });
    expect(guest.snapshot()).toMatchObject({ seq: 3, state: ['on.hot', 'on.left.up'] });
    expect(guest.row()).toMatchObject({
      parent: '~x:0/1.x:0',
      title: 'lamp',
      status: 'live',
      startedAt: 1000,
    });
  });

  test('of an event that led to nothing has the snapshot before', () => {
    const guests = newGuests();
    const told = [actor('a'), sent('a', 'lost'), sent('a', 'go'), stepped('a', 'go', 'on')];
    guests.take('a', undefined, told);
    const guest = guests.get('~a/1.a');
    expect(guest.facts({ after: 1 }).map(({ event }) => event['type'])).toEqual(['lost', 'go']);
    expect([guest.snapshot(2), guest.snapshot(3)]).toMatchObject([{ state: ['off'] }, { state: ['on'] }]);
  });

  test('of an event that no snapshot follows is told after a while', async () => {
    const guests = newGuests();
    guests.take('a', undefined, [actor('a'), sent('a', 'said')]);
    const guest = guests.get('~a/1.a');
    expect(guest.head).toBe(1);
    await new Promise<void>((resolve) => guests.listen(() => resolve()));
    expect(guest.facts({ after: 1 })).toMatchObject([{ seq: 2, event: { type: 'said' } }]);
  });

  test('of a snapshot that nothing led to says so', () => {
    const guests = newGuests();
    guests.take('a', undefined, [actor('a'), { ...stepped('a', '', 'on'), event: undefined }]);
    expect(guests.get('~a/1.a').facts({ after: 1 })).toMatchObject([{ event: { type: '@xstate.snapshot' } }]);
  });

  test('is kept among the last ones alone', () => {
    const guests = newGuests();
    const steps = Array.from({ length: 500 }, (_, i) => stepped('a', `e${i}`, 'on'));
    guests.take('a', undefined, [actor('a'), ...steps]);
    const guest = guests.get('~a/1.a');
    expect(guest.head).toBe(501);
    expect(guest.facts({}).map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, i) => 302 + i));
    expect(guest.facts({ before: 400, limit: 2, reverse: true }).map(({ seq }) => seq)).toEqual([399, 398]);
    expect(() => guest.snapshot(301)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  test('takes so much room and no more', () => {
    const guests = newGuests();
    const large = (size: number) => ({
      ...stepped('a', 'grow', 'on'),
      snapshot: { status: 'active', value: 'on', context: 'x'.repeat(size) },
    });
    const fitting = guestLimits.valueCharacters - 100;
    guests.take('a', undefined, [actor('a'), ...Array.from({ length: 9 }, () => large(fitting)), large(1e6)]);
    const guest = guests.get('~a/1.a');
    // Four of those are as much as is kept, and a note in the place of the last one.
    expect(guest.facts({})).toHaveLength(5);
    expect(guest.snapshot()).toMatchObject({
      state: ['on'],
      context: '(1000045 characters: more than is kept)',
    });
  });
});

describe('a guest', () => {
  test('is what their own package tells of a machine', async () => {
    const machine = setup({
      types: { events: {} as { type: 'add'; by: number }, context: {} as { count: number } },
      guards: { isSmall: ({ context }) => context.count < 5 },
    }).createMachine({
      id: 'counter',
      context: { count: 0 },
      initial: 'open',
      states: {
        open: {
          always: { guard: ({ context }) => context.count > 4, target: 'full' },
          on: {
            add: {
              guard: 'isSmall',
              actions: assign({ count: ({ context, event }) => context.count + event.by }),
            },
          },
        },
        full: { type: 'final' },
      },
    });
    const guests = newGuests();
    const inspector = createInspector({
      send: (event) => void guests.take('app', undefined, [asJson(event)]),
    });
    const counter = createActor(machine, { inspect: inspector.inspect });
    counter.start();
    counter.send({ type: 'add', by: 2 });
    counter.send({ type: 'add', by: 3 });
    await new Promise<void>((resolve) => {
      guests.listen(() => guests.rows()[0]?.seq === 4 && resolve());
    });
    const [row] = guests.rows();
    expect(row).toMatchObject({ kind: '~counter', status: 'ended', state: ['full'], seq: 4 });
    const guest = guests.get(row!.address);
    expect(guest.facts({}).map(({ event }) => event)).toEqual([
      { type: '@xstate.actor', name: 'counter' },
      { type: 'xstate.init' },
      { type: 'add', by: 2 },
      { type: 'add', by: 3 },
    ]);
    expect(guest.snapshot(3)).toMatchObject({
      status: 'live',
      state: ['open'],
      context: { count: 2 },
      accepts: ['add'],
    });
    expect(guest.snapshot()).toMatchObject({ status: 'ended', context: { count: 5 }, accepts: [] });
    const counting = guest.chart().root.states.find(({ path }) => path === 'open');
    expect(counting?.transitions).toMatchObject([
      { trigger: { kind: 'event', event: 'add' }, guard: 'isSmall' },
      { trigger: { kind: 'always' }, to: ['full'] },
    ]);
  });

  test('that was never announced is asked for, and then has its name', () => {
    const guests = newGuests();
    expect(guests.take('a', undefined, [stepped('x:7', 'go', 'on')])).toEqual({
      unknown: ['x:7'],
      refused: 0,
    });
    expect(guests.rows()).toMatchObject([{ address: '~x:7/1.x:7', state: ['on'] }]);
    expect(guests.take('a', undefined, [actor('x:7', { name: 'lamp' })])).toEqual({
      unknown: [],
      refused: 0,
    });
    expect(guests.rows()).toMatchObject([{ address: '~lamp/1.x:7', state: ['off'] }]);
  });

  test('is one of many only as far as there is room; who has ended makes it', () => {
    const guests = newGuests({ max: 3 });
    const told = Array.from({ length: 10_000 }, (_, i) => actor(`x:${i}`));
    expect(guests.take('a', undefined, told)).toEqual({ unknown: [], refused: 9997 });
    expect(guests.rows().map(({ id }) => id)).toEqual(['1.x:0', '1.x:1', '1.x:2']);
    guests.take('a', undefined, [stepped('x:1', 'end', 'over', 'done'), actor('x:3')]);
    expect(guests.rows().map(({ id }) => id)).toEqual(['1.x:0', '1.x:2', '1.x:3']);
    expect(() => guests.get('~x:1/1.x:1')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  test('is of its own sender: others have the same names', () => {
    const guests = newGuests();
    guests.take('a', undefined, [actor('x:0')]);
    guests.take('b', undefined, [actor('x:0')]);
    expect(guests.rows().map(({ address }) => address)).toEqual(['~x:0/1.x:0', '~x:0/2.x:0']);
  });

  test('whose sender has left says so, is there for a while, and comes back with them', async () => {
    let now = 5000;
    const guests = newGuests({ now: () => now, keepMs: 1000 });
    const gone = async (): Promise<void> => new Promise((resolve) => guests.listen(() => resolve()));
    guests.take('a', undefined, [actor('x:0')]);
    guests.left('a');
    expect(guests.rows()).toMatchObject([{ status: 'left' }]);
    guests.take('a', undefined, []);
    expect(guests.rows()).toMatchObject([{ address: '~x:0/1.x:0', status: 'live' }]);
    const silent = gone();
    now += guestLimits.silenceMs;
    await silent;
    expect(guests.rows()).toMatchObject([{ status: 'left' }]);
    const forgotten = gone();
    now += 1000;
    await forgotten;
    expect(guests.rows()).toEqual([]);
  });

  test('comes of a sender, of whom there are so many', () => {
    const guests = newGuests();
    for (let i = 0; i < guestLimits.senders; i++) guests.take(`s${i}`, undefined, []);
    expect(() => guests.take('one more', undefined, [])).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_REQUESTS' }),
    );
  });
});

test.each([
  null,
  7,
  'text',
  [],
  {},
  { type: '@xstate.actor' },
  { type: '@xstate.actor', sessionId: 7 },
  { type: '@xstate.actor', sessionId: '' },
  { type: '@xstate.microstep', sessionId: 'x:0' },
  { type: 'toString', sessionId: 'x:0' },
])('%j is nothing of the protocol', (told) => {
  const guests = newGuests();
  expect(guests.take('a', undefined, [told])).toEqual({ unknown: [], refused: 1 });
  expect(guests.rows()).toEqual([]);
});

test('odd values are taken for what they are not: nothing', () => {
  const guests = newGuests();
  const odd = {
    sessionId: '/\ud800 \u0000@9',
    name: '../<b>"',
    definition: '[[[',
    snapshot: 'x',
    createdAt: 'NaN',
  };
  guests.take('a', undefined, [{ ...actor('x'), ...odd, parentId: {} }]);
  const [row] = guests.rows();
  expect(row).toMatchObject({ kind: '~.._b_', id: '1./\ufffd \u0000@9', state: [], tags: [] });
  expect(guests.get(row!.address).chart().root.states).toEqual([]);
  expect(guests.get(row!.address).snapshot()).toMatchObject({ value: null, context: null });
});

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
