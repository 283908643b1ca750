/**
 * The benchmark of peers without the peers, which are optional: it says what to install and keeps nothing.
 * What it takes turns with is driven by the same loop as Troupe, and counted in its store.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Guest } from '../../load/beside/guest.ts';
import { missing } from '../../load/beside/missing.ts';
import { roster } from '../../load/beside/roster.ts';
import { together } from '../../load/beside/together.ts';
import manifest from '../../load/peers/package.json' with { type: 'json' };

vi.setConfig({ testTimeout: 60_000 });

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'troupe-peers-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** This checkout as it is before `npm ci --prefix load/peers`. */
function checkoutWithoutPeers(): string {
  const path = folder();
  const filter = (source: string): boolean => !source.endsWith('node_modules');
  cpSync('load', join(path, 'load'), { recursive: true, filter });
  for (const name of ['actors', 'storage', 'runtime', 'node_modules', 'package.json']) {
    symlinkSync(join(process.cwd(), name), join(path, name));
  }
  mkdirSync(join(path, 'docs/bench'), { recursive: true });
  writeFileSync(join(path, 'docs/bench/profile.md'), 'By hand.\n');
  return path;
}

function install(folderOfPeers: string, name: string): void {
  const path = join(folderOfPeers, 'node_modules', name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
}

test('without its peers the benchmark says what to install, keeps nothing, and has measured nothing', () => {
  const path = checkoutWithoutPeers();
  const { stdout, status } = spawnSync(process.execPath, ['load/bench.ts', 'peers', '--busy'], {
    cwd: path,
    encoding: 'utf8',
  });
  expect(stdout).toMatch(/^ {2}PEERS_MISSING: .*`npm ci --prefix load\/peers`.*Restate · DBOS.* · Emmett/m);
  expect(stdout).not.toContain('Troupe');
  expect(status).toBe(1);
  expect(readdirSync(join(path, 'docs'))).toEqual(['bench']);
  expect(readdirSync(join(path, 'docs/bench'))).toEqual(['profile.md']);
});

test('what is missing is named, and nothing else', () => {
  const peers = folder();
  expect(missing(roster, { postgres: true, folder: peers })).toHaveLength(1);
  for (const name of Object.keys(manifest.dependencies)) install(peers, name);
  expect(missing(roster, { postgres: true, folder: peers })).toEqual([]);
  rmSync(join(peers, 'node_modules/better-sqlite3'), { recursive: true });
  expect(missing(roster, { postgres: true, folder: peers })).toEqual([
    'PEERS_MISSING: nothing was measured. Not installed; `npm ci --prefix load/peers` installs what ' +
      'it takes (300 MB, once): XState and better-sqlite3 · SQLite, group commit by hand.',
  ]);
});

test('a machine without PostgreSQL is told which peers need it', () => {
  const peers = folder();
  for (const name of Object.keys(manifest.dependencies)) install(peers, name);
  expect(missing(roster, { postgres: false, folder: peers })).toEqual([
    'PEERS_MISSING: nothing was measured. In need of PostgreSQL: its programs initdb, postgres and psql ' +
      'are not in the PATH: DBOS, a workflow an event · DBOS, a step an event · Emmett, PostgreSQL.',
  ]);
});

test('every peer of the roster has its file, and what it needs is in the lock', () => {
  for (const { name, file = name, needs } of roster) {
    expect(existsSync(`load/peers/${file}.ts`), file).toBe(true);
    for (const library of needs) expect(manifest.dependencies).toHaveProperty([library]);
  }
});

test('what a peer has acknowledged is counted in its store', async () => {
  const guest = await Guest.open('lmdbPlain', { directory: folder() });
  const { all, p50, p99 } = await guest.send(250, 100);
  expect(p50).toBeLessThanOrEqual(p99);
  expect(p99).toBeLessThanOrEqual(all);
  await guest.send(5, 1);
  expect(guest.sent).toBe(255);
  await guest.assertStored();
  await guest.close();
});

test('a peer that cannot be opened fails the benchmark', async () => {
  await expect(Guest.open('nobody', { directory: folder() })).rejects.toThrow('nobody ended with code 1');
});

test('what comes in one turn is one commit, and fails as one', async () => {
  const groups: number[][] = [];
  const append = together<number>((items) => {
    groups.push([...items]);
    if (items.includes(4)) throw new Error('disk full');
  });
  await Promise.all([append(1), append(2)]);
  await append(3);
  expect(await Promise.allSettled([append(4), append(5)])).toMatchObject([
    { status: 'rejected', reason: { message: 'disk full' } },
    { status: 'rejected', reason: { message: 'disk full' } },
  ]);
  expect(groups).toEqual([[1, 2], [3], [4, 5]]);
});
