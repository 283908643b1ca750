/** Subscriptions that come and go leave nothing behind, whatever way they go (contract N8). */
import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { refusalOf } from '../host/kit.ts';
import { delta, openHall, pulled } from './feed.ts';
import type { Hall, speaker } from './feed.ts';
import type { Ref } from '../../../runtime/index.ts';

type Speaker = Ref<typeof speaker>;

const isLeft = new Error('left');

/** Each way that a reader can go. */
const ways: readonly ((ref: Speaker, controller: AbortController) => Promise<unknown>)[] = [
  // Before the host has heard of it.
  async (ref) => ref.subscribe({ windowMs: 10 }).return(),
  async (ref, { signal }) => {
    const subscription = ref.subscribe({ signal });
    await pulled(subscription);
    return subscription.return();
  },
  async (ref, { signal }) => {
    for await (const { to } of ref.subscribe({ signal, after: 0, windowMs: 10 })) if (to > 0) break;
  },
  async (ref, { signal }) => {
    const read = async (): Promise<void> => {
      for await (const { to } of ref.subscribe({ signal })) if (to > 0) throw isLeft;
    };
    expect(await refusalOf(read())).toBe(isLeft);
  },
  async (ref) => {
    const controller = new AbortController();
    const subscription = ref.subscribe({ signal: controller.signal });
    await pulled(subscription);
    controller.abort();
    expect(await refusalOf(subscription.next())).toMatchObject({ code: 'ABORTED' });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  },
];

async function born(): Promise<{ hall: Hall; ref: Speaker }> {
  const hall = await openHall();
  const ref = hall.troupe.actor('speaker', 'a');
  await ref.send(delta('x'));
  await hall.idle();
  return { hall, ref };
}

test('ten thousand subscriptions leave no channel, projection, listener or timer behind', async () => {
  const { hall, ref } = await born();
  const controller = new AbortController();
  const waiting = hall.clock.waiting;
  for (let batch = 0; batch < 100; batch++) {
    await Promise.all(Array.from({ length: 100 }, async (_, i) => ways[i % ways.length]!(ref, controller)));
  }
  await hall.idle();
  expect(hall.opened.channels.stats()).toMatchObject({ subscribers: 0, channels: 0, bytes: 0 });
  expect(await hall.stats()).toMatchObject({ projections: 0 });
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  expect(hall.clock.waiting).toBe(waiting);
}, 60_000);

test('a subscription that has not left is seen in every one of these counts', async () => {
  const { hall, ref } = await born();
  const controller = new AbortController();
  const waiting = hall.clock.waiting;
  const subscription = ref.subscribe({ signal: controller.signal });
  await pulled(subscription);
  await ref.send(delta('y'));
  expect(hall.opened.channels.stats()).toMatchObject({ subscribers: 1, channels: 1 });
  expect(await hall.stats()).toMatchObject({ projections: 1 });
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  expect(hall.clock.waiting).toBe(waiting + 1);
  await subscription.return();
});
