/** Messages between actors: in order per pair, exactly once in effect, and never lost without a word. */
import { describe, expect, test } from 'vitest';
import { box, writer } from './family.ts';
import { heard, openStage, refusalOf, typesOf } from './kit.ts';
import { boxOf, lettersIn, noDisk, write, writerOf } from './post.ts';

describe('messages of one actor to another', () => {
  test('arrive in order, and give birth to their receiver', async () => {
    const stage = await openStage([writer, box]);
    for (const text of ['a', 'b', 'c']) await write(stage, text);
    await stage.idle();
    expect(await lettersIn(stage)).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
    for await (const { by } of boxOf(stage).history({ types: ['letter'] })) expect(by).toBe('writer/w');
  });

  test('review 4: of one event to one receiver are two, each with its own ordinal', async () => {
    const stage = await openStage([writer, box]);
    await write(stage, 'x');
    await stage.reopen();
    await stage.idle();
    expect(await lettersIn(stage)).toEqual(['x1', 'x2']);
  });

  test('to many receivers do not wait for each other', async () => {
    const stage = await openStage([writer, box]);
    const ids = Array.from({ length: 50 }, (_, i) => `b${i}`);
    await Promise.all(ids.map(async (id) => write(stage, id, `box/${id}`)));
    await stage.idle();
    for (const id of ids) expect(await lettersIn(stage, id)).toEqual([`${id}1`, `${id}2`]);
  });

  test('that are delayed come when they are due, over a restart', async () => {
    const stage = await openStage([writer, box]);
    await writerOf(stage).send({ type: 'later', to: 'box/b', ms: 5000 });
    await stage.close();
    stage.clock.advance(4999);
    await stage.reopen();
    await stage.idle();
    expect(await boxOf(stage).exists()).toBe(false);
    stage.clock.advance(1);
    await stage.idle();
    expect(await lettersIn(stage)).toEqual(['later']);
  });

  test('to itself are heard after the event that sent them', async () => {
    const stage = await openStage([writer, box]);
    await writerOf(stage).send({ type: 'later', to: 'writer/w', ms: 0 });
    stage.clock.advance(0);
    await stage.idle();
    // A writer takes no letters, so that it is told of its own refusal.
    expect((await writerOf(stage).snapshot()).context.refusals).toEqual([
      { to: 'writer/w', code: 'NOT_ACCEPTED' },
    ]);
  });
});

describe('over a crash a message', () => {
  test('that was recorded and not delivered is delivered, once', async () => {
    const stage = await openStage([writer, box]);
    let appends = 0;
    stage.failure = () => (++appends > 1 ? noDisk() : undefined);
    await write(stage, 'a');
    for (let i = 0; i < 3; i++) {
      await stage.reopen();
      await stage.idle();
    }
    expect(await lettersIn(stage)).toEqual(['a1', 'a2']);
  });

  test('that was delivered and not marked is taken once', async () => {
    const stage = await openStage([writer, box]);
    await write(stage, 'a');
    await stage.idle();
    const before = stage.memory.log.length;
    await stage.reopen();
    await stage.idle();
    expect(await lettersIn(stage)).toEqual(['a1', 'a2']);
    expect(stage.memory.log.length).toBe(before);
  });

  test('review 4: of a sealed sender still goes out, and its debt is settled without a fact', async () => {
    const stage = await openStage([writer, box]);
    let appends = 0;
    stage.failure = () => (++appends > 1 ? noDisk() : undefined);
    expect(await writerOf(stage).send({ type: 'finish', to: 'box/b', text: 'last' })).toMatchObject({
      final: true,
    });
    const seal = (await writerOf(stage).digest()).seal;
    expect(stage.memory.actors.get('writer/w')?.standing.due).toBe(0);
    await stage.reopen();
    await stage.idle();
    expect(await lettersIn(stage)).toEqual(['last']);
    stage.clock.advance(250);
    await stage.idle();
    expect(stage.memory.actors.get('writer/w')?.standing).toMatchObject({ due: null, seq: 2 });
    expect((await writerOf(stage).digest()).seal).toEqual(seal);
    expect(await writerOf(stage).verify()).toMatchObject({ ok: true });
  });
});

