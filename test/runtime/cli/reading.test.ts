/** The verbs on a directory that nobody has open: they look, and change nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openReading } from '../../../runtime/openReading.ts';
import { connectTroupe, openTroupe } from '../../../runtime/index.ts';
import { newDirectory, openSample } from '../open.ts';
import { said } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const sample = new URL('../actors/sample.ts', import.meta.url).pathname;

async function written(): Promise<string> {
  const directory = newDirectory();
  // An hour ago, so that the deadline has long passed when it is read.
  const clock = { now: () => Date.now() - 3_600_000 };
  const troupe = await openTroupe({ directory, workers: 0, clock });
  await troupe.run('a').start({ title: 'One', deadlineMs: 600_000 });
  await troupe.run('b').start({ title: 'Two' });
  await troupe.run('b').end({ cause: 'completed' });
  await troupe.close();
  return directory;
}

test('rows, states, facts and digests are read, and nothing that is due runs or is written', async () => {
  const directory = await written();
  const before = readFileSync(join(directory, 'data.mdb'));
  const verb = async (...words: readonly string[]) => said(...words, '-d', directory);
  expect((await verb('ls')).out).toContain('run/b  sealed');
  const shown = JSON.parse((await verb('show', 'run/a', '--json')).out) as unknown;
  expect(shown).toMatchObject({ status: 'live', seq: expect.any(Number) as number });
  expect((await verb('describe', 'run/b')).out).toContain('completed');
  expect(JSON.parse((await verb('digest', 'run/b')).out)).toMatchObject({
    seal: expect.objectContaining({ cause: 'completed' }) as object,
  });
  expect((await verb('history', 'run/a')).out).toContain('run.start');
  const tailed = await verb('tail', 'run/a');
  expect(tailed.out).toContain('run.start');
  expect(tailed.errors).toContain('this is all there is now');
  const fed = await verb('feed', '--json', '--type', 'run.start');
  expect(fed.code).toBe(0);
  const items = fed.out
    .trim()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as { items: object[] }).items);
  expect(items).toMatchObject([{ address: 'run/a' }, { address: 'run/b' }]);
  expect(await verb('verify')).toEqual({
    out: '2 of 2 histories are what was written.\n',
    errors: '',
    code: 0,
  });
  expect(readFileSync(join(directory, 'data.mdb')).equals(before)).toBe(true);
});

test('what would change it wants an owner, and says how to start one', async () => {
  const directory = await written();
  const { code, errors } = await said('send', 'run/a', 'run.pause', '-d', directory);
  expect(code).toBe(6);
  expect(errors).toContain(`troupe serve --directory ${directory}`);
  expect((await said('erase', 'run/b', '-d', directory)).code).toBe(6);
});

test('every history is verified, and read, whatever kinds are known', async () => {
  const directory = await written();
  const owner = await openSample({ directory, workers: 0 });
  await owner.actor('order', '1').send({ type: 'order.note', text: 'a' });
  await owner.close();
  expect(await said('verify', '-d', directory)).toEqual({
    out: '3 of 3 histories are what was written.\n',
    errors:
      'Of 1 no digest was folded anew: no definition of "order" is known: --actors FILE says where it is.\n',
    code: 0,
  });
  expect(await said('verify', '-d', directory, '--actors', sample)).toMatchObject({ errors: '', code: 0 });
  expect((await said('history', 'order/1', '-d', directory)).out).toMatch(/ order\.note \{"text":"a"\}\n$/);
  const shown = await said('show', 'order/1', '-d', directory);
  expect([shown.code, shown.errors]).toEqual([3, expect.stringContaining('--actors FILE')]);
});

test('a feed of so many facts has so many, and its cursor stands behind them', async () => {
  const directory = await written();
  const feed = async (...words: readonly string[]) => (await said('feed', ...words, '-d', directory)).out;
  const all = (await feed()).trim().split('\n');
  expect(all).toHaveLength(5);
  for (const count of [1, 2, 3, 5]) expect(await feed('-n', `${count}`)).toBe(linesOf(all.slice(0, count)));
  const typed = ['--type', 'run.start', '-n', '1'];
  expect((await feed(...typed)).match(/run\.start/g)).toHaveLength(1);
  // A birth and what it was for are one commit: its cursor is behind both.
  const [page, ...none] = (await feed('--json', '-n', '1')).trim().split('\n');
  const { cursor, items } = JSON.parse(page ?? '') as { cursor: string; items: { event: object }[] };
  expect(none).toEqual([]);
  expect(items.map(({ event }) => event)).toMatchObject([{ type: 'actor.born' }, { type: 'run.start' }]);
  expect(await feed('--after', cursor)).toBe(linesOf(all.slice(2)));
});

const linesOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

test('a runtime that only reads refuses what writes or follows, and reads beside the owner', async () => {
  const directory = newDirectory();
  await using owner = await openTroupe({ directory, workers: 0 });
  await owner.run('a').start({ title: 'One' });
  await using reading = await openReading({ directory });
  expect((await reading.run('a').snapshot()).seq).toBe(2);
  await expect(reading.run('a').pause()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  await expect(reading.run('a').subscribe().next()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  await owner.run('a').update({ title: 'Another' });
  expect((await reading.run('a').snapshot()).seq).toBe(3);
});

test('beside an owner that has no socket, who would change something is told whose it is', async () => {
  const directory = newDirectory();
  await using owner = await openTroupe({ directory, workers: 0 });
  await owner.run('a').start({ title: 'One' });
  const { code, errors } = await said('send', 'run/a', 'run.pause', '-d', directory);
  expect(code).toBe(6);
  expect(errors).toContain(`Process ${process.pid} has ${directory} open`);
  expect(errors).toContain('openOwnerSocket(troupe)');
  expect(errors).not.toContain('troupe serve');
  await using connected = await connectTroupe({ directory });
  await expect(connected.run('a').pause()).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    details: { readOnly: true, pid: process.pid },
  });
});

test('a directory that is none is told, and not made', async () => {
  const directory = join(newDirectory(), 'nowhere');
  expect(await said('ls', '-d', directory)).toMatchObject({
    code: 3,
    errors: expect.stringContaining('no data directory') as string,
  });
});

test('a damaged history is found, and the exit code says so', async () => {
  const directory = await written();
  const path = join(directory, 'data.mdb');
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf('Two'); at >= 0; at = bytes.indexOf('Two', at + 1)) bytes.write('Owt', at);
  writeFileSync(path, bytes);
  const { code, out } = await said('verify', 'run/b', '-d', directory);
  expect([code, out]).toEqual([5, expect.stringContaining('NOT what was written')]);
  expect((await said('verify', '-d', directory)).code).toBe(5);
});

test('definitions of a module are looked at without a directory, and checked against one', async () => {
  const none = ['-d', join(newDirectory(), 'none')];
  expect((await said('diagram', 'run', ...none)).out).toMatch(/^stateDiagram-v2\n/);
  expect((await said('diagram', 'counter', '--actors', sample, '--svg', ...none)).out).toMatch(/^<svg /);
  expect((await said('diagram', 'robot', ...none)).code).toBe(2);
  const directory = await written();
  expect(await said('replay-check', '-d', directory)).toEqual({
    out: '2 of 2 histories lead where they led.\n',
    errors: '',
    code: 0,
  });
});

test('the doctor finds a machine on which these tests run well', async () => {
  const { out, code } = await said('doctor', '--json', '-d', newDirectory());
  const checks = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly name: string; readonly state: string });
  expect(checks.map(({ name }) => name)).toEqual(['Node', 'LMDB', 'disk', 'terminals', 'port', 'directory']);
  expect(checks.filter(({ state }) => state === 'bad')).toEqual([]);
  expect(code).toBe(0);
});
