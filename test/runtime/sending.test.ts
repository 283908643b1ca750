/** What a send says beside its event: checked and copied where it is said. */
import { setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../runtime/index.ts';
import type { SendOptions } from '../../runtime/sending.ts';
import { openStage, refusalOf } from './host/kit.ts';
import { newDirectory, openSample } from './open.ts';

const lampMachine = setup({ types: { events: {} as { type: 'go' } } }).createMachine({ on: { go: {} } });
const lamp = defineActor({ kind: 'lamp', version: 1, machine: lampMachine });

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

/** From callers without types. */
const unsendable: readonly (readonly [string, object])[] = [
  ['an id with half a character', { id: 'a\ud800' }],
  ['an id that is a symbol', { id: Symbol('x') }],
  ['an id that is empty', { id: '' }],
  ['an id of 513 characters', { id: 'x'.repeat(513) }],
  ['a by that is a function', { by: () => 1 }],
  ['a trace that is null', { trace: null }],
  ['an ifSeq that is a part', { ifSeq: 1.5 }],
  ['an ifSeq that is a bigint', { ifSeq: 10n ** 40n }],
  ['labels that are text', { labels: 'blue' }],
  ['labels that are a list', { labels: ['blue'] }],
  ['a label that is a bigint', { labels: { team: 10n ** 40n } }],
  ['a label with half a character', { labels: { team: '\udc00' } }],
  ['a label whose name has half a character', { labels: { '\udc00': 'x' } }],
  ['a label that names a prototype', { labels: JSON.parse('{"__proto__":"x"}') as object }],
  ['labels that hold themselves', { labels: cyclic }],
];

describe('what cannot be sent is refused where it is said', () => {
  test.each(unsendable)('%s', async (_what, options) => {
    const stage = await openStage([lamp]);
    const ref = stage.troupe.actor('lamp', 'a');
    const error = await refusalOf(ref.send({ type: 'go' }, options));
    expect(error.code).toBe('INVALID_OPTION');
    expect(await ref.exists()).toBe(false);
  });

  test('in a label that is set later, too', async () => {
    const stage = await openStage([lamp]);
    const ref = stage.troupe.actor('lamp', 'a');
    await ref.send({ type: 'go' });
    const labels = { team: 7 } as unknown as Record<string, string>;
    expect((await refusalOf(ref.label(labels))).code).toBe('INVALID_OPTION');
  });

  test('and costs a worker and those who send beside it nothing', async () => {
    const troupe = await openSample({ workers: 1 });
    const [bad, good] = [troupe.actor('counter', 'bad'), troupe.actor('counter', 'good')];
    const outcomes = await Promise.allSettled([
      ...unsendable.map(async ([, options]) => bad.send({ type: 'add' }, options as SendOptions)),
      good.send({ type: 'add' }),
    ]);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect([refused.length, outcomes.at(-1)?.status]).toEqual([unsendable.length, 'fulfilled']);
    expect((await troupe.stats()).workers[0]).toMatchObject({ restarts: 0, state: 'up' });
  });
});

test('ids, senders and traces of 512 characters are recorded as they were given', async () => {
  const stage = await openStage([lamp]);
  const ref = stage.troupe.actor('lamp', 'a');
  const notes = { id: 'ü'.repeat(512), by: 'b'.repeat(512), trace: '€'.repeat(512) };
  await ref.send({ type: 'go' }, notes);
  await stage.reopen();
  const again = stage.troupe.actor('lamp', 'a');
  for await (const fact of again.history({ types: ['go'] })) expect(fact).toMatchObject(notes);
  expect(await again.send({ type: 'go' }, notes)).toMatchObject({ seq: 2, duplicate: true });
});

test.each([0, 1])('labels are those of the moment of the send, with %i workers', async (workers) => {
  const troupe = await openSample({ directory: newDirectory(), workers });
  const labels = { team: 'red' };
  const sent = troupe.actor('counter', 'a').send({ type: 'add' }, { labels });
  labels.team = 'blue';
  await sent;
  const patch = { stage: 'one' };
  const labelled = troupe.actor('counter', 'a').label(patch);
  patch.stage = 'two';
  await labelled;
  for await (const row of troupe.list()) expect(row.labels).toEqual({ team: 'red', stage: 'one' });
});
