/** Waiting for what cannot come is refused, and an ended wait says what it was. */
import { expect, test } from 'vitest';
import { refusalOf } from './host/kit.ts';
import { openSample } from './open.ts';

async function order() {
  const troupe = await openSample({ workers: 0 });
  const ref = troupe.actor('order', '1');
  await ref.send({ type: 'order.note', text: '' });
  return ref;
}

test.each(['opne', 'packing', 'paid.opne', ''])(
  'a state the machine does not have, %j, is refused',
  async (state) => {
    const ref = await order();
    const refusal = await refusalOf(ref.until(state as 'open'));
    expect(refusal).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'state' } });
    expect(refusal.message).toContain('open, paid, paid.packing');
  },
);

test('neither a state nor a function is refused', async () => {
  const ref = await order();
  expect(await refusalOf(ref.until(undefined as never))).toMatchObject({ code: 'INVALID_OPTION' });
});

test('a wait that is aborted speaks of no send', async () => {
  const ref = await order();
  const controller = new AbortController();
  const { signal } = controller;
  const waits = [
    ref.until('done', { signal }),
    ref.until(() => false, { signal }),
    ref.until('done', { signal: AbortSignal.abort() }),
  ].map(refusalOf);
  controller.abort();
  for (const refusal of await Promise.all(waits)) {
    expect(refusal).toMatchObject({ code: 'ABORTED', details: { outcome: 'none' } });
    expect(refusal.message).not.toMatch(/sen[dt]|applied/i);
  }
});
