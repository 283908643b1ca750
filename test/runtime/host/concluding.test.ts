/** Facts that follow from others (`concludes`): ahead of them, in their commit; mistakes keep none away. */
import { assign, fromPromise, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import type { AnyEvent } from '../../../actors/fact.ts';
import { defineActor } from '../../../runtime/index.ts';
import { openStage, refusalOf, typesOf } from './kit.ts';

type Event = { type: 'open' } | { type: 'shut' } | { type: 'leave' } | { type: 'end' };

const machine = setup({
  types: {
    context: {} as { readonly isOpen: boolean; readonly seen: readonly string[] },
    events: {} as Event,
  },
  actors: { visit: fromPromise(async () => 'over') },
}).createMachine({
  context: { isOpen: false, seen: [] },
  initial: 'here',
  states: {
    here: {
      on: {
        open: { actions: assign({ isOpen: true }) },
        shut: { guard: ({ context }) => context.isOpen, actions: assign({ isOpen: false, seen: ['shut'] }) },
        leave: { actions: assign({ seen: ({ context }) => [...context.seen, 'left'] }) },
        end: 'ended',
      },
      invoke: {
        src: 'visit',
        onDone: { actions: assign({ seen: ({ context }) => [...context.seen, 'over'] }) },
      },
    },
    ended: { type: 'final' },
  },
});

interface Hooks {
  readonly [type: string]: (
    event: AnyEvent,
    stand: { readonly context: { readonly isOpen: boolean } },
  ) => readonly Event[];
}

const door = (concludes: Hooks) => defineActor({ kind: 'door', version: 1, machine, concludes });

/** Who leaves an open door shuts it. */
const shuts: Hooks[string] = (_, { context }) => (context.isOpen ? [{ type: 'shut' }] : []);

describe('what follows from a fact', () => {
  test('is recorded ahead of it, in its commit, and the receipt is of the fact itself', async () => {
    const stage = await openStage([door({ leave: shuts })]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'open' });
    await stage.idle();
    const receipt = await ref.send({ type: 'leave' }, { id: 'once' });
    const types = ['actor.born', 'open', 'effect.done', 'shut', 'leave'];
    expect([receipt.seq, await typesOf(ref)]).toEqual([5, types]);
    expect(stage.memory.actors.get('door/a')?.entries.map(({ seq }) => seq)).toEqual([1, 3, 4]);
    // Replay records nothing again, and a retried send knows its own fact.
    await stage.reopen();
    const again = stage.troupe.actor('door', 'a');
    expect((await again.snapshot()).context).toEqual({ isOpen: false, seen: ['shut', 'left'] });
    expect(await again.send({ type: 'leave' }, { id: 'once' })).toMatchObject({ seq: 5, duplicate: true });
    expect(await typesOf(again)).toEqual(types);
    expect(await again.verify()).toMatchObject({ ok: true, seq: 5 });
  });

  test('of what the host itself tells is recorded ahead of it, too', async () => {
    const stage = await openStage([door({ 'effect.done': shuts })]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'open' });
    await stage.idle();
    expect(await typesOf(ref)).toEqual(['actor.born', 'open', 'shut', 'effect.done']);
    expect((await ref.snapshot()).context).toEqual({ isOpen: false, seen: ['shut', 'over'] });
    await stage.reopen();
    expect((await stage.troupe.actor('door', 'a').snapshot()).context).toEqual({
      isOpen: false,
      seen: ['shut', 'over'],
    });
  });

  test('is not recorded where the fact is refused', async () => {
    const stage = await openStage([door({ shut: () => [{ type: 'leave' }] })]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'leave' });
    await stage.idle();
    expect(await refusalOf(ref.send({ type: 'shut' }))).toMatchObject({ code: 'NOT_ACCEPTED' });
    expect(await typesOf(ref)).toEqual(['actor.born', 'leave', 'effect.done']);
  });

  test.each<[string, Hooks[string]]>([
    [
      'throws',
      () => {
        throw new Error('a mistake');
      },
    ],
    ['is not accepted', () => [{ type: 'open' }, { type: 'shut' }, { type: 'shut' }]],
    ['would end the actor', () => [{ type: 'end' }]],
    ['is a word of the host', () => [{ type: 'actor.stopped' } as never]],
  ])('that %s is left out, all of it, and told', async (_, hook) => {
    const stage = await openStage([door({ leave: hook })]);
    const ref = stage.troupe.actor('door', 'a');
    await ref.send({ type: 'leave' });
    await stage.idle();
    await ref.send({ type: 'leave' });
    expect(await typesOf(ref)).toEqual(['actor.born', 'leave', 'effect.done', 'leave']);
    expect(stage.log.join('\n')).toContain('its concludes');
  });
});
