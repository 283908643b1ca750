/**
 * What the compiler lets a caller write. Nothing here runs: the tests are the lines that must not compile.
 */
import { expect, test } from 'vitest';
import { defineActor, openTroupe } from '../../runtime/index.ts';
import type { EffectRun, Fact, Troupe } from '../../runtime/index.ts';
import { order } from './actors/sample.ts';
import type { openSample } from './open.ts';

type Opened = Awaited<ReturnType<typeof openSample>>;

export async function byModule(troupe: Opened): Promise<void> {
  const ref = troupe.actor('order', '1');
  const receipt = await ref.send({ type: 'order.pay', cents: 1 }, { ifSeq: 3, by: 'ann', id: 'x' });
  const paid: number = receipt.reply.paid;
  await ref.until('paid.shipped');
  await ref.until(({ context }) => context.paid > paid);
  const { digest } = await ref.digest();
  const events: number = digest.events;
  ref.push({ type: 'order.note', text: String(events) });
  // @ts-expect-error an event the machine does not have
  await ref.send({ type: 'order.nope' });
  // @ts-expect-error a payload of another type
  await ref.send({ type: 'order.pay', cents: '1' });
  // @ts-expect-error a field that is missing
  ref.push({ type: 'order.note' });
  // @ts-expect-error an input of another form
  await ref.send({ type: 'order.ship' }, { input: { customer: 1 } });
  // @ts-expect-error a state the machine does not have
  await ref.until('paid.lost');
  // @ts-expect-error a kind the module does not export
  troupe.actor('ordr', '1');
  // @ts-expect-error a field the context does not have
  void (await ref.snapshot()).context.nothing;
  // @ts-expect-error a state the machine does not have
  (await ref.snapshot()).matches('gone');
  // @ts-expect-error a reply is what the definition gives
  void receipt.reply.tracking;
}

export async function histories(troupe: Opened): Promise<void> {
  const ref = troupe.actor('order', '1');
  for await (const fact of ref.history({ types: ['effect.failed'] })) {
    const message: string = fact.event.error.message;
    // @ts-expect-error only what was asked for comes
    void [message, fact.event.cents];
  }
  for await (const { event } of ref.history()) {
    if (event.type === 'order.pay') void (event.cents satisfies number);
    if (event.type === 'effect.done') void (event.output satisfies unknown);
  }
  // @ts-expect-error a type that no history of this kind holds
  ref.history({ types: ['order.nope'] });
}

export async function byValue(): Promise<void> {
  const troupe = await openTroupe({ journal: { kind: 'memory' }, actors: [order] });
  await troupe.actor('order', '1').until('open');
  await troupe.actor(order, '1').send({ type: 'order.ship' });
  // @ts-expect-error a kind that is not among the values
  troupe.actor('counter', '1');
  // @ts-expect-error an event the definition does not have
  await troupe.actor(order, '1').send({ type: 'add' });
  const narrowed: Troupe<typeof order> = troupe;
  void narrowed;
}

export async function options(): Promise<void> {
  // @ts-expect-error values are hosted in this thread
  await openTroupe({ directory: 'x', actors: [order], workers: 2 });
  await openTroupe({
    directory: 'x',
    effects: { fetch: async ({ input, signal }: EffectRun<{ readonly url: string }>) => [input.url, signal] },
  });
  // @ts-expect-error an option there is none of
  await openTroupe({ directory: 'x', threads: 2 });
  // @ts-expect-error a reply is checked against the machine's events
  defineActor({ kind: 'x', version: 1, machine: order.machine, reply: (event) => void event.nope });
}

test('the lines above are checked by tsc, as part of `npm test`', () => {
  const fact: Fact = { seq: 1, to: 1, at: 0, event: { type: 'x' } };
  expect(fact.event.type).toBe('x');
});
