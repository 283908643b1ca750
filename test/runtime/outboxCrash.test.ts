/**
 * The short form of the outbox's race and crash campaign (`npm run test:crash` is the long one), and proof
 * that its judge notices what it is there for.
 */
import { describe, expect, test } from 'vitest';
import { outboxCampaign } from '../crash/outbox/campaign.ts';
import { OutboxJudge } from '../crash/outbox/judge.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));

test(`what is owed is delivered over kill −9, and gone once acknowledged (SEED=${seed})`, async () => {
  const lines: string[] = [];
  const { passed, failed, posted, delivered } = await outboxCampaign(seed, 3, (line) => lines.push(line));
  expect(failed, lines.join('\n')).toBe(0);
  expect(passed).toBe(3);
  expect(posted).toBeGreaterThan(0);
  expect(delivered).toBeGreaterThanOrEqual(posted);
}, 180_000);

describe('the judge', () => {
  const posted = (seq: number) => ({
    seq,
    event: { type: 'outbox.post', child: 'run/a', childSeq: seq, kind: 'finished' },
  });
  const drained = { seq: 3, event: { type: 'outbox.drain', max: 1 } };
  const acked = { seq: 4, event: { type: 'outbox.ack', leaseId: 3, positions: [1] } };
  const lease = { outbox: 0, leaseId: 3, isAgain: false };
  const [one, two] = [1, 2].map((childSeq) => ({ child: 'run/a', childSeq, count: 1 }));
  const told = { outbox: 0, child: 'run/a', childSeq: 5, kind: 'finished', byActor: false } as const;

  test('accepts what the history says', () => {
    const judge = new OutboxJudge([posted(1), posted(2), drained, acked]);
    judge.assertLease({ ...lease, given: [one!] });
    judge.assertAcked(3, [one!]);
    expect(judge.delivered).toBe(1);
  });

  test('notices a lost post, a foreign record in a lease, an ack that is not there, and what waits', () => {
    const judge = new OutboxJudge([posted(1), posted(2), drained]);
    expect(() => judge.assertPosted(told)).toThrow('was lost');
    expect(() => judge.assertLease({ ...lease, given: [two!] })).toThrow('the lease 3');
    expect(() => judge.assertLease({ ...lease, isAgain: true, given: [two!] })).toThrow('holds not');
    expect(() => judge.assertAcked(3, [one!])).toThrow('was acknowledged under');
    expect(() => judge.assertEmpty()).toThrow('nothing waits');
  });

  test('notices one turn twice, an ack of what a lease does not hold, and a lease that ends twice', () => {
    expect(() => new OutboxJudge([posted(1), posted(1)])).toThrow('posted twice');
    expect(() => new OutboxJudge([posted(1), posted(2), drained, acked, acked])).toThrow('does not hold');
    const ended = { seq: 5, event: { type: 'timer.fired', timer: 'lease.3' } };
    expect(() => new OutboxJudge([posted(1), posted(2), drained, ended, ended])).toThrow('was over');
  });
});
