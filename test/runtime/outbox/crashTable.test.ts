/**
 * A drain of five records that is interrupted, instant by instant, and what the next one delivers (O6). The
 * rows are those of a file-based outbox that was measured; two of its instants lost all five for good.
 */
import { describe, expect, test } from 'vitest';
import type { Outbox } from '../../../runtime/outbox.ts';
import { heard, refusalOf } from '../host/kit.ts';
import type { Stage } from '../host/kit.ts';
import { openDesk, post, posted, seqsOf } from './desk.ts';

const leaseMs = 1000;
const five = [1, 2, 3, 4, 5];

async function openFive(): Promise<Stage<never>> {
  const stage = await openDesk();
  await posted(outboxOf(stage), 5);
  return stage;
}

function outboxOf(stage: Stage<never>): Outbox {
  return stage.troupe.outbox('parent');
}

/** What is asked now never becomes durable. */
function neverDurable(stage: Stage<never>): void {
  stage.holdAppends(new Promise(() => undefined));
}

/** A new process on the same directory, after whatever lease there was. */
async function crashed(stage: Stage<never>): Promise<Outbox> {
  await heard();
  await stage.reopen();
  stage.clock.advance(leaseMs);
  await stage.idle();
  return outboxOf(stage);
}

describe('a crash', () => {
  test('before the lease is durable (theirs: before the log of the drain): 5 of 5, as if new', async () => {
    const stage = await openFive();
    neverDurable(stage);
    void outboxOf(stage).drain({ leaseMs });
    const { records } = await (await crashed(stage)).drain();
    expect(records.map(({ childSeq, attempts }) => [childSeq, attempts])).toEqual(five.map((n) => [n, 0]));
  });

  test('once it is, before the drainer is told (theirs: before the inbox is unlinked): 5 of 5', async () => {
    const stage = await openFive();
    void outboxOf(stage).drain({ leaseMs });
    await stage.idle();
    const again = await crashed(stage);
    const { records } = await again.drain();
    expect(records.map(({ childSeq, attempts }) => [childSeq, attempts])).toEqual(five.map((n) => [n, 1]));
    expect((await again.drain()).records).toEqual([]);
  });

  test('while it handles them (theirs: before the ledger is durable): 5 of 5', async () => {
    const stage = await openFive();
    expect(seqsOf(await outboxOf(stage).drain({ leaseMs }))).toEqual(five);
    expect(seqsOf(await (await crashed(stage)).drain())).toEqual(five);
  });

  test('before the ack is durable (theirs: before the log is unlinked, 0 of 5): 5 of 5', async () => {
    const stage = await openFive();
    const lease = await outboxOf(stage).drain({ leaseMs });
    neverDurable(stage);
    void outboxOf(stage).ack(lease);
    expect(seqsOf(await (await crashed(stage)).drain())).toEqual(five);
  });

  test('once it is, before anybody is told: none of the five, and the ack says they are gone', async () => {
    const stage = await openFive();
    const lease = await outboxOf(stage).drain({ leaseMs });
    void outboxOf(stage).ack(lease);
    await stage.idle();
    const again = await crashed(stage);
    expect(seqsOf(await again.drain())).toEqual([]);
    expect(await refusalOf(again.ack(lease))).toMatchObject({ code: 'LEASE_EXPIRED' });
  });

  test('after an ack of two of them: the other three', async () => {
    const stage = await openFive();
    const lease = await outboxOf(stage).drain({ leaseMs });
    await outboxOf(stage).ack(lease, [2, 4]);
    expect(seqsOf(await (await crashed(stage)).drain())).toEqual([1, 3, 5]);
  });

  test('before the output is read (theirs: 0 of 5): 5 of 5, and what came since behind them', async () => {
    const stage = await openFive();
    await outboxOf(stage).drain({ leaseMs });
    await outboxOf(stage).post(post(6));
    expect(seqsOf(await (await crashed(stage)).drain())).toEqual([...five, 6]);
  });

  test('of a stop hook after its lease (theirs: lost): 5 of 5, and one of its budget is spent', async () => {
    const stage = await openFive();
    await outboxOf(stage).drain({ leaseMs, maxConsecutive: 2 });
    const again = await crashed(stage);
    expect(seqsOf(await again.drain({ leaseMs, maxConsecutive: 2 }))).toEqual(five);
    expect((await again.book()).consecutive).toBe(2);
  });

  test('of a stop hook before its lease: 5 of 5, and nothing of its budget is spent', async () => {
    const stage = await openFive();
    neverDurable(stage);
    void outboxOf(stage).drain({ leaseMs, maxConsecutive: 2 });
    const again = await crashed(stage);
    expect((await again.book()).consecutive).toBe(0);
    expect(seqsOf(await again.drain({ leaseMs, maxConsecutive: 2 }))).toEqual(five);
  });

  test('of a poster of newer news of a child (theirs: the older is lost): both count', async () => {
    const stage = await openDesk();
    await outboxOf(stage).post(post(1, { kind: 'waiting' }));
    neverDurable(stage);
    void outboxOf(stage).post(post(2, { kind: 'waiting' }));
    const again = await crashed(stage);
    await again.post(post(2, { kind: 'waiting' }));
    expect((await again.drain()).records).toMatchObject([{ childSeq: 2, firstChildSeq: 1, count: 2 }]);
  });
});
