/**
 * Disks that fail: a flush that is refused (injected by strace), a put that throws in the middle of a group.
 */
import { expect, test } from 'vitest';
import { TroupeError, isTroupeError } from '../../../actors/troupeError.ts';
import { assertAnswers } from '../../../storage/conformance/answers.ts';
import { bulky, noted } from '../../../storage/conformance/drafts.ts';
import { Model } from '../../../storage/conformance/model.ts';
import { Random } from '../../../storage/conformance/random.ts';
import { openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import { Table } from '../../../storage/lmdb/table.ts';
import { Puppeteer } from '../../crash/puppeteer.ts';
import { Scratch, has } from './scratch.ts';

/** Which calls of which kind fail: once and for ever, of data pages and of the meta page. */
const faults: readonly (readonly [what: string, inject: string])[] = [
  ['one fdatasync', 'fdatasync:error=EIO:when=30'],
  ['every fdatasync from some time on', 'fdatasync:error=EIO:when=30+'],
  ['one write of a page', 'pwrite64:error=EIO:when=75'],
  ['the writes of three pages', 'pwrite64:error=EIO:when=80..82'],
];

test.for(faults)(
  '%s refused: JOURNAL_FAILED for good, in every slot',
  { timeout: 30_000 },
  async ([, inject], context) => {
    if (!has('strace')) {
      context.skip('no strace');
      return;
    }
    using scratch = new Scratch();
    const directory = scratch.journal();
    const strace = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fdatasync,pwrite64', '-e'];
    await using puppet = await Puppeteer.start([...strace, `inject=${inject}`]);
    await puppet.call('open', { directory });
    const failed = await puppet.call('append', { address: 'run/a', count: 200 });
    expect(failed.error).toMatchObject({ code: 'JOURNAL_FAILED', retryable: false });

    const refused = { code: 'JOURNAL_FAILED' };
    expect((await puppet.call('append', { address: 'run/a' })).error).toMatchObject(refused);
    await expect(puppet.call('resume')).rejects.toMatchObject(refused);
    await expect(puppet.call('append', { address: 'run/b', slot: 1 })).rejects.toMatchObject(refused);
    expect(await puppet.call('stats')).toMatchObject({ unhandled: 0 });
    await puppet.kill();

    // The commit whose flush failed may be there or not; everything acknowledged is.
    await using next = await Puppeteer.start();
    await next.call('open', { directory });
    const found = await next.call('find', 'run/a');
    expect(found).toEqual({ seq: found.seq, commits: found.seq, verified: true });
    expect([failed.seq, failed.seq + 1]).toContain(found.seq);
    expect(await next.call('append', { address: 'run/a' })).toEqual({ seq: found.seq + 1 });
  },
);

test('a put that fails takes the whole append with it, whichever put it is', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  const journal = await openLmdbJournal({ directory });
  const model = new Model();
  const writer = await journal.writer(0);
  await model.append(writer, [noted('run/a'), noted('run/b')]);
  const snapshot = model.snapshotOf('run/a', Buffer.from('state'));
  const parts = [noted('run/a'), bulky('run/b', 'x').parts, noted('run/new')];

  let failures = 0;
  for (let error: unknown = 'none yet'; error !== undefined;) {
    const restore = failAt(failures + 1);
    error = await model.append(writer, parts, [snapshot]).catch((reason: unknown) => reason);
    restore();
    if (error === undefined) break;
    failures++;
    expect(isTroupeError(error, 'JOURNAL_FULL')).toBe(true);
    expect(await writer.append([]).catch((reason: unknown) => reason)).toBe(error);
    await assertAnswers(journal, model, new Random(failures));
    await writer.resume();
  }
  // The group, the body, the snapshot.
  expect(failures).toBe(3);
  await assertAnswers(journal, model, new Random(0));
  await journal.close();
});

/** This put from now on fails, counted from 1; gives the way back. */
function failAt(failing: number): () => void {
  const put = Reflect.get(Table.prototype, 'put');
  let puts = 0;
  Table.prototype.put = function failsOnce(this: Table, key: Buffer, value: Buffer) {
    if (++puts === failing) throw new TroupeError('JOURNAL_FULL', 'injected');
    put.call(this, key, value);
  };
  return () => {
    Table.prototype.put = put;
  };
}
