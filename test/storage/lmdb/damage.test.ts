/**
 * Damaged files, each opened by a process of its own (crash/damage.ts is the long form): never wrong data,
 * never a hang, and no crash for what is common, a file that was cut.
 */
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noted } from '../../../storage/conformance/drafts.ts';
import { Model } from '../../../storage/conformance/model.ts';
import { Random } from '../../../storage/conformance/random.ts';
import { openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import { Specimen, isBad, summaryOf } from '../../crash/damage.ts';
import { Scratch } from './scratch.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));

test(`flipped, zeroed and cut bytes: an error or a part of what is right (SEED=${seed})`, async () => {
  using specimen = await Specimen.make(seed);
  const random = new Random(seed);
  const all = Array.from({ length: 16 }, () => specimen.damage(random));
  console.log(summaryOf(all).join('\n'));
  expect(all.filter(isBad)).toEqual([]);
  const refused = all.filter(({ kind, outcome }) => kind === 'cut' && outcome === 'refused');
  expect(refused.length + all.filter(({ kind }) => kind !== 'cut').length).toBeGreaterThan(0);
}, 60_000);

test('a file that was cut anywhere is refused as CORRUPT before a byte beyond its end is read', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  const journal = await openLmdbJournal({ directory });
  await new Model().append(
    await journal.writer(0),
    Array.from({ length: 500 }, (_, i) => noted(`run/${i}`)),
  );
  await journal.close();
  const random = new Random(seed);
  for (let size = 200_000; size > 1; size = random.between(1, size - 1)) {
    truncateSync(join(directory, 'data.mdb'), size);
    await expect(openLmdbJournal({ directory })).rejects.toMatchObject({ code: 'CORRUPT' });
    await expect(openLmdbJournal({ directory, readOnly: true })).rejects.toMatchObject({ code: 'CORRUPT' });
  }
});
