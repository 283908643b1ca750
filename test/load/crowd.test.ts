/** What a benchmark asserts of its crowd: every actor has counted what it was told, not a few of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Crowd, note, openHost } from '../../load/crowd.ts';
import type { Hosted } from '../../load/crowd.ts';

vi.setConfig({ testTimeout: 60_000 });

async function host(): Promise<Hosted> {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-crowd-'));
  const troupe = await openHost(directory, { workers: 0 });
  onTestFinished(async () => {
    await troupe.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return troupe;
}

test('a crowd whose every actor has counted what it was told is done', async () => {
  const crowd = new Crowd(await host(), 250);
  expect(await crowd.send(600, 50)).toBe(600);
  await crowd.assertDone();
});

test('a single actor that has counted otherwise is found', async () => {
  const troupe = await host();
  const crowd = new Crowd(troupe, 250);
  await crowd.send(250, 50);
  // Neither the first, the last nor the one in the middle.
  await troupe.actor('run', '77').send(note(0));
  await expect(crowd.assertDone()).rejects.toThrow('run/77 has counted what it was told');
});

test('actors that were told of nothing are not asked', async () => {
  const crowd = new Crowd(await host(), 250);
  await crowd.send(3, 3);
  await crowd.assertDone();
});
