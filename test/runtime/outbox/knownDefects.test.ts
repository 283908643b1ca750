/**
 * What a file-based outbox in wide use claims or needs, and does not do: each of those rows is a test here,
 * named with its words.
 */
import { describe, expect, test, vi } from 'vitest';
import type { Outbox } from '../../../runtime/outbox.ts';
import { noDisk } from '../host/post.ts';
import { refusalOf } from '../host/kit.ts';
import type { Stage } from '../host/kit.ts';
import { newDirectory } from '../open.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { openDesk, post, posted, seqsOf } from './desk.ts';

// Threads start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const outboxOf = (stage: Stage<never>): Outbox => stage.troupe.outbox('conductor');

/** A stored record of the outbox that no longer is what was written. */
function damage(stage: Stage<never>, seq: number): void {
  const stored = stage.memory.actors.get('outbox/conductor');
  const entry = stored?.entries.find((each) => each.seq <= seq && each.to >= seq);
  expect(entry).toBeDefined();
  entry!.crc ^= 1;
}

describe('a producer', () => {
  test('SIGKILL between last-wins removal and append: the old record is still there', async () => {
    const stage = await openDesk();
    await outboxOf(stage).post(post(1, { kind: 'waiting', summary: 'old' }));
    stage.holdAppends(new Promise(() => undefined));
    void outboxOf(stage).post(post(2, { kind: 'waiting', summary: 'new' }));
    await stage.reopen();
    expect((await outboxOf(stage).drain()).records).toMatchObject([{ childSeq: 1, summary: 'old' }]);
  });

  test('a parent temporarily not live: when it comes back, it gets the events of the meantime', async () => {
    const stage = await openDesk();
    const [child, other] = [stage.troupe.run('child'), stage.troupe.run('other')];
    await child.start({ parent: 'run/conductor' });
    await other.start({ parent: 'run/conductor' });
    await child.end({ cause: 'completed' });
    await stage.idle();
    await stage.reopen();
    await stage.troupe.run('other').end({ cause: 'failed' });
    await stage.idle();
    await stage.troupe.run('conductor').start();
    expect((await outboxOf(stage).drain()).records).toMatchObject([
      { child: 'run/child', kind: 'finished' },
      { child: 'run/other', kind: 'failed' },
    ]);
  });

  test('a transient storage error: the transition is retried', async () => {
    const stage = await openDesk();
    await posted(outboxOf(stage), 1);
    const child = stage.troupe.run('child');
    await child.start({ parent: 'run/conductor' });
    // The end of the child is recorded; three times its outbox cannot record the report.
    let writes = 0;
    stage.failure = () => (++writes > 1 && writes < 5 ? noDisk() : undefined);
    await child.end({ cause: 'failed' });
    await stage.settled();
    expect(writes).toBeGreaterThan(4);
    expect((await outboxOf(stage).drain()).records).toMatchObject([
      { childSeq: 1 },
      { child: 'run/child', kind: 'failed' },
    ]);
  });

  test('a new turn of a child without a content hash is delivered', async () => {
    const stage = await openDesk();
    const same = { kind: 'finished', summary: 'done', outcome: 'ok' } as const;
    const delivered: number[] = [];
    for (const turn of [1, 2, 2, 3]) {
      await outboxOf(stage).post(post(turn, same));
      const lease = await outboxOf(stage).drain();
      await outboxOf(stage).ack(lease);
      delivered.push(lease.records.length);
    }
    expect(delivered).toEqual([1, 1, 0, 1]);
  });

  test('a finished task is not absorbed by what the child waits for afterwards', async () => {
    const stage = await openDesk();
    await outboxOf(stage).post(post(1, { kind: 'finished', summary: 'IMPORTANT' }));
    for (const n of [2, 3]) await outboxOf(stage).post(post(n, { kind: 'waiting' }));
    await outboxOf(stage).post(post(4, { kind: 'failed' }));
    expect(seqsOf(await outboxOf(stage).drain())).toEqual([1, 3, 4]);
  });
});

describe('a drain', () => {
  test('two draining, two committing, in threads of their own: no loss and no double', async () => {
    const troupe = await openTroupe({ directory: newDirectory(), workers: 2 });
    const outbox = troupe.outbox('conductor');
    const given: number[] = [];
    let isPosted = false;
    const drained = async (): Promise<void> => {
      for (;;) {
        const isLast = isPosted;
        const lease = await outbox.drain({ max: 7 });
        given.push(...seqsOf(lease));
        await outbox.ack(lease);
        if (isLast && lease.records.length === 0) return;
      }
    };
    const posting = async (): Promise<void> => {
      await Promise.all([posted(outbox, 200), posted(outbox, 200, 201)]);
      isPosted = true;
    };
    await Promise.all([posting(), drained(), drained()]);
    await troupe.close();
    expect(given.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
  });

  test('a crash after the ledger and before the consumer has the result: redelivered', async () => {
    const stage = await openDesk();
    await posted(outboxOf(stage), 5);
    await outboxOf(stage).drain({ leaseMs: 1000 });
    await stage.reopen();
    stage.clock.advance(1000);
    await stage.idle();
    const { records } = await outboxOf(stage).drain();
    expect(records.map(({ redelivered }) => redelivered)).toEqual([true, true, true, true, true]);
  });

  test('a corrupt line among good ones: the good ones come, the bad one is kept for inspection', async () => {
    const stage = await openDesk();
    for (const n of [1, 2, 3]) await outboxOf(stage).post(post(n));
    damage(stage, 3);
    expect(seqsOf(await outboxOf(stage).drain())).toEqual([1, 3]);
    const [letter, ...others] = await outboxOf(stage).deadLetters();
    expect(letter).toMatchObject({ position: 2, child: 'run/a', kind: 'finished' });
    expect(letter?.reason).toContain('bytes');
    expect(others).toEqual([]);
    expect(await outboxOf(stage).pending()).toEqual({ ready: 0, leased: 2, dead: 1 });
  });

  test('one oversized line: it is refused at the door, and the others still drain', async () => {
    const stage = await openDesk();
    await posted(outboxOf(stage), 1);
    const oversized = outboxOf(stage).post(post(2, { summary: 'x'.repeat(16 * 1024 * 1024) }));
    expect(await refusalOf(oversized)).toMatchObject({ code: 'TOO_LARGE' });
    await posted(outboxOf(stage), 1, 3);
    expect(seqsOf(await outboxOf(stage).drain())).toEqual([1, 3]);
  });

  test('a damaged ledger: it is refused, and looks neither empty nor new', async () => {
    const stage = await openDesk();
    await posted(outboxOf(stage), 3);
    await outboxOf(stage).ack(await outboxOf(stage).drain({ max: 2 }));
    damage(stage, 2);
    await stage.reopen();
    const outbox = outboxOf(stage);
    expect(await refusalOf(outbox.drain())).toMatchObject({ code: 'QUARANTINED' });
    expect(await refusalOf(outbox.pending())).toMatchObject({ code: 'QUARANTINED' });
    expect(await refusalOf(outbox.post(post(4)))).toMatchObject({ code: 'QUARANTINED' });
    expect(await refusalOf(outbox.deadLetters())).toMatchObject({ code: 'QUARANTINED' });
  });
});
