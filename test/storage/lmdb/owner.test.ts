/**
 * One process owns a directory; who is gone does not, whatever the record says.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { expect, test } from 'vitest';
import { Environment } from '../../../storage/lmdb/environment.ts';
import { Gate, newGateWord } from '../../../storage/lmdb/gate.ts';
import { openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import { putMeta, readMeta } from '../../../storage/lmdb/meta.ts';
import { Puppeteer, node } from '../../crash/puppeteer.ts';
import { Scratch } from './scratch.ts';

test('a second process is told who has the directory, and reads it all the same', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  await using owner = await Puppeteer.start();
  await owner.call('open', { directory });
  await owner.call('append', { address: 'run/a', count: 3 });
  const refused = { code: 'DIRECTORY_IN_USE', details: { pid: owner.pid } };
  await expect(openLmdbJournal({ directory })).rejects.toMatchObject(refused);
  const reader = await openLmdbJournal({ directory, readOnly: true });
  expect((await reader.last('run/a'))?.seq).toBe(3);
  await expect(reader.writer(0)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  await reader.close();
  // The refusal has not harmed the owner.
  expect(await owner.call('append', { address: 'run/a' })).toEqual({ seq: 4 });
}, 60_000);

test('the same process is refused as well, and what it has open stays whole', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  const journal = await openLmdbJournal({ directory });
  const refused = { code: 'DIRECTORY_IN_USE', details: { pid: process.pid } };
  await expect(openLmdbJournal({ directory })).rejects.toMatchObject(refused);
  expect(await journal.rows()).toEqual({ rows: [], next: undefined });
  await journal.close();
  await (await openLmdbJournal({ directory })).close();
});

test('a process that reads it itself is told to close that first', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  await (await openLmdbJournal({ directory })).close();
  const [reader, other] = await Promise.all([
    openLmdbJournal({ directory, readOnly: true }),
    openLmdbJournal({ directory, readOnly: true }),
  ]);
  const refused = { code: 'DIRECTORY_IN_USE', message: /read by this process itself/ };
  await expect(openLmdbJournal({ directory })).rejects.toMatchObject(refused);
  await reader.close();
  await expect(openLmdbJournal({ directory })).rejects.toMatchObject(refused);
  await other.close();
  const journal = await openLmdbJournal({ directory });
  // Beside its own it may read.
  const beside = await openLmdbJournal({ directory, readOnly: true });
  await journal.close();
  await (await openLmdbJournal({ directory })).close();
  await beside.close();
});

test('a reader of what an owner is only making is told so', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  mkdirSync(directory);
  await open({ path: directory, noSubdir: false, maxDbs: 20, encoding: 'binary' }).close();
  const early = openLmdbJournal({ directory, readOnly: true });
  await expect(early).rejects.toMatchObject({ code: 'NOT_FOUND', details: { directory } });
  await (await openLmdbJournal({ directory })).close();
  await (await openLmdbJournal({ directory, readOnly: true })).close();
});

test('an owner that was killed does not block', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  await using owner = await Puppeteer.start();
  await owner.call('open', { directory });
  await owner.call('append', { address: 'run/a', count: 3 });
  await owner.kill();
  const journal = await openLmdbJournal({ directory });
  expect((await journal.last('run/a'))?.seq).toBe(3);
  await journal.close();
}, 60_000);

test('an owner that was killed and that nobody has waited for does not block', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  const opens = `
    import { openLmdbJournal } from ${JSON.stringify(join(process.cwd(), 'storage/lmdb/journal.ts'))};
    await openLmdbJournal({ directory: ${JSON.stringify(directory)} });
    process.kill(process.pid, 'SIGKILL');`;
  // The shell becomes cat, which waits for no child: the owner stays a zombie until cat ends.
  const script = '"$0" --input-type=module -e "$1" & echo $!; exec cat';
  const shell = spawn('sh', ['-c', script, node, opens], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(shell.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString().trim());
  while (!isZombie(pid)) await new Promise((resolve) => setImmediate(resolve));
  await (await openLmdbJournal({ directory })).close();
  expect(isZombie(pid)).toBe(true);
  shell.stdin.end();
  await once(shell, 'exit');
}, 60_000);

function isZombie(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
}

test('a process that has the pid of an owner that is gone does not block', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  await (await openLmdbJournal({ directory })).close();
  const environment = new Environment({ directory, mapBytes: 2 ** 30, gate: new Gate(newGateWord()) });
  environment.durably(() => {
    const owner = readMeta(environment, 'owner') as object;
    putMeta(environment, 'owner', { ...owner, pid: process.ppid, started: '1' });
  });
  await environment.close();
  await (await openLmdbJournal({ directory })).close();
});

test('a backup opens beside the original', async () => {
  using scratch = new Scratch();
  const journal = await openLmdbJournal({ directory: scratch.journal() });
  await journal.backup(scratch.journal('backup'));
  const copy = await openLmdbJournal({ directory: scratch.journal('backup') });
  await copy.close();
  await journal.close();
});

test('nobody else may read: the directory has mode 0700, its files and those of a backup 0600', async () => {
  using scratch = new Scratch();
  const journal = await openLmdbJournal({ directory: scratch.journal() });
  await journal.backup(scratch.journal('backup'));
  await journal.compact();
  await journal.close();
  await (await openLmdbJournal({ directory: scratch.journal() })).close();
  for (const name of ['journal', 'backup']) {
    const directory = scratch.journal(name);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory)).toContain('data.mdb');
    for (const file of readdirSync(directory)) {
      expect(statSync(join(directory, file)).mode & 0o077, join(name, file)).toBe(0);
    }
  }
});
