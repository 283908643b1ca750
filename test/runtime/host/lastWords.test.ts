/** SCXML 236: a child that speaks to its parent in the step that ends it; its end is heard as in XState. */
import { assign, createActor, sendParent, setup } from 'xstate';
import { expect, test } from 'vitest';
import { TroupeError } from '../../../actors/troupeError.ts';
import { defineActor } from '../../../runtime/index.ts';
import { openStage, typesOf } from './kit.ts';
import type { Stage } from './kit.ts';

const childMachine = setup({
  types: { events: {} as { readonly type: 'finish' | 'mention' } },
}).createMachine({
  output: 'the end',
  initial: 'alive',
  states: {
    alive: {
      on: {
        finish: { target: 'over', actions: sendParent({ type: 'said' }) },
        mention: { actions: sendParent({ type: 'said' }) },
      },
    },
    over: { type: 'final' },
  },
});

const parentMachine = setup({
  types: {
    context: {} as { readonly heard: readonly string[] },
    events: {} as { readonly type: 'said' | 'greeting' | 'restart' },
  },
  actors: { kid: childMachine },
}).createMachine({
  context: { heard: [] },
  initial: 'raising',
  on: {
    '*': { actions: assign({ heard: ({ context, event }) => [...context.heard, event.type] }) },
  },
  states: {
    raising: { invoke: { id: 'kid', src: 'kid' }, on: { said: 'left', restart: 'looping' } },
    looping: {
      invoke: { id: 'kid', src: 'kid' },
      on: { said: { target: 'looping', reenter: true } },
    },
    left: {},
  },
});

const child = defineActor({ kind: 'kid', version: 1, machine: childMachine });
const parent = defineActor({ kind: 'parent', version: 1, machine: parentMachine });
const told = 'xstate.done.actor.kid';

type Family = Stage<typeof parent | typeof child>;
const parentOf = (stage: Family) => stage.troupe.actor('parent', 'p');
const childOf = (stage: Family, seq = 1) => stage.troupe.actor('kid', `parent/p/kid@${seq}`);
const placeOf = async (stage: Family) => {
  const { state, context } = await parentOf(stage).snapshot();
  return [state[0], ...context.heard];
};

/** Born by a message that it takes in its first state. */
async function raised(): Promise<Family> {
  const stage = await openStage([parent, child]);
  await parentOf(stage).send({ type: 'greeting' });
  await stage.idle();
  return stage;
}

test('XState itself tells a parent that has left', () => {
  const actor = createActor(parentMachine).start();
  (actor.getSnapshot().children['kid'] as unknown as { send(event: object): void }).send({ type: 'finish' });
  expect(actor.getSnapshot()).toMatchObject({ value: 'left', context: { heard: [told] } });
});

test('the end is heard after the message that made the parent leave', async () => {
  const stage = await raised();
  await childOf(stage).send({ type: 'finish' });
  await stage.idle();
  expect(await placeOf(stage)).toEqual(['left', 'greeting', told]);
  await stage.reopen();
  expect(await placeOf(stage)).toEqual(['left', 'greeting', told]);
  expect(await typesOf(parentOf(stage))).toEqual(['actor.born', 'greeting', 'said', 'child.done']);
});

test('it is heard by a parent that crashed after it had left, or whose disk was full', async () => {
  for (const isCrash of [true, false]) {
    const stage = await raised();
    const writer = stage.memory.slots.get(0)!;
    const append = writer.append.bind(writer);
    // The parent hears the message in a commit of its own; the one with the end is refused.
    let isLeft = false;
    stage.failure = () => (isLeft ? new TroupeError('JOURNAL_FULL', 'the disk is full', {}) : undefined);
    writer.append = async (commits, snapshots) => {
      await append(commits, snapshots);
      if (commits.some(({ draft }) => draft.address === 'parent/p')) isLeft = true;
    };
    await childOf(stage).send({ type: 'finish' });
    await parentOf(stage).until('left');
    expect(isLeft).toBe(true);
    if (isCrash) await stage.reopen();
    else stage.failure = () => undefined;
    await stage.settled();
    expect(await placeOf(stage)).toEqual(['left', 'greeting', told]);
    await stage.close();
    await stage.reopen();
    expect(await placeOf(stage)).toEqual(['left', 'greeting', told]);
  }
});

test('the end of a child that went on after the message is nobody’s', async () => {
  const stage = await raised();
  await childOf(stage).send({ type: 'mention' });
  await stage.idle();
  expect(await placeOf(stage)).toEqual(['left', 'greeting']);
  expect((await childOf(stage).digest()).seal?.cause).toBe('stopped');
  expect(await typesOf(parentOf(stage))).toEqual(['actor.born', 'greeting', 'said']);
});

test('the end of a child whose id runs anew is nobody’s: the new one goes on', async () => {
  const stage = await raised();
  await parentOf(stage).send({ type: 'restart' });
  await stage.idle();
  await childOf(stage, 3).send({ type: 'finish' });
  await stage.idle();
  expect(await placeOf(stage)).toEqual(['looping', 'greeting']);
  expect((await childOf(stage, 4).snapshot()).status).toBe('live');
  expect(await typesOf(parentOf(stage))).not.toContain('child.done');
});
