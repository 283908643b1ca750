/**
 * What an append costs, in counts: one flush, one log value a group, and few rows beside it. Each gate has a
 * control that shows that it would find more.
 */
import { expect, test, vi } from 'vitest';
import { noted, start } from '../../../storage/conformance/drafts.ts';
import { Model } from '../../../storage/conformance/model.ts';
import type { CommitPage, Range } from '../../../storage/journal.ts';
import { groupBytesMax } from '../../../storage/limits.ts';
import { Environment } from '../../../storage/lmdb/environment.ts';
import { openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import type { LmdbJournal } from '../../../storage/lmdb/journal.ts';
import { Scratch } from './scratch.ts';

/** How often each of these was done meanwhile. */
async function counted(journal: LmdbJournal, work: () => Promise<unknown>): Promise<Counted> {
  const before = journal.stats();
  const durably = vi.spyOn(Environment.prototype, 'durably');
  await work();
  const transactions = durably.mock.calls.length;
  durably.mockRestore();
  const after = journal.stats();
  return {
    transactions,
    flushes: after.flushes - before.flushes,
    groups: after.groups - before.groups,
    commits: after.commits - before.commits,
    otherPuts: after.otherPuts - before.otherPuts,
  };
}

interface Counted {
  readonly transactions: number;
  readonly flushes: number;
  readonly groups: number;
  readonly commits: number;
  readonly otherPuts: number;
}

test('an append is one transaction, one flush and one log value', async () => {
  using scratch = new Scratch();
  const journal = await openLmdbJournal({ directory: scratch.journal() });
  const model = new Model();
  const writer = await journal.writer(0);
  const parts = Array.from({ length: 50 }, (_, i) => noted(`run/${i}`));
  const one = { transactions: 1, flushes: 1, groups: 1, otherPuts: 0 };
  expect(await counted(journal, async () => model.append(writer, parts))).toEqual({ ...one, commits: 50 });

  // The controls: two appends are two of each, and what does not fit into a group is another one.
  const twice = async (): Promise<void> => {
    await model.append(writer, parts);
    await model.append(writer, parts);
  };
  expect(await counted(journal, twice)).toMatchObject({ transactions: 2, flushes: 2, groups: 2 });
  const large = noted('run/1', { facts: [{ at: start, event: new Uint8Array(groupBytesMax) }] });
  expect(await counted(journal, async () => model.append(writer, [large, large]))).toMatchObject({
    flushes: 1,
    groups: 2,
  });
  await journal.close();
});

/** Other puts for each commit, of so many actors with so many facts each, until everything is carried out. */
async function otherPutsOf(actors: number, facts: number): Promise<number> {
  using scratch = new Scratch();
  const journal = await openLmdbJournal({ directory: scratch.journal() });
  const model = new Model();
  const counts = await counted(journal, async () => {
    const writer = await journal.writer(0);
    for (let i = 0; i < facts; i++) {
      await model.append(
        writer,
        Array.from({ length: actors }, (_, j) => noted(`run/${j}`)),
      );
    }
    await writer.close();
  });
  await journal.close();
  return counts.otherPuts / counts.commits;
}

test('rows beside the log: at most one put in ten commits of actors with 120 facts', async () => {
  const puts = await otherPutsOf(1000, 120);
  console.log(`other puts per commit, 1000 actors × 120 facts: ${puts.toFixed(4)}`);
  expect(puts).toBeLessThanOrEqual(0.1);
}, 60_000);

test('the control: actors with two facts each need more', async () => {
  expect(await otherPutsOf(1000, 2)).toBeGreaterThan(0.1);
});

test.each(['fresh', 'carried out'])(
  'a history of large commits is read about once (marks: %s)',
  async (marks) => {
    using scratch = new Scratch();
    const journal = await openLmdbJournal({ directory: scratch.journal() });
    const writer = await journal.writer(0);
    const model = new Model();
    const large = noted('run/1', { facts: [{ at: start, event: new Uint8Array(60_000) }] });
    for (let i = 0; i < 20; i++)
      await model.append(
        writer,
        Array.from({ length: 10 }, () => large),
      );
    if (marks === 'carried out') await writer.close();
    const before = journal.stats().reads;
    let facts = 0;
    let next: Range | undefined = {};
    while (next !== undefined) {
      const page: CommitPage = await journal.read('run/1', next);
      facts += page.commits.length;
      ({ next } = page);
    }
    expect(facts).toBe(200);
    // Its place, and a mark for each five; from the end of 256 facts it would be twelve for one.
    expect((journal.stats().reads - before) / facts).toBeLessThan(2);
    await journal.close();
  },
);
