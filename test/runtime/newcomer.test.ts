/** Small things that a newcomer meets: what is logged, named and refused. */
import { createMachine, setup } from 'xstate';
import { expect, test } from 'vitest';
import { defineActor, openTroupe } from '../../runtime/index.ts';
import { refusalOf } from './host/kit.ts';

const machine = setup({
  types: { events: {} as { type: 'go'; what?: unknown } },
  actions: {
    fail: () => {
      throw new TypeError('no way');
    },
  },
}).createMachine({ on: { go: { actions: 'fail' } } });
const walker = defineActor({ kind: 'walker', version: 1, machine });

test('an error in a log is plain data under the name error', async () => {
  const logged: unknown[] = [];
  const write = (details: object): void => void logged.push(JSON.parse(JSON.stringify(details)));
  const logger = { debug: write, info: write, warn: write, error: write };
  const troupe = await openTroupe({ journal: { kind: 'memory' }, actors: [walker], logger });
  await troupe.actor('walker', '1').send({ type: 'go' });
  const pushing = troupe.actor('walker', '1');
  pushing.push({ type: 'nope' } as never);
  expect(await refusalOf(pushing.flush())).toMatchObject({ code: 'NOT_ACCEPTED' });
  await troupe.close();
  expect(logged).toMatchObject([
    { address: 'walker/1', error: { message: 'no way' } },
    { address: 'walker/1', error: { name: 'TroupeError', code: 'NOT_ACCEPTED' } },
  ]);
});

test('a reply that throws names its kind and address', async () => {
  const reply = () => JSON.parse('{') as unknown;
  const talker = defineActor({ kind: 'talker', version: 1, machine, reply });
  await using troupe = await openTroupe({ journal: { kind: 'memory' }, actors: [talker] });
  const refusal = await refusalOf(troupe.actor('talker', '1').send({ type: 'go' }));
  expect(refusal).toMatchObject({ code: 'MACHINE_FAILED', details: { kind: 'talker', address: 'talker/1' } });
  expect(refusal.message).toMatch(/reply of "talker" to "go" failed at talker\/1/);
});

test('a cycle is refused with a short path', async () => {
  await using troupe = await openTroupe({ journal: { kind: 'memory' }, actors: [walker] });
  const what: { inner?: unknown } = {};
  what.inner = what;
  const refusal = await refusalOf(troupe.actor('walker', '1').send({ type: 'go', what }));
  expect(refusal.code).toBe('NOT_STORABLE');
  expect(refusal.message).toContain('a cycle?');
  expect(refusal.message.length).toBeLessThan(300);
});

test.each([
  ['id', { id: 7 }],
  ['id', { id: '' }],
  ['by', { by: {} }],
  ['ifSeq', { ifSeq: '2' }],
  ['labels', { labels: 'x' }],
  ['labels["tenant"]', { labels: { tenant: 7 } }],
  ['labels["tenant"]', { labels: { tenant: null } }],
])('%s of a send is refused in %j', async (option, options) => {
  await using troupe = await openTroupe({ journal: { kind: 'memory' }, actors: [walker] });
  const ref = troupe.actor('walker', '1');
  const refusal = await refusalOf(ref.send({ type: 'go' }, options as never));
  expect(refusal).toMatchObject({ code: 'INVALID_OPTION', details: { option } });
  expect(await ref.exists()).toBe(false);
});

test('a label that is no text, and an id of an actor that is none, are refused', async () => {
  await using troupe = await openTroupe({ journal: { kind: 'memory' }, actors: [walker] });
  const ref = troupe.actor('walker', '1');
  await ref.send({ type: 'go' }, { labels: { tenant: 'a' } });
  expect(await refusalOf(ref.label({ tenant: 7 } as never))).toMatchObject({ code: 'INVALID_OPTION' });
  await ref.label({ tenant: null });
  const numbered = (): unknown => troupe.actor('walker', 7 as never);
  expect(numbered).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});

test('an action or a source that nothing implements is logged once, when it is first met', async () => {
  const lines: string[] = [];
  const write = (_details: object, text = ''): void => void lines.push(text);
  const logger = { debug: write, info: write, warn: write, error: write };
  const lost = defineActor({
    kind: 'lost',
    version: 1,
    machine: createMachine({
      initial: 'idle',
      states: {
        idle: { on: { go: { target: 'asking', actions: 'sing' } } },
        asking: { invoke: { src: 'nobody', onError: 'idle' } },
      },
    }),
  });
  await using troupe = await openTroupe({ journal: { kind: 'memory' }, actors: [lost], logger });
  for (const id of ['1', '2']) {
    const ref = troupe.actor('lost', id);
    await ref.send({ type: 'go' });
    await ref.until('idle');
  }
  expect(lines).toEqual([
    '"lost" names the action "sing", which nothing implements: it does nothing.',
    expect.stringContaining('lost/1 invokes "nobody"'),
  ]);
});