describe('a message that is refused', () => {
  test('for good is told to its sender, if it takes that, and the next one goes out', async () => {
    const stage = await openStage([writer, box]);
    await boxOf(stage).send({ type: 'shut' });
    await write(stage, 'a');
    await stage.idle();
    const { refusals } = (await writerOf(stage).snapshot()).context;
    expect(refusals).toEqual([
      { to: 'box/b', code: 'NOT_ACCEPTED' },
      { to: 'box/b', code: 'NOT_ACCEPTED' },
    ]);
    expect(await typesOf(writerOf(stage))).toEqual(['actor.born', 'write', 'send.refused', 'send.refused']);
    await stage.reopen();
    await stage.idle();
    expect((await writerOf(stage).snapshot()).context.refusals).toHaveLength(2);
  });

  test('while its sender sends more does not keep the next one back', async () => {
    const stage = await openStage([writer, box]);
    await boxOf(stage).send({ type: 'shut' });
    const sent: Promise<unknown>[] = [];
    // The box commits in every turn of the loop: its refusals come late, after the next letter's kick.
    for (let i = 0; i < 8; i++) {
      sent.push(boxOf(stage).label({ turn: `${i}` }));
      if (i < 2) sent.push(write(stage, `${i}`));
      await heard();
    }
    await Promise.all(sent);
    await stage.idle();
    expect((await writerOf(stage).snapshot()).context.refusals).toHaveLength(4);
    stage.clock.advance(250);
    await stage.idle();
    expect(stage.memory.actors.get('writer/w')?.standing.due).toBe(null);
  });

  test.each([
    ['box/b', 'SEALED'],
    ['nothing/b', 'UNKNOWN_KIND'],
    ['box/ b', 'INVALID_ADDRESS'],
    ['no address', 'INVALID_ADDRESS'],
  ])('by %s is %s', async (to, code) => {
    const stage = await openStage([writer, box]);
    await boxOf(stage).send({ type: 'close' });
    await write(stage, 'a', to);
    await stage.idle();
    expect((await writerOf(stage).snapshot()).context.refusals).toEqual([
      { to, code },
      { to, code },
    ]);
    expect(stage.memory.actors.size).toBe(2);
  });

  test('becomes a dead letter, counted and logged', async () => {
    const stage = await openStage([writer, box]);
    await boxOf(stage).send({ type: 'close' });
    await writerOf(stage).send({ type: 'mute' });
    await write(stage, 'a');
    await stage.idle();
    expect(await stage.stats()).toMatchObject({ deadLetters: 2 });
    expect(stage.log.filter((line) => line.startsWith('dead letter'))).toHaveLength(2);
    expect(await typesOf(writerOf(stage))).toEqual(['actor.born', 'mute', 'write']);
  });

  test('of a sealed sender becomes a dead letter, once', async () => {
    const stage = await openStage([writer, box]);
    await boxOf(stage).send({ type: 'close' });
    await writerOf(stage).send({ type: 'finish', to: 'box/b', text: 'last' });
    await stage.idle();
    stage.clock.advance(250);
    await stage.idle();
    expect(await stage.stats()).toMatchObject({ deadLetters: 1 });
    await stage.reopen();
    await stage.idle();
    expect(await stage.stats()).toMatchObject({ deadLetters: 0 });
  });

  test('for now is tried again, in order, until it is taken', async () => {
    const stage = await openStage([writer, box], { limits: { idleMs: 10 } });
    await boxOf(stage).send({ type: 'letter', text: '0' });
    // The disk takes what the writer says, and fails three times for the box.
    let appends = 0;
    stage.failure = () => (++appends > 1 && appends < 9 ? noDisk() : undefined);
    await write(stage, 'a');
    for (let i = 0; i < 12; i++) await stage.settled();
    expect(appends).toBeGreaterThan(9);
    expect(await lettersIn(stage)).toEqual(['0', 'a1', 'a2']);
    expect(await stage.stats()).toMatchObject({ deadLetters: 0 });
  });
});

test('messages that nobody takes are bounded: their sender is told', async () => {
  const stage = await openStage([writer, box], { limits: { unsentMessages: 4 } });
  let stuck = false;
  stage.failure = () => (stuck ? noDisk() : undefined);
  const sends: Promise<unknown>[] = [];
  for (const text of ['a', 'b', 'c']) sends.push(write(stage, text).catch((error: unknown) => error));
  const [, , third] = await Promise.all(sends);
  stuck = true;
  expect(third).toMatchObject({ code: 'MAILBOX_FULL', retryable: true });
  expect(await refusalOf(write(stage, 'd'))).toMatchObject({ retryable: true });
});
