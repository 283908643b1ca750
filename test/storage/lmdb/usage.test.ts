/**
 * Usage at its bounds: no entry that a log ever let in keeps its directory from being opened.
 */
import { expect, test } from 'vitest';
import { chainStart } from '../../../storage/chain.ts';
import { encodeCommit } from '../../../storage/commitCodec.ts';
import type { EncodedCommit } from '../../../storage/commit.ts';
import { noted } from '../../../storage/conformance/drafts.ts';
import { openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import { Scratch } from './scratch.ts';

const fits = { hour: 7, key: ['x'.repeat(1020)], counts: [1] };

/** As a program without bounds wrote it: the hour of the second entry is -1 in the record. */
function unbounded(): EncodedCommit {
  const usage = [fits, { hour: 0x7ffffff1, key: ['b'], counts: [1] }];
  const { record, ...rest } = encodeCommit({ ...noted('run/a'), seq: 1, usage }, chainStart);
  const hour = record.indexOf('ce7ffffff1', 0, 'hex');
  expect(hour).toBeGreaterThan(0);
  const changed = Buffer.concat([
    record.subarray(0, hour),
    Buffer.from('d2ffffffff', 'hex'),
    record.subarray(hour + 5),
  ]);
  return { ...rest, draft: { ...rest.draft, usage: [fits] }, record: changed };
}

test('a log with an entry that no row can hold is read, and counts the others', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  const lost = await openLmdbJournal({ directory });
  await (await lost.writer(0)).append([unbounded()]);
  // A crash: nothing is carried out, so that the log is read again.
  const journal = await openLmdbJournal({ directory, force: true });
  await journal.writer(0);
  expect(await journal.usage(0, Infinity)).toEqual([fits]);
  await journal.close();
  await lost.close();
});

test('the hours asked for may lie outside of all that can be counted', async () => {
  using scratch = new Scratch();
  const journal = await openLmdbJournal({ directory: scratch.journal() });
  const usage = [fits, { hour: 2 ** 32 - 2, key: ['late'], counts: [2] }];
  await (await journal.writer(0)).append([encodeCommit({ ...noted('run/a'), seq: 1, usage }, chainStart)]);
  expect(await journal.usage(-1, Infinity)).toEqual(usage);
  expect(await journal.usage(1_750_000_000_000, Infinity)).toEqual([]);
  await journal.close();
});
