/** What leaves an actor is durable, and what nobody can take now waits for who can. */
import { setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { box, child, parent, writer } from './family.ts';
import { heard, openStage, refusalOf } from './kit.ts';
import type { Stage } from './kit.ts';
import { lettersIn, noDisk, write, writerOf } from './post.ts';

const post = (_: unknown, _params: { readonly to: string; readonly event: { readonly type: string } }) =>
  undefined;

const job = defineActor({
  kind: 'job',
  version: 1,
  machine: setup({
    types: { events: {} as { readonly type: 'tell' | 'finish' } },
    actions: { 'troupe.send': post },
  }).createMachine({
    initial: 'live',
    states: {
      live: {
        on: {
          tell: { actions: { type: 'troupe.send', params: { to: 'boss/b', event: { type: 'news' } } } },
          finish: 'off',
        },
      },
      off: { type: 'final' },
    },
  }),
  report: () => [{ to: 'boss/b', event: { type: 'told' } }],
});

const boss = defineActor({
  kind: 'boss',
  version: 1,
  machine: setup({
    types: { events: {} as { readonly type: 'news' | 'told'; readonly sealHash?: string } },
  }).createMachine({ on: { news: {}, told: {} } }),
});

// What was delivered and not marked goes out again as the actor is loaded, while its next turn is written:
// how many turns of the loop later that is, decides which of them meet.
describe.each([0, 1, 2, 3])('with %i turns of the loop before the next send', (turns) => {
  const pass = async (): Promise<void> => {
    for (let i = 0; i < turns; i++) await heard();
  };

  test('a message of a turn that was not written is not delivered, and the next one is', async () => {
    const stage = await openStage([writer, box]);
    await write(stage, 'a');
    await stage.idle();
    await stage.reopen();
    await pass();
    let appends = 0;
    stage.failure = () => (appends++ === 0 ? noDisk() : undefined);
    expect(await refusalOf(write(stage, 'b'))).toMatchObject({ code: 'JOURNAL_FULL' });
    await stage.settled();
    await write(stage, 'c');
    await stage.settled();
    expect(await lettersIn(stage)).toEqual(['a1', 'a2', 'c1', 'c2']);
  });

  test('a report goes out with the hash of its seal', async () => {
    const stage = await openStage([boss, job]);
    await stage.troupe.actor('job', 'j').send({ type: 'tell' });
    await stage.idle();
    await stage.reopen();
    const reads = [stage.troupe.actor('boss', 'b').snapshot(), stage.troupe.actor('job', 'j').snapshot()];
    await pass();
    await stage.troupe.actor('job', 'j').send({ type: 'finish' });
    await stage.settled();
    await Promise.all(reads);
    const told: unknown[] = [];
    for await (const { event } of stage.troupe.actor('boss', 'b').history()) {
      if (event.type === 'told') told.push(event);
    }
    expect(told).toMatchObject([{ sealHash: expect.any(String) as string }]);
  });
});

describe('for a kind that this open does not host', () => {
  test('a letter of a sender that would not hear of it waits, and is told once', async () => {
    const stage = await openStage([writer, box]);
    await writerOf(stage).send({ type: 'mute' });
    await stage.reopen([writer]);
    await write(stage, 'a');
    for (let i = 0; i < 3; i++) await stage.settled(10_000);
    expect(stage.log.filter((text) => text.startsWith('a message waits for its kind'))).toHaveLength(1);
    expect(await stage.stats()).toMatchObject({ deadLetters: 0 });
    await stage.reopen([writer, box]);
    await stage.settled();
    expect(await lettersIn(stage)).toEqual(['a1', 'a2']);
  });

  test('the end of a child waits for its parent', async () => {
    const stage: Stage<typeof parent | typeof child> = await openStage([parent, child]);
    await stage.troupe.actor('parent', 'p').send({ type: 'start', name: 'Ann' });
    await stage.idle();
    let appends = 0;
    stage.failure = () => (appends++ > 0 ? noDisk() : undefined);
    await stage.troupe.actor('child', 'parent/p/kid@2').send({ type: 'finish' });
    await stage.reopen([child]);
    await stage.settled();
    await stage.reopen([parent, child]);
    await stage.settled();
    const { state, context } = await stage.troupe.actor('parent', 'p').snapshot();
    expect([state, context.ends]).toEqual([['alone'], [{ name: 'Ann', heard: [] }]]);
  });
});
