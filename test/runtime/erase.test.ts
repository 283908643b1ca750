/** Erasing cannot be undone: it does what was said in full, and nothing else. */
import { expect, test } from 'vitest';
import { openSample } from './open.ts';

test.each([
  undefined,
  null,
  {},
  'history',
  { history: false },
  { bodies: 1 },
  { bodies: true, history: true },
  { everything: true },
])('erase refuses %j, and erases nothing', async (what) => {
  const troupe = await openSample({ workers: 0 });
  const ref = troupe.actor('order', '1');
  await ref.send({ type: 'order.note', text: 'kept' });
  await expect(ref.erase(what as never)).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringContaining('{ bodies: true } or { history: true }') as string,
  });
  const types: string[] = [];
  for await (const { event } of ref.history()) types.push(event.type);
  expect(types).toEqual(['actor.born', 'order.note']);
});

test('what the machine keeps in its context stays when its facts are erased', async () => {
  const troupe = await openSample({ workers: 0 });
  const ref = troupe.actor('order', '1');
  await ref.send({ type: 'order.pay', cents: 7 });
  await ref.erase({ history: true });
  expect((await ref.snapshot()).context.paid).toBe(7);
});
