/** Reads with arguments that cannot be right are refused, with what is allowed. */
import { expect, test } from 'vitest';
import { refusalOf } from './host/kit.ts';
import { openSample } from './open.ts';

async function first(items: AsyncIterable<unknown>): Promise<unknown> {
  for await (const item of items) return item;
  return undefined;
}

async function order() {
  const troupe = await openSample({ workers: 0 });
  const ref = troupe.actor('order', '1');
  await ref.send({ type: 'order.note', text: 'a' });
  await ref.send({ type: 'order.pay', cents: 1 });
  return { troupe, ref };
}

test.each([1.5, NaN, '3', Infinity, undefined, null])('at(%j) is refused', async (seq) => {
  const { ref } = await order();
  expect(await refusalOf(ref.at(seq as number))).toMatchObject({
    code: 'INVALID_OPTION',
    details: { option: 'seq' },
  });
});

test.each([
  [{ after: NaN, limit: -5 }, 'after'],
  [{ limit: -5 }, 'limit'],
  [{ before: '7' }, 'before'],
  [{ reverse: 'yes' }, 'reverse'],
  [{ types: 'order.note' }, 'types'],
  [{ form: 3 }, 'form'],
])('history(%j) is refused', async (options, option) => {
  const { ref } = await order();
  const refusal = await refusalOf(first(ref.history(options as never)));
  expect(refusal).toMatchObject({ code: 'INVALID_OPTION', details: { option } });
});

test.each([
  [{ status: 'open' }, 'status'],
  [{ since: 'yesterday' }, 'since'],
  [{ until: new Date('x') }, 'until'],
  [{ since: NaN }, 'since'],
  [{ order: 'up' }, 'order'],
  [{ limit: 1.5 }, 'limit'],
  [{ tags: 'waiting' }, 'tags'],
  [{ labels: { tenant: 3 } }, 'the values of labels'],
  [{ kind: 3 }, 'kind'],
  [{ state: 'open' }, 'state'],
])('list(%j) and watch(%j) are refused', async (filter, option) => {
  const { troupe } = await order();
  for (const rows of [troupe.list(filter as never), troupe.watch(filter as never)]) {
    expect(await refusalOf(first(rows))).toMatchObject({ code: 'INVALID_OPTION', details: { option } });
  }
});

test('a past state whose facts were erased is CURSOR_GONE, and the actor is as well as before', async () => {
  const { troupe, ref } = await order();
  await ref.erase({ history: true });
  const refusal = await refusalOf(ref.at(2));
  expect(refusal).toMatchObject({ code: 'CURSOR_GONE', details: { address: 'order/1', seq: 2 } });
  expect(refusal.message).toContain('erased');
  expect((await ref.at(3)).context.paid).toBe(1);
  expect(await troupe.quarantined()).toEqual([]);
});

test('limits of Infinity are none', async () => {
  const { troupe, ref } = await order();
  expect(await first(ref.history({ limit: Infinity, before: Infinity }))).toMatchObject({ seq: 1 });
  expect(await first(troupe.list({ limit: Infinity }))).toMatchObject({ address: 'order/1' });
});
