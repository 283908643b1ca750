/**
 * The performance budget of the outbox: `node load/outboxBudget.ts`. Counts are exact. Times are only ever
 * ratios of neighbours: a drain of 25 with its ack here, and the same in the frozen outbox, in turns in one
 * process on one disk. The budget is on the median of these ratios, and a control that acknowledges record
 * by record must break it: a budget that nothing can break says nothing.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openTroupe } from '../runtime/index.ts';
import type { Outbox, Troupe } from '../runtime/index.ts';
import { scratch } from './disk.ts';
import { FrozenOutbox } from './frozenOutbox.ts';
import { duration, median } from './measure.ts';

const frozenHash = 'f66307be198371f0e0e102c1d9cc6dfdba1ab7fe723f69e601aa2e9e979442c8';
const batch = 25;
const pairs = 60;
const warmUp = 10;
/** 2.8 when it was frozen, 28 for the control. The faster the disk, the more of it is our own work. */
const ratioMax = 8;

type Drain = (outbox: Outbox) => Promise<void>;

const whole: Drain = async (outbox) => {
  const lease = await outbox.drain({ max: batch });
  assert.equal(lease.records.length, batch);
  await outbox.ack(lease);
};

const oneByOne: Drain = async (outbox) => {
  const lease = await outbox.drain({ max: batch });
  for (const { position } of lease.records) await outbox.ack(lease, [position]);
};

const textOf = (i: number): string => `run/${i % 50} finished: the tests pass again; two files changed.`;

async function ratioOf(troupe: Troupe, name: string, drain: Drain): Promise<number> {
  const outbox = troupe.outbox(name);
  const frozen = new FrozenOutbox(scratch(`frozen-${name}`));
  const count = batch * (pairs + warmUp);
  const numbers = Array.from({ length: count }, (_, i) => i);
  frozen.post(numbers.map(textOf));
  await Promise.all(
    numbers.map(async (i) =>
      outbox.post({ child: `run/${i % 50}`, childSeq: i, kind: 'finished', summary: textOf(i) }),
    ),
  );
  const ratios: number[] = [];
  for (let i = -warmUp; i < pairs; i++) {
    const floor = await duration(() => {
      const records = frozen.drain(batch);
      assert.equal(records.length, batch);
      frozen.ack(records);
    });
    const ours = await duration(async () => drain(outbox));
    if (i >= 0) ratios.push(ours / floor);
  }
  assert.deepEqual(await outbox.pending(), { ready: 0, leased: 0, dead: 0 });
  assert.equal(frozen.drain(1).length, 0);
  await frozen.close();
  return median(ratios);
}

/** Exact: a drain and its ack are two flushes, and an empty drain none. */
async function assertCounts(troupe: Troupe): Promise<void> {
  const outbox = troupe.outbox('counts');
  const flushes = async (): Promise<number> => (await troupe.stats()).journal.flushes;
  for (let i = 0; i < batch; i++) await outbox.post({ child: 'run/a', childSeq: i, kind: 'finished' });
  const before = await flushes();
  await whole(outbox);
  assert.equal((await flushes()) - before, 2, 'flushes of a drain with its ack');
  assert.equal((await outbox.drain()).leaseId, undefined);
  assert.equal((await flushes()) - before, 2, 'flushes of an empty drain');
}

const source = readFileSync(new URL('frozenOutbox.ts', import.meta.url));
const hash = createHash('sha256').update(source).digest('hex');
assert.equal(
  hash,
  frozenHash,
  'load/frozenOutbox.ts is frozen; what is measured against it would mean nothing',
);

const troupe = await openTroupe({ directory: scratch('budget'), workers: 0 });
await assertCounts(troupe);
const ratio = await ratioOf(troupe, 'whole', whole);
const control = await ratioOf(troupe, 'control', oneByOne);
await troupe.close();
const isKept = ratio <= ratioMax;
const isBroken = control > ratioMax;
console.log(`drain of ${batch} and its ack: ${ratio.toFixed(2)} × the frozen outbox, at most ${ratioMax}`);
console.log(`control, acknowledged one by one: ${control.toFixed(2)} ×, more than ${ratioMax}`);
if (!isKept) console.error('The outbox is over its budget.');
if (!isBroken) console.error('The control stays within the budget: it tells nothing.');
process.exitCode = isKept && isBroken ? 0 : 1;
