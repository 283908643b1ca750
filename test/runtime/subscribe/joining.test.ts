/** Where a subscription begins, and what happens while it is on its way (contracts N5, N7, N8). */
import { describe, expect, test } from 'vitest';
import { heard, newPromise, refusalOf } from '../host/kit.ts';
import { assertContiguous, delta, openHall, pulled, Reader } from './feed.ts';
import type { Hall } from './feed.ts';

const speakerOf = (hall: Hall, id = 'a') => hall.troupe.actor('speaker', id);

async function born() {
  const hall = await openHall();
  const ref = speakerOf(hall);
  await ref.send({ type: 'line', text: '' });
  return { hall, ref };
}

describe('N5: what is sent after the call', () => {
  test('comes as facts, also when it is sent in the same turn of the loop', async () => {
    const { hall, ref } = await born();
    const reader = new Reader(ref.subscribe());
    await ref.send({ type: 'line', text: 'next' });
    await hall.idle();
    await heard();
    expect(reader.news).toMatchObject([
      { from: 1, to: 2, reset: { seq: 2 } },
      { from: 3, to: 3, facts: [{ event: { type: 'line', text: 'next' } }] },
    ]);
  });

  test('comes as facts when it is the birth of the actor that is waited for', async () => {
    const hall = await openHall();
    const reader = new Reader(speakerOf(hall).subscribe({ wait: true }));
    await speakerOf(hall).send({ type: 'line', text: 'born' });
    await hall.idle();
    await heard();
    expect(reader.news).toMatchObject([{ from: 1, to: 2, facts: [{ seq: 1 }, { seq: 2 }] }]);
  });

  test('comes as facts when a commit is under way meanwhile, which the reset tells', async () => {
    const { hall, ref } = await born();
    const held = newPromise();
    hall.holdAppends(held.promise);
    const first = ref.send({ type: 'line', text: '1' });
    await heard();
    const reader = new Reader(ref.subscribe());
    const second = ref.send({ type: 'line', text: '2' });
    await heard();
    held.resolve();
    await Promise.all([first, second]);
    await hall.idle();
    await heard();
    expect(reader.news).toMatchObject([
      { to: 3, reset: { seq: 3 } },
      { from: 4, to: 4, facts: [{ seq: 4 }] },
    ]);
  });
});

describe('two that join at once', () => {
  test('of whom one waits for a birth and one does not: the one that waits is told of it', async () => {
    const hall = await openHall();
    const impatient = new Reader(speakerOf(hall).subscribe());
    const patient = new Reader(speakerOf(hall).subscribe({ wait: true }));
    await impatient.ended;
    expect(impatient.error).toMatchObject({ code: 'NOT_FOUND' });
    await speakerOf(hall).send({ type: 'line', text: 'born' });
    await hall.idle();
    await heard();
    expect(patient.news).toMatchObject([{ from: 1, to: 2 }]);
  });

  test('in the middle of a window: it ends for all, and both go on without a gap', async () => {
    const { hall, ref } = await born();
    const early = new Reader(ref.subscribe());
    await hall.idle();
    await ref.send(delta('a'));
    await ref.send(delta('b'));
    const [late, behind] = [new Reader(ref.subscribe()), new Reader(ref.subscribe({ after: 3 }))];
    await hall.idle();
    await heard();
    await ref.send(delta('c'));
    hall.clock.advance(33);
    await hall.idle();
    await heard();
    expect([early.text, late.text, behind.text]).toEqual(['abc', 'c', 'bc']);
    for (const { news } of [early, late, behind]) assertContiguous(news, news[0]!.from);
  });
});

describe('a subscription in the round that seals its actor', () => {
  test('gets the seal as its last notification, whatever it asked for', async () => {
    const { hall, ref } = await born();
    const held = newPromise();
    hall.holdAppends(held.promise);
    const before = [new Reader(ref.subscribe()), new Reader(ref.subscribe({ after: 0 }))];
    const end = ref.send({ type: 'end' });
    await heard();
    const during = [new Reader(ref.subscribe()), new Reader(ref.subscribe({ after: 1, wait: true }))];
    await heard();
    held.resolve();
    await end;
    for (const reader of [...before, ...during]) {
      await reader.ended;
      expect(reader.error).toBeUndefined();
      expect(reader.news.at(-1)).toMatchObject({ to: 3, sealed: true });
      assertContiguous(reader.news, reader.news[0]!.from);
    }
  });
});

describe('leaving before it has begun', () => {
  test('ends a reader that waits, by `return` and by its signal', async () => {
    const { hall, ref } = await born();
    const held = newPromise();
    hall.holdAppends(held.promise);
    const sent = ref.send({ type: 'line', text: 'held' });
    await heard();
    const subscription = ref.subscribe();
    const [one, two] = [subscription.next(), subscription.next()];
    await heard();
    await subscription.return();
    expect(await Promise.all([one, two])).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    const controller = new AbortController();
    const waiting = refusalOf(ref.subscribe({ signal: controller.signal }).next());
    await heard();
    controller.abort();
    expect(await waiting).toMatchObject({ code: 'ABORTED' });
    held.resolve();
    await sent;
    await hall.idle();
    expect(await hall.stats()).toMatchObject({ projections: 0 });
    expect(hall.opened.channels.stats()).toMatchObject({ subscribers: 0, channels: 0 });
  });

  test('by a signal that was aborted before leaves nothing behind', async () => {
    const { hall, ref } = await born();
    const signal = AbortSignal.abort();
    expect(await refusalOf(ref.subscribe({ signal }).next())).toMatchObject({ code: 'ABORTED' });
    await hall.idle();
    expect(await hall.stats()).toMatchObject({ projections: 0 });
  });
});

describe('two that read one subscription at once', () => {
  test('get one notification each, in order', async () => {
    const { hall, ref } = await born();
    const subscription = ref.subscribe({ windowMs: 0 });
    await pulled(subscription);
    const both = Promise.all([pulled(subscription), pulled(subscription)]);
    await ref.send({ type: 'line', text: '1' });
    await hall.idle();
    await heard();
    await ref.send({ type: 'line', text: '2' });
    await hall.idle();
    assertContiguous(await both, 3);
  });
});

describe('options that make no sense', () => {
  test('are refused by the call', async () => {
    const { ref } = await born();
    for (const options of [
      { windowMs: Number.NaN },
      { windowMs: -1 },
      { windowMs: Infinity },
      { windowMs: 60_001 },
      { maxBytes: Number.NaN },
      { maxBytes: 0 },
      { maxBytes: -5 },
      { after: -1 },
      { after: 1.5 },
      { after: Number.NaN },
    ])
      expect(() => ref.subscribe(options), JSON.stringify(options)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
  });
});
