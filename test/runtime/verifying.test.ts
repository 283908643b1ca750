/** What is damaged on disk is named by `verify`, whatever part it is, and the rest is still checked. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openTroupe } from '../../runtime/index.ts';
import { openReading } from '../../runtime/openReading.ts';
import { newDirectory } from './open.ts';

// Everything is slow where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

/** Larger than what stays within a commit: kept beside it. */
const large = `damage me ${'x'.repeat(100_000)}`;

async function written(): Promise<string> {
  const directory = newDirectory();
  await using troupe = await openTroupe({ directory, workers: 0 });
  for (const id of ['a', 'b', 'c']) await troupe.run(id).start({ title: `the title of ${id}` });
  await troupe.run('b').prompt(large);
  await troupe.run('b').update({ title: 'changed' });
  for (const id of ['a', 'b', 'c']) await troupe.run(id).end({ cause: 'completed' });
  return directory;
}

/** One bit of each place where the file holds this text. */
function flip(directory: string, text: string): number {
  const path = join(directory, 'data.mdb');
  const bytes = readFileSync(path);
  let places = 0;
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
    bytes[at + 2] = (bytes[at + 2] ?? 0) ^ 1;
    places++;
  }
  writeFileSync(path, bytes);
  return places;
}

test('a large text that was changed beside its commit names it, and the others are whole', async () => {
  const directory = await written();
  expect(flip(directory, 'damage me xxx')).toBeGreaterThan(0);
  await using reading = await openReading({ directory });
  const told = await reading.verify();
  expect(told).toEqual({
    ok: false,
    actors: 3,
    bad: [{ address: 'run/b', ok: false, firstBadSeq: 3 }],
  });
  expect(await reading.verify('run/b')).toEqual({ ok: false, firstBadSeq: 3 });
  expect(await reading.verify('run/a')).toMatchObject({ ok: true });
});

test('an event that was changed within its commit names it', async () => {
  const directory = await written();
  expect(flip(directory, 'the title of b')).toBeGreaterThan(0);
  await using reading = await openReading({ directory });
  expect((await reading.verify()).bad).toMatchObject([{ address: 'run/b', firstBadSeq: 1 }]);
});
