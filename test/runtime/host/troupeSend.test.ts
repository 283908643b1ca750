/** Messages to other actors, as a user's machine writes them. */
import { assign, sendTo, setup } from 'xstate';
import { expect, test } from 'vitest';
import { defineActor, troupeSend } from '../../../runtime/index.ts';
import { openStage, refusalOf } from './kit.ts';

const bell = defineActor({
  kind: 'bell',
  version: 1,
  machine: setup({
    types: {
      context: {} as { readonly rung: readonly string[] },
      events: {} as { type: 'ring'; by: string },
    },
  }).createMachine({
    context: { rung: [] },
    on: { ring: { actions: assign({ rung: ({ context, event }) => [...context.rung, event.by] }) } },
  }),
});

const guest = defineActor({
  kind: 'guest',
  version: 1,
  machine: setup({
    types: { events: {} as { type: 'knock' | 'wait' | 'shout' } },
    actions: { 'troupe.send': troupeSend },
  }).createMachine({
    on: {
      knock: {
        actions: { type: 'troupe.send', params: { to: 'bell/door', event: { type: 'ring', by: 'ann' } } },
      },
      wait: {
        actions: {
          type: 'troupe.send',
          params: () => ({ to: 'bell/door', event: { type: 'ring', by: 'late' }, delayMs: 100 }),
        },
      },
      shout: { actions: sendTo('bell/door', { type: 'ring', by: 'bob' }) },
    },
  }),
});

test('troupeSend types the action that reaches another actor, at once or later', async () => {
  const stage = await openStage([bell, guest]);
  const ann = stage.troupe.actor('guest', 'ann');
  await ann.send({ type: 'knock' });
  await ann.send({ type: 'wait' });
  await stage.idle();
  const rung = async () => (await stage.troupe.actor('bell', 'door').snapshot()).context.rung;
  expect(await rung()).toEqual(['ann']);
  stage.clock.advance(100);
  await stage.idle();
  expect(await rung()).toEqual(['ann', 'late']);
});

test('sendTo an address is refused, and the refusal names troupe.send', async () => {
  const stage = await openStage([bell, guest]);
  const refusal = await refusalOf(stage.troupe.actor('guest', 'bob').send({ type: 'shout' }));
  expect(refusal.code).toBe('UNSUPPORTED');
  expect(refusal.message).toContain('troupe.send');
  expect(refusal.message).toContain('bell/door');
  expect(await stage.troupe.actor('guest', 'bob').exists()).toBe(false);
});
