/**
 * The power goes (contract S5): runs on what the disk surely held then, and on that with pieces of what was
 * written and not flushed. Everything acknowledged is there, and whatever was running ends as it must.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Random } from '../../../storage/conformance/random.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { imageOf, momentsOf, traced } from '../../crash/flushedDisk.ts';
import type { Moment } from '../../crash/flushedDisk.ts';
import { has } from '../../storage/lmdb/scratch.ts';
import { newDirectory } from '../open.ts';
import * as agents from './agents.ts';

// A traced process is slow, more so where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));

interface Acknowledged {
  readonly id: string;
  readonly seq: number;
  readonly digestHash?: string;
}

const saidAt = ({ said }: Moment): readonly Acknowledged[] =>
  said.map((line) => JSON.parse(line) as Acknowledged);
const lastOf = (all: readonly Acknowledged[], id: string): Acknowledged | undefined =>
  all.findLast((one) => one.id === id);

function recorded(): readonly Moment[] {
  const directory = newDirectory();
  const log = join(directory, 'strace');
  const program = [process.execPath, join(import.meta.dirname, 'powerOffRuns.ts'), join(directory, 'data')];
  const { stderr } = spawnSync('strace', [...traced, '-o', log, ...program], { stdio: 'pipe' });
  const found = momentsOf(readFileSync(log, 'latin1'), '/data.mdb');
  expect(found.at(-1)?.said, stderr.toString()).toHaveLength(19);
  return found;
}

/** A directory with this file, as the next start finds it. */
function directoryOf(image: Buffer): string {
  const directory = join(newDirectory(), 'data');
  mkdirSync(directory, { mode: 0o700 });
  writeFileSync(join(directory, 'data.mdb'), image, { mode: 0o600 });
  return directory;
}

async function opened(image: Buffer) {
  return openTroupe({ directory: directoryOf(image), actors: [agents.run], workers: 0 });
}

async function assertWhole(moment: Moment, random?: Random): Promise<void> {
  await using troupe = await opened(imageOf(moment, random));
  const told = saidAt(moment);
  for (const id of new Set(told.map((one) => one.id))) {
    const run = troupe.run(id);
    const { seq, digestHash } = lastOf(told, id)!;
    const seqs: number[] = [];
    for await (const fact of run.history()) seqs.push(fact.seq);
    expect(seqs.length).toBeGreaterThanOrEqual(seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    if (digestHash !== undefined) expect((await run.digest()).seal?.digestHash).toBe(digestHash);
  }
  expect(await troupe.verify()).toMatchObject({ ok: true, bad: [] });
  if (lastOf(told, 'end') !== undefined) {
    expect(await troupe.run('end').result()).toMatchObject({ cause: 'lost', digest: lost });
  }
  if (lastOf(told, 'idle') !== undefined) {
    const { tags } = await troupe.run('idle').until((now) => now.tags.includes('interrupted'));
    expect(tags).toContain('idle');
    expect((await troupe.run('idle').digest()).digest).toMatchObject(lost);
  }
}

const lost = {
  processes: { started: 1, lost: 1 },
  turns: { byStatus: { lost: 1 } },
  permissions: { asked: 1, cancelled: 1 },
};

/** A flush that is left out would be seen: the moment before does not hold what came after it. */
async function assertEarlier(before: Moment, last: Moment): Promise<void> {
  const [was, is] = [lastOf(saidAt(before), 'end')!, lastOf(saidAt(last), 'end')!];
  expect(is.seq).toBe(was.seq + 1);
  await using troupe = await opened(imageOf(before));
  const notes: unknown[] = [];
  for await (const { event } of troupe.run('end').history({ types: ['note'] })) notes.push(event);
  expect(notes.at(-1)).toMatchObject({ text: 'later 3' });
}

test(`a power failure leaves what was acknowledged (SEED=${seed})`, async (context) => {
  if (!has('strace')) context.skip('no strace');
  const random = new Random(seed);
  const all = recorded();
  const torn = all.filter(({ said, waiting }) => said.length > 0 && waiting.length > 0);
  expect(torn.length).toBeGreaterThan(10);
  for (const moment of [random.pick(torn), random.pick(torn), all.at(-1)!]) {
    await assertWhole(moment);
    await assertWhole(moment, random);
  }
  await assertEarlier(
    all.findLast(({ said }) => said.length === 18)!,
    all.at(-1)!,
  );
});

test('what was written is on the disk once it is flushed, or was opened so', () => {
  const hex = (text: string): string =>
    [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16)}`).join('');
  const file = `<${hex('/data.mdb')}>`;
  const [cd, e] = [hex('cd'), hex('e')];
  const moments = momentsOf(
    [
      `1 openat(AT_FDCWD<${hex('/')}>, "${hex('data.mdb')}", O_RDWR|O_CREAT, 0600) = 3${file}`,
      `1 openat(AT_FDCWD<${hex('/')}>, "${hex('data.mdb')}", O_WRONLY|O_DSYNC) = 4${file}`,
      `1 pwrite64(3${file}, "${hex('ab')}", 2, 0 <unfinished ...>`,
      `2 write(1<${hex('/out')}>, "${hex('one')}", 3) = 3`,
      `1 <... pwrite64 resumed>)   = 2`,
      `1 write(1<${hex('/out')}>, "${hex('two')}", 3) = 3`,
      `1 fdatasync(3${file} <unfinished ...>`,
      `2 write(1<${hex('/out')}>, "${hex('three')}", 5) = 5`,
      `1 <... fdatasync resumed>)  = 0`,
      `1 lseek(3${file}, 2, SEEK_SET) = 2`,
      `1 writev(3${file}, [{iov_base="${cd}", iov_len=2}, {iov_base="${e}", iov_len=1}], 2) = 3`,
      `1 pwrite64(4${file}, "${hex('A')}", 1, 0) = 1`,
      `1 write(1<${hex('/out')}>, "${hex('four')}", 4) = 4`,
      `1 fdatasync(3${file}) = 0`,
      `1 write(1<${hex('/out')}>, "${hex('five')}", 4) = 4`,
    ].join('\n'),
    '/data.mdb',
  );
  const told = moments.map((moment) => [moment.said.at(-1), imageOf(moment).toString()]);
  expect(told).toEqual([
    ['one', ''],
    ['two', ''],
    ['two', ''],
    ['three', ''],
    ['four', 'Ab'],
    ['four', 'Ab'],
    ['five', 'Abcde'],
  ]);
});
