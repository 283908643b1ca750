/** Any text may name an event: none of them is taken for something else, here or in the digest. */
import { setup } from 'xstate';
import { expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { openStage } from './kit.ts';

const machine = setup({ types: { events: {} as { readonly type: string } } }).createMachine({
  initial: 'on',
  states: { on: { on: { end: 'off', '*': {} } }, off: { type: 'final' } },
});

const anySchema = {
  '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) },
};
const hearer = defineActor({ kind: 'hearer', version: 1, machine, schemas: { go: anySchema } });

test.each([
  ['toString', 'toString'],
  ['constructor', 'constructor'],
  ['__proto__', 'other'],
  [`${'x'.repeat(127)}😀`, `${'x'.repeat(127)}\ufffd`],
])('an event named %s is counted, and its actor ends', async (type, name) => {
  const stage = await openStage([hearer]);
  const ref = stage.troupe.actor('hearer', 'h');
  await ref.send({ type });
  await ref.send({ type });
  expect((await ref.digest()).digest).toMatchObject({ events: { [name]: 2 } });
  expect((await ref.send({ type: 'end' })).final).toBe(true);
  await stage.reopen();
  expect((await stage.troupe.actor('hearer', 'h').digest()).digest).toMatchObject({ events: { [name]: 2 } });
});

test('event types that others used up keep no actor from being brought back', async () => {
  const stage = await openStage([hearer]);
  await stage.troupe.actor('hearer', 'innocent').send({ type: 'mine' });
  await stage.reopen([defineActor({ kind: 'hearer', version: 1, machine })]);
  for (let k = 0; k < 11; k++) {
    const sends = Array.from({ length: 1000 }, async (_, i) =>
      stage.troupe.actor('hearer', 'guilty').send({ type: `t${k}.${i}` }),
    );
    await Promise.all(sends);
  }
  expect((await stage.troupe.actor('hearer', 'innocent').send({ type: 'more' })).seq).toBe(3);
});
