/** A caller's id names one send: the same event again is a duplicate, another one is told apart. */
import { setup } from 'xstate';
import { expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { heard, openStage, refusalOf } from './kit.ts';

type Event =
  | { readonly type: 'pay'; readonly cents: number; readonly to?: string; readonly note?: string }
  | { readonly type: 'text'; readonly text: string };

const machine = setup({ types: { events: {} as Event } }).createMachine({ on: { pay: {}, text: {} } });
const till = defineActor({ kind: 'till', version: 1, machine });
const scribe = defineActor({
  kind: 'scribe',
  version: 1,
  machine,
  coalesce: (previous, next) =>
    previous.type === 'text' && next.type === 'text'
      ? { type: 'text' as const, text: previous.text + next.text }
      : undefined,
  commitWindowMs: 10,
});

test('an id that is used again with another content is CONFLICT, after a restart too', async () => {
  const stage = await openStage([till]);
  const pay = async (event: Event) => stage.troupe.actor('till', '1').send(event, { id: 'a' });
  await pay({ type: 'pay', cents: 5, to: 'ann' });
  for (const reopen of [false, true]) {
    if (reopen) await stage.reopen();
    expect(await refusalOf(pay({ type: 'pay', cents: 6, to: 'ann' }))).toMatchObject({
      code: 'CONFLICT',
      details: { address: 'till/1', id: 'a', seq: 2 },
    });
    expect(await refusalOf(pay({ type: 'text', text: '' }))).toMatchObject({ code: 'CONFLICT' });
    expect(await pay({ to: 'ann', cents: 5, type: 'pay' })).toMatchObject({ seq: 2, duplicate: true });
  }
});

test('an event with a large leaf is compared whole', async () => {
  const stage = await openStage([till]);
  const pay = async (note: string) =>
    stage.troupe.actor('till', '1').send({ type: 'pay', cents: 1, note }, { id: 'a' });
  const large = 'x'.repeat(100_000);
  await pay(large);
  expect(await pay(large)).toMatchObject({ duplicate: true });
  expect(await refusalOf(pay(`${large}y`))).toMatchObject({ code: 'CONFLICT' });
});

test('sends without an id are known by their stamps alone', async () => {
  const stage = await openStage([till]);
  const first = await stage.resend('till/1', 1, { type: 'pay', cents: 5 });
  expect(await stage.resend('till/1', 1, { type: 'pay', cents: 6 })).toEqual(first);
});

test('a send that was merged with others is a duplicate by its id', async () => {
  const stage = await openStage([scribe]);
  const ref = stage.troupe.actor('scribe', '1');
  await ref.send({ type: 'pay', cents: 0 });
  // Each opens a window, a repeated one too.
  const written = async (...texts: readonly string[]) => {
    const sends = texts.map(async (text) => ref.send({ type: 'text', text }, { id: text }));
    await heard();
    stage.clock.advance(10);
    return Promise.all(sends);
  };
  const [one, other] = await written('a', 'b');
  expect(one?.seq).toBe(other?.seq);
  expect(await written('a')).toEqual([{ ...one, duplicate: true }]);
  expect(await written('b')).toEqual([{ ...other, duplicate: true }]);
});

test('what was erased cannot be compared', async () => {
  const stage = await openStage([till]);
  const ref = stage.troupe.actor('till', '1');
  await ref.send({ type: 'pay', cents: 5 }, { id: 'a' });
  await ref.erase({ bodies: true });
  expect(await ref.send({ type: 'pay', cents: 6 }, { id: 'a' })).toMatchObject({ seq: 2, duplicate: true });
});
