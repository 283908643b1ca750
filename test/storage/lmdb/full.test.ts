/**
 * A disk that runs full, on a small tmpfs: nothing is half-written, and what failed succeeds later.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Puppeteer } from '../../crash/puppeteer.ts';
import { Scratch } from './scratch.ts';

const megabyte = 1024 * 1024;

test('on a full disk an append is JOURNAL_FULL and changes nothing, until there is room', async (context) => {
  using scratch = new Scratch();
  const disk = scratch.tmpfs(24 * megabyte);
  if (disk === undefined) {
    context.skip('no tmpfs');
    return;
  }
  const filler = join(disk, 'filler');
  writeFileSync(filler, Buffer.alloc(4 * megabyte));
  const directory = join(disk, 'journal');
  await using puppet = await Puppeteer.start();
  await puppet.call('open', { directory });

  const first = await puppet.call('append', { address: 'run/a', count: 2000, bytes: 20_000 });
  expect(first.error).toMatchObject({ code: 'JOURNAL_FULL', retryable: true });
  expect(first.seq).toBeGreaterThan(100);

  // Latched: even a commit that would fit is refused before `resume`.
  const latched = await puppet.call('append', { address: 'run/a', bytes: 1 });
  expect(latched).toEqual(first);

  await puppet.call('resume');
  const again = await puppet.call('append', { address: 'run/a', bytes: 20_000 });
  expect(again).toEqual(first);

  await puppet.call('remove', filler);
  await puppet.call('resume');
  const later = await puppet.call('append', { address: 'run/a', count: 50, bytes: 20_000 });
  expect(later).toEqual({ seq: first.seq + 50 });
  const whole = { seq: first.seq + 50, commits: first.seq + 50, verified: true };
  expect(await puppet.call('find', 'run/a')).toEqual(whole);
  expect(await puppet.call('stats')).toMatchObject({ unhandled: 0 });

  await puppet.call('close');
  await puppet.call('open', { directory });
  expect(await puppet.call('find', 'run/a')).toEqual(whole);
}, 60_000);

test('a journal on a full disk closes, and nobody stands in the way of the next owner', async (context) => {
  using scratch = new Scratch();
  const disk = scratch.tmpfs(16 * megabyte);
  if (disk === undefined) {
    context.skip('no tmpfs');
    return;
  }
  const directory = join(disk, 'journal');
  await using puppet = await Puppeteer.start();
  await puppet.call('open', { directory });
  const { seq, error } = await puppet.call('append', { address: 'run/a', count: 2000, bytes: 20_000 });
  expect(error?.code).toBe('JOURNAL_FULL');
  await puppet.call('close');
  await puppet.call('open', { directory, readOnly: true });
  expect(await puppet.call('find', 'run/a')).toEqual({ seq, commits: seq, verified: true });
}, 60_000);

test('on a disk without a free byte opening is JOURNAL_FULL, and kills nobody', async (context) => {
  using scratch = new Scratch();
  const disk = scratch.tmpfs(16 * megabyte);
  if (disk === undefined) {
    context.skip('no tmpfs');
    return;
  }
  const filler = join(disk, 'filler');
  const fill = (): void => {
    execFileSync('sh', ['-c', `cat /dev/zero > ${filler} 2>&1 || true`]);
    expect(statfsSync(disk).bavail).toBe(0);
  };
  const directory = join(disk, 'journal');
  await using puppet = await Puppeteer.start();
  mkdirSync(directory);
  fill();
  await expect(puppet.call('open', { directory })).rejects.toMatchObject({ code: 'JOURNAL_FULL' });
  rmSync(filler);
  await puppet.call('open', { directory });
  const stored = await puppet.call('append', { address: 'run/a', bytes: 1 });
  await puppet.call('close');
  // The lock file has all of its room already: readers need none.
  fill();
  await puppet.call('open', { directory, readOnly: true });
  expect(await puppet.call('find', 'run/a')).toEqual({ seq: stored.seq, commits: 1, verified: true });
  const { size, blocks } = statSync(join(directory, 'lock.mdb'));
  expect(blocks * 512).toBeGreaterThanOrEqual(size);
});
