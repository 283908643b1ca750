/** Delivered marks: what a sender knows of its messages' arrival, and when that is durable. */
import { describe, expect, test } from 'vitest';
import { savedOf } from '../../../runtime/host/saved.ts';
import { box, writer } from './family.ts';
import { openStage } from './kit.ts';
import { lettersIn, noDisk, write, writerOf } from './post.ts';

describe('delivered marks', () => {
  test('become durable without a fact: nobody is woken for them at the next open', async () => {
    const stage = await openStage([writer, box]);
    await write(stage, 'a');
    await stage.idle();
    stage.clock.advance(250);
    await stage.idle();
    expect(stage.memory.actors.get('writer/w')?.standing).toMatchObject({ due: null, seq: 2 });
    await stage.reopen();
    await stage.idle();
    expect(await stage.stats()).toMatchObject({ activations: 0 });
  });

  test('that a snapshot told leave the next debt to be told anew: it outlives a crash', async () => {
    const stage = await openStage([writer, box]);
    await write(stage, 'a');
    await stage.idle();
    stage.clock.advance(250);
    await stage.idle();
    expect(stage.memory.actors.get('writer/w')?.standing.due).toBe(null);
    let appends = 0;
    stage.failure = () => (++appends > 1 ? noDisk() : undefined);
    await write(stage, 'b');
    expect(stage.memory.actors.get('writer/w')?.standing.due).toBe(0);
    await stage.reopen();
    await stage.idle();
    expect(await lettersIn(stage)).toEqual(['a1', 'a2', 'b1', 'b2']);
  });

  test('that rows do not tell, and a snapshot does, are told when the actor is loaded', async () => {
    const stage = await openStage([writer, box]);
    await write(stage, 'a');
    await stage.idle();
    stage.clock.advance(250);
    await stage.close();
    const stored = stage.memory.actors.get('writer/w')!;
    stored.standing = { ...stored.standing, due: 0 };
    await stage.reopen();
    await stage.idle();
    stage.clock.advance(250);
    await stage.idle();
    expect(stored.standing.due).toBe(null);
  });

  test('that could not be written are written later', async () => {
    const stage = await openStage([writer, box]);
    await write(stage, 'a');
    await stage.idle();
    let failing = 1;
    stage.failure = () => (failing-- > 0 ? noDisk() : undefined);
    for (let i = 0; i < 2; i++) {
      stage.clock.advance(250);
      await stage.idle();
    }
    expect(failing).toBeLessThan(0);
    expect(stage.memory.actors.get('writer/w')?.standing.due).toBe(null);
  });

  test('of many receivers are forgotten, and ordinals go on above all that were', async () => {
    const stage = await openStage([writer, box], { limits: { rememberedIds: 8, snapshotFacts: 4 } });
    for (let i = 0; i < 60; i++) await write(stage, 'x', `box/b${i % 30}`);
    await stage.idle();
    stage.clock.advance(250);
    await stage.close();
    const [latest] = stage.memory.actors.get('writer/w')!.snapshots.slice(-1);
    expect([...(savedOf(latest!)?.ledger.outgoing?.addresses() ?? [])]).toHaveLength(8);
    await stage.reopen();
    for (let i = 0; i < 30; i++) await write(stage, 'y', `box/b${i}`);
    await stage.idle();
    for (let i = 0; i < 30; i++)
      expect(await lettersIn(stage, `b${i}`)).toEqual(['x1', 'x2', 'x1', 'x2', 'y1', 'y2']);
  });

  test('ride along with the next commit', async () => {
    const stage = await openStage([writer, box]);
    await write(stage, 'a');
    await stage.idle();
    await writerOf(stage).send({ type: 'mute' });
    expect(stage.memory.actors.get('writer/w')?.standing.due).toBe(null);
    await stage.reopen();
    await writerOf(stage).snapshot();
    await stage.idle();
    // Nobody else was woken: nothing is delivered again.
    expect(await stage.stats()).toMatchObject({ activations: 1 });
  });

  test('that could not be written cost a second delivery, which the receiver knows', async () => {
    const stage = await openStage([writer, box]);
    await write(stage, 'a');
    await stage.idle();
    let failing = 1;
    stage.failure = () => (failing-- > 0 ? noDisk() : undefined);
    stage.clock.advance(250);
    await stage.idle();
    expect(await write(stage, 'b')).toMatchObject({ seq: 3 });
    await stage.idle();
    await stage.reopen();
    await stage.idle();
    expect(await lettersIn(stage)).toEqual(['a1', 'a2', 'b1', 'b2']);
  });
});
