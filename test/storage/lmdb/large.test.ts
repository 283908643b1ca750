/**
 * Sizes: a data file of 10 GB is opened like a small one, and pages of history hold what fits.
 */
import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assertRange, walk } from '../../../storage/conformance/answers.ts';
import { noted, start } from '../../../storage/conformance/drafts.ts';
import { Model } from '../../../storage/conformance/model.ts';
import { pageBytesMax } from '../../../storage/limits.ts';
import { openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import { Scratch } from './scratch.ts';

test('a data file of 10 GB opens with the reads of a small one', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  const model = new Model();
  const before = await openLmdbJournal({ directory });
  await model.append(await before.writer(0), [noted('run/a')]);
  await before.close();
  const small = await openLmdbJournal({ directory });
  const { reads } = small.stats();
  await small.close();

  const file = join(directory, 'data.mdb');
  truncateSync(file, 10 * 2 ** 30);
  const large = await openLmdbJournal({ directory });
  expect(large.stats().reads).toBe(reads);
  await model.append(await large.writer(0), [noted('run/a')]);
  expect(await walk(large, 'run/a')).toHaveLength(2);
  await large.close();
  expect(statSync(file).size).toBe(10 * 2 ** 30);
});

test('a page of large commits begins where it was asked to begin, in both directions', async () => {
  using scratch = new Scratch();
  const journal = await openLmdbJournal({ directory: scratch.journal() });
  const model = new Model();
  const writer = await journal.writer(0);
  const event = new Uint8Array(60_000);
  for (let i = 0; i < 120; i++)
    await model.append(writer, [noted('run/a', { facts: [{ at: start, event }] })]);
  const told = model.told.get('run/a')!;
  await assertRange(journal, told, {});
  await assertRange(journal, told, { reverse: true });
  const [first] = (await journal.read('run/a')).commits;
  expect(first?.seq).toBe(1);
  const page = await journal.read('run/a', { after: 10 });
  expect(page.commits[0]?.seq).toBe(11);
  expect(page.commits.length).toBeLessThanOrEqual(Math.ceil(pageBytesMax / event.length));
  await journal.close();
});
