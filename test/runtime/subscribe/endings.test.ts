/** What ends subscriptions, and what does not (contracts N7, N8, N10, N12). */
import { assign, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { Channels } from '../../../runtime/channel.ts';
import { defaultLimits } from '../../../runtime/limits.ts';
import type { Request } from '../../../runtime/protocol.ts';
import { Router } from '../../../runtime/router.ts';
import type { TroupeError } from '../../../actors/troupeError.ts';
import { Subscription } from '../../../runtime/subscription.ts';
import { openMemoryJournal } from '../../../storage/memory.ts';
import { heard, newPromise, openStage, refusalOf } from '../host/kit.ts';
import { assertContiguous, delta, openHall, pulled, Reader } from './feed.ts';
import type { Hall } from './feed.ts';

const speakerOf = (hall: Hall, id = 'a') => hall.troupe.actor('speaker', id);

async function born() {
  const hall = await openHall();
  const ref = speakerOf(hall);
  await ref.send({ type: 'line', text: '' });
  return { hall, ref };
}

describe('a host that is lost for good', () => {
  test('ends subscriptions, watches and feeds with its error', async () => {
    const { hall, ref } = await born();
    const reader = new Reader(ref.subscribe());
    const [watched, fed] = [hall.troupe.watch(), hall.troupe.feed()].map((one) =>
      (one as AsyncIterable<unknown>)[Symbol.asyncIterator](),
    );
    await Promise.all([watched!.next(), fed!.next()]);
    const waiting = [refusalOf(watched!.next()), refusalOf(fed!.next())];
    await heard();
    // Somebody else opens the journal: this one's slot has a newer owner.
    await openMemoryJournal(hall.memory).writer(0);
    expect(await refusalOf(ref.send(delta('x')))).toMatchObject({ code: 'FENCED' });
    await reader.ended;
    expect(reader.error).toMatchObject({ code: 'FENCED' });
    for (const refusal of await Promise.all(waiting)) expect(refusal).toMatchObject({ code: 'FENCED' });
    expect(hall.opened.news.size).toBe(0);
  });
});

/** What its timer brings cannot be written while its context cannot be stored, and so it is set aside. */
const contexts = { areStorable: true };
const sleeper = defineActor({
  kind: 'sleeper',
  version: 1,
  machine: setup({
    types: { context: {} as { readonly kept: unknown }, events: {} as { type: 'note' } },
  }).createMachine({
    context: { kept: 0 },
    initial: 'asleep',
    states: {
      asleep: {
        on: { note: { actions: assign({ kept: () => (contexts.areStorable ? 1 : () => 1) }) } },
        after: { 100: 'awake' },
      },
      awake: { after: { 100: 'over' } },
      over: { type: 'final' },
    },
  }),
});

test('subscribers of an actor that is set aside are told; they go on after its release', async () => {
  const stage = await openStage([sleeper], { limits: { snapshotFacts: 4 } });
  const ref = stage.troupe.actor('sleeper', 'a');
  await ref.send({ type: 'note' });
  contexts.areStorable = false;
  await ref.send({ type: 'note' });
  const readers = [0, 1].map((after) => new Reader(ref.subscribe({ after })));
  await stage.idle();
  stage.clock.advance(100);
  await stage.idle();
  expect(await stage.troupe.quarantined()).toMatchObject([{ address: 'sleeper/a' }]);
  const details = { cause: 'NOT_STORABLE', path: 'context.kept' };
  for (const reader of readers) {
    await reader.ended;
    expect(reader.error).toMatchObject({ code: 'QUARANTINED', details });
    expect(reader.news.at(-1)).toMatchObject({ to: 3, sealed: false });
  }
  expect(await refusalOf(ref.subscribe().next())).toMatchObject({ code: 'QUARANTINED' });
  expect(stage.opened.channels.stats()).toMatchObject({ subscribers: 0, channels: 0 });
  expect(await stage.stats()).toMatchObject({ projections: 0 });
  // Flush waits for nobody then, and does not fail for it.
  await stage.troupe.flush();
  contexts.areStorable = true;
  await stage.troupe.release('sleeper/a');
  const again = new Reader(ref.subscribe({ after: 3 }));
  await stage.settled(100);
  await again.ended;
  expect(again.error).toBeUndefined();
  expect(again.news.at(-1)).toMatchObject({ sealed: true, state: ['over'] });
  assertContiguous([...readers[0]!.news, ...again.news]);
});

describe('N12: flush', () => {
  test('honours its signal while a commit is under way', async () => {
    const { hall, ref } = await born();
    const reader = new Reader(ref.subscribe());
    await hall.idle();
    const held = newPromise();
    hall.holdAppends(held.promise);
    const sent = ref.send({ type: 'line', text: 'held' });
    await heard();
    for (const flush of [ref.flush.bind(ref), hall.troupe.flush.bind(hall.troupe)]) {
      const controller = new AbortController();
      const flushed = refusalOf(flush({ signal: controller.signal }));
      await heard();
      controller.abort();
      expect(await flushed).toMatchObject({ code: 'ABORTED' });
    }
    held.resolve();
    await sent;
    await hall.troupe.flush();
    expect(reader.text).toBe('held');
  });

  test('resolves when a reader has read all its pages', async () => {
    const { ref } = await born();
    for (let i = 0; i < 1000; i++) ref.push({ type: 'line', text: 'x' });
    await ref.flush();
    const reader = new Reader(ref.subscribe({ after: 0 }));
    await ref.flush();
    expect(reader.text).toHaveLength(1000);
    expect(reader.news.length).toBeGreaterThan(3);
  });

  test('waits for no reader that does not read', async () => {
    const { ref } = await born();
    const idle = ref.subscribe();
    await pulled(idle);
    await ref.send({ type: 'line', text: 'x' });
    await ref.flush();
    expect(idle.lag).toMatchObject({ facts: 1 });
  });
});

describe('closing the runtime', () => {
  test('ends a reader that catches up, between two pages', async () => {
    const { hall, ref } = await born();
    for (let i = 0; i < 600; i++) ref.push({ type: 'line', text: 'x' });
    await ref.flush();
    const subscription = ref.subscribe({ after: 0 });
    const first = await pulled(subscription);
    const both = Promise.allSettled([subscription.next(), subscription.next()]);
    await hall.close();
    expect(first.to).toBeLessThan(602);
    const codes = (await both).map((one) =>
      one.status === 'rejected' ? (one.reason as TroupeError).code : 'end',
    );
    expect(codes).toEqual(['CLOSED', 'end']);
  });
});

describe('erasing', () => {
  test('takes what waits for a slow reader, too; one that reads was told before', async () => {
    const { hall, ref } = await born();
    const reader = new Reader(ref.subscribe({ windowMs: 60_000 }));
    const slow = ref.subscribe({ windowMs: 60_000 });
    const news = [await pulled(slow)];
    await ref.send(delta('secret'));
    await ref.erase({ history: true });
    expect(reader.text).toBe('secret');
    await ref.send({ type: 'line', text: 'after' });
    await hall.idle();
    await heard();
    expect(slow.lag.bytes).toBeLessThan(200);
    while (news.at(-1)!.to < 4) news.push(await pulled(slow));
    expect(news.flatMap(({ facts }) => facts).map(({ event }) => event)).toEqual([
      { type: 'line', text: 'after' },
    ]);
    expect(news.map(({ from, to }) => [from, to])).toEqual([
      [1, 2],
      [3, 3],
      [4, 4],
    ]);
    expect(news[1]).toMatchObject({ facts: [], state: ['talking'] });
  });
});

describe('N10: what subscribers cost', () => {
  test('stays in the totals after they have gone', async () => {
    const { hall, ref } = await born();
    const slow = ref.subscribe({ windowMs: 0 });
    await pulled(slow);
    for (const text of 'abc') {
      await ref.send({ type: 'line', text });
      await hall.idle();
    }
    await pulled(slow);
    expect(slow.lag).toEqual({ facts: 0, bytes: 0, notifications: 2, merges: 2, resets: 1 });
    const { notifications, merges, resets } = hall.opened.channels.stats();
    expect([notifications, merges, resets]).toEqual([2, 2, 1]);
    await slow.return();
    await ref.send({ type: 'end' });
    const late = new Reader(ref.subscribe({ after: 0 }));
    await late.ended;
    expect(hall.opened.channels.stats()).toEqual({
      subscribers: 0,
      channels: 0,
      facts: 0,
      bytes: 0,
      notifications: 3,
      merges: 2,
      resets: 1,
    });
  });
});

describe('ten thousand actors that ended while they were watched', () => {
  test('leave no channel, no projection and no timer behind, read or not', async () => {
    const hall = await openHall();
    for (let batch = 0; batch < 100; batch++) {
      const refs = Array.from({ length: 100 }, (_, i) => speakerOf(hall, `${batch}-${i}`));
      const readers = refs.map((ref, i) => {
        const subscription = ref.subscribe({ wait: true, windowMs: 10 });
        return i % 2 === 0 ? new Reader(subscription) : undefined;
      });
      await Promise.all(refs.map(async (ref) => ref.send(delta('x'))));
      await Promise.all(refs.map(async (ref) => ref.send({ type: 'end' })));
      for (const reader of readers) await reader?.ended;
      for (const ref of refs.slice(0, 10)) void ref.subscribe();
      await hall.idle();
    }
    await heard();
    expect(hall.opened.channels.stats()).toMatchObject({ subscribers: 0, channels: 0 });
    expect(await hall.stats()).toMatchObject({ projections: 0 });
    const before = hall.clock.waiting;
    hall.clock.advance(10);
    expect(before - hall.clock.waiting).toBeLessThanOrEqual(1);
  }, 60_000);
});

describe('a subscriber that left while there was no host', () => {
  test('is called off at the host that takes over', async () => {
    const requests: Request[] = [];
    const host = { post: (batch: readonly Request[]) => void requests.push(...batch) };
    const ignored = (): void => undefined;
    const router = new Router({
      hosts: 1,
      session: 's',
      limits: defaultLimits,
      report: ignored,
      revived: ignored,
      lost: ignored,
    });
    const channels = new Channels(router);
    const channel = channels.of('speaker/a', 33);
    const subscription = new Subscription(openMemoryJournal(), channel, {});
    await subscription.return();
    const [link] = router.links;
    link!.up(host);
    const [asked] = requests;
    expect(asked).toMatchObject({ op: 'watch', channel: channel.id });
    link!.take([{ op: 'ok', n: asked!.n, value: { seq: 2, state: [], tags: [], sealed: false } }]);
    await heard();
    await heard();
    expect(requests.at(-1)).toMatchObject({ op: 'unwatch', channel: channel.id });
  });
});
