/** What keeps a directory: copies, and space that is given back, beside an owner and without one. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openOwnerSocket } from '../../../runtime/http.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { newDirectory } from '../open.ts';
import { said } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const secret = 'not for anybody';

/** A directory with a live run, a sealed one, and one whose words were erased; closed. */
async function written(): Promise<string> {
  const directory = newDirectory();
  await using troupe = await openTroupe({ directory, workers: 0 });
  await troupe.run('live').start({ title: 'Live' });
  for (const id of ['over', 'gone']) {
    await troupe.run(id).start({ title: 'Over' });
    await troupe.run(id).prompt(secret);
    await troupe.run(id).end({ cause: 'completed' });
  }
  await troupe.run('gone').erase({ bodies: true });
  await troupe.run('over').erase({ bodies: true });
  return directory;
}

const holds = (directory: string, text: string): boolean =>
  readFileSync(join(directory, 'data.mdb')).includes(text);

test('a backup opens as a directory of its own, and holds nothing that was erased', async () => {
  const directory = await written();
  const path = join(newDirectory(), 'monday');
  expect((await said('backup', path, '-d', directory)).code).toBe(0);
  expect(await said('verify', '-d', path)).toMatchObject({
    out: '3 of 3 histories are what was written.\n',
    code: 0,
  });
  expect(holds(path, secret)).toBe(false);
  expect(readdirSync(dirname(path))).toEqual(['monday']);
  const again = await said('backup', path, '-d', directory);
  expect([again.code, again.errors]).toEqual([4, expect.stringContaining('not empty')]);
});

test('a backup beside a living owner has what was acknowledged before', async () => {
  const directory = newDirectory();
  await using troupe = await openTroupe({ directory, workers: 0 });
  for (let i = 0; i < 20; i++) await troupe.run(`r${i}`).start({ title: 'One' });
  await troupe.run('r3').end({ cause: 'completed' });
  await troupe.run('r3').erase({ bodies: true });
  const path = join(newDirectory(), 'copy');
  const told = await said('backup', path, '-d', directory, '--json');
  expect(JSON.parse(told.out)).toMatchObject({ path, bytes: expect.any(Number) as number });
  expect((await said('verify', '-d', path)).out).toBe('20 of 20 histories are what was written.\n');
  await troupe.run('r0').prompt('It goes on');
  expect(await troupe.verify()).toMatchObject({ ok: true, actors: 20 });
});

test('compacting lets go of what was erased, beside an owner at the next opening', async () => {
  const directory = await written();
  expect(holds(directory, secret)).toBe(true);
  const told = await said('compact', '-d', directory, '--json');
  expect(JSON.parse(told.out)).toMatchObject({ compacted: true, bytes: expect.any(Number) as number });
  expect(holds(directory, secret)).toBe(false);
  expect((await said('verify', '-d', directory)).code).toBe(0);
  const owner = await openTroupe({ directory, workers: 0 });
  const socket = await openOwnerSocket(owner);
  await owner.run('more').start({});
  await owner.run('more').prompt(secret);
  await owner.run('more').end({ cause: 'completed' });
  await owner.run('more').erase({ bodies: true });
  expect((await said('compact', '-d', directory)).out).toContain('shrinks when the directory is opened');
  await socket.close();
  await owner.close();
  await (await openTroupe({ directory, workers: 0 })).close();
  expect(holds(directory, secret)).toBe(false);
  expect((await said('verify', '-d', directory)).out).toBe('4 of 4 histories are what was written.\n');
});

test('compacting tells what the file takes on the disk, and where nothing could be given back', async () => {
  const directory = newDirectory();
  const troupe = await openTroupe({ directory, workers: 0 });
  await troupe.run('a').start({ title: 'One' });
  await troupe.close();
  const { out } = await said('compact', '-d', directory, '--json');
  const { bytes } = JSON.parse(out) as { readonly bytes: number };
  // Behind its pages is a hole, kept free, that takes no room.
  expect(bytes).toBeLessThan(1024 * 1024);
  expect(statSync(join(directory, 'data.mdb')).size).toBeGreaterThan(4 * 1024 * 1024);
  expect((await said('compact', '-d', directory)).out).toMatch(/ \d+ KiB on disk before, \d+ KiB now\n$/);
  const again = await said('compact', '-d', directory, '--json');
  const now = JSON.parse(again.out) as { readonly bytes: number; readonly bytesBefore: number };
  expect(again.errors.includes('nothing to give back')).toBe(now.bytes >= now.bytesBefore);
});

test('a directory that is none is told, and a server has no files for us', async () => {
  const none = join(newDirectory(), 'none');
  for (const verb of [['backup', 'x'], ['compact']] as const)
    expect(await said(...verb, '-d', none)).toMatchObject({ code: 3 });
  const { code, errors } = await said('backup', 'x', '--url', 'http://127.0.0.1:1');
  expect([code, errors]).toEqual([2, expect.stringContaining('--directory')]);
});
