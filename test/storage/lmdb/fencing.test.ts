/**
 * Two owners of one slot: the newer one has it, and nothing the older one still tries is ever read (J6).
 */
import { expect, test } from 'vitest';
import { walk } from '../../../storage/conformance/answers.ts';
import { noted } from '../../../storage/conformance/drafts.ts';
import { Model } from '../../../storage/conformance/model.ts';
import { openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import { Puppeteer } from '../../crash/puppeteer.ts';
import { Scratch } from './scratch.ts';

const fenced = { code: 'FENCED', retryable: false };

test.for([
  { name: 'as it is', compacts: false },
  { name: 'after a compaction, so that the newer one shrinks the file', compacts: true },
])(
  'a suspended owner that wakes up appends nothing: the directory taken $name',
  { timeout: 60_000 },
  async ({ compacts }) => {
    using scratch = new Scratch();
    const directory = scratch.journal();
    await using older = await Puppeteer.start();
    await older.call('open', { directory });
    await older.call('append', { address: 'run/a', count: 10 });
    await older.call('append', { address: 'run/b', count: 10, slot: 1 });
    if (compacts) await older.call('compact');
    process.kill(older.pid, 'SIGSTOP');

    const newer = await openLmdbJournal({ directory, force: true });
    const model = new Model();
    const writer = await newer.writer(0);
    await model.append(writer, [noted('run/new')]);

    process.kill(older.pid, 'SIGCONT');
    expect((await older.call('append', { address: 'run/a' })).error).toMatchObject(fenced);
    // Also in slots that the newer one has not taken yet, or that nobody had.
    if (compacts)
      expect((await older.call('append', { address: 'run/b', slot: 1 })).error).toMatchObject(fenced);
    await expect(older.call('append', { address: 'run/c', slot: 2 })).rejects.toMatchObject(fenced);
    await expect(older.call('resume')).rejects.toMatchObject(fenced);
    await expect(older.call('erase', 'run/a')).rejects.toMatchObject(fenced);
    await expect(older.call('compact')).rejects.toMatchObject(fenced);
    await older.call('close');

    await model.append(writer, [noted('run/new')]);
    expect(await walk(newer, 'run/a')).toHaveLength(10);
    expect(await walk(newer, 'run/c')).toHaveLength(0);
    expect(await walk(newer, 'run/new')).toHaveLength(2);
    await newer.close();
  },
);

test('of two writers of a slot in one process the newer goes on, the older closes in peace', async () => {
  using scratch = new Scratch();
  const journal = await openLmdbJournal({ directory: scratch.journal() });
  const model = new Model();
  const older = await journal.writer(0);
  await model.append(older, [noted('run/a')]);
  const newer = await journal.writer(0);
  await model.append(newer, [noted('run/a')]);
  await expect(older.append(model.encoded([noted('run/a')]))).rejects.toMatchObject(fenced);
  await older.close();
  await model.append(newer, [noted('run/a')]);
  expect(await walk(journal, 'run/a')).toHaveLength(3);
  await journal.close();
});

test('a writer that was fenced without knowing closes in peace', async () => {
  using scratch = new Scratch();
  const journal = await openLmdbJournal({ directory: scratch.journal() });
  const model = new Model();
  const older = await journal.writer(0);
  await model.append(older, [noted('run/a')]);
  const newer = await journal.writer(0);
  await older.close();
  await model.append(newer, [noted('run/a')]);
  expect(await walk(journal, 'run/a')).toHaveLength(2);
  await journal.close();
});
