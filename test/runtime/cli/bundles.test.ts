/** Bundles: a history that leaves one directory and is the same, to the last bit, in another. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import { newDirectory } from '../open.ts';
import { heldIn } from '../inspector/bundle/file.ts';
import { said } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const main = fileURLToPath(new URL('../../../runtime/cli/main.ts', import.meta.url));

interface Line {
  readonly seq: number;
  readonly facts: readonly { readonly seq: number; readonly event: { readonly type: string } }[];
  readonly record?: string;
}

/** A run that has ended, with a text kept beside its commits, and one that goes on. */
async function written(): Promise<string> {
  const directory = newDirectory();
  await using troupe = await openTroupe({ directory, workers: 0 });
  const over = troupe.run('over');
  await over.start({ title: 'Over', engine: 'x', model: 'm', labels: { team: 'core' } });
  await over.prompt('y'.repeat(100_000), { id: 'p1', trace: 't' });
  await over.send({ type: 'usage', key: 'k', model: 'm', mode: 'delta', scope: 'turn', input: 3, output: 4 });
  await over.end({ cause: 'completed' });
  await troupe.run('live').start({ title: 'Live' });
  return directory;
}

/** Exported into a file; also its head and its lines. */
async function bundleOf(directory: string, address: string) {
  const told = await said('export', address, '-d', directory);
  expect(told).toMatchObject({ code: 0, errors: '' });
  const file = join(newDirectory(), 'bundle.ndjson');
  writeFileSync(file, told.out);
  const [head, ...commits] = told.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  return { file, head, text: told.out, commits: commits as Line[] };
}

test('a run that has ended is the same in another directory: chain, seal, rows, usage', async () => {
  const directory = await written();
  const { file, head, commits, text } = await bundleOf(directory, 'run/over');
  expect(head).toMatchObject({
    troupe: 'bundle',
    address: 'run/over',
    status: 'sealed',
    owes: false,
    seal: { cause: 'completed' },
    definition: { kind: 'run' },
    digest: expect.any(Object) as object,
  });
  expect(commits.flatMap(({ facts }) => facts.map(({ event }) => event.type))).toEqual([
    'actor.born',
    'run.start',
    'run.prompt',
    'usage',
    'run.end',
  ]);
  const elsewhere = join(newDirectory(), 'data');
  expect(await said('import', file, '-d', elsewhere)).toMatchObject({
    out: `run/over is in ${elsewhere}, up to #5\n`,
    code: 0,
  });
  expect((await said('verify', '-d', elsewhere)).out).toBe('1 of 1 histories are what was written.\n');
  for (const verb of [
    ['ls', '--json', '-k', 'run', '--label', 'team=core'],
    ['usage', '--json'],
  ]) {
    const [here, there] = [await said(...verb, '-d', directory), await said(...verb, '-d', elsewhere)];
    expect(there).toEqual(here);
    expect(here.out).not.toBe('');
  }
  expect((await bundleOf(elsewhere, 'run/over')).text).toBe(text);
  // What is there already is not written again.
  expect(await said('import', file, '-d', elsewhere)).toMatchObject({ code: 0 });
  expect((await bundleOf(elsewhere, 'run/over')).text).toBe(text);
});

test('an import goes on behind the part that is there, and refuses another history', async () => {
  const directory = await written();
  const elsewhere = join(newDirectory(), 'data');
  const older = await bundleOf(directory, 'run/live');
  {
    await using troupe = await openTroupe({ directory, workers: 0 });
    const usage = { type: 'usage', model: 'm', mode: 'delta', scope: 'turn', input: 1, output: 1 } as const;
    for (let i = 0; i < 300; i++) await troupe.run('live').send({ ...usage, key: `k${i}` });
  }
  const newer = await bundleOf(directory, 'run/live');
  for (const { file } of [older, newer]) {
    expect(await said('import', file, '--live', '-d', elsewhere)).toMatchObject({ code: 0 });
  }
  expect((await bundleOf(elsewhere, 'run/live')).text).toBe(newer.text);
  expect(await said('import', older.file, '--live', '-d', elsewhere)).toMatchObject({ code: 4 });
  {
    await using troupe = await openTroupe({ directory: elsewhere, workers: 0 });
    await troupe.run('live').prompt('Another way');
  }
  const forked = await bundleOf(elsewhere, 'run/live');
  expect(await said('import', forked.file, '--live', '-d', directory)).toMatchObject({ code: 0 });
  expect(await said('import', newer.file, '--live', '-d', elsewhere)).toMatchObject({ code: 4 });
  const other = await bundleOf(await written(), 'run/live');
  const refused = await said('import', other.file, '--live', '-d', directory);
  expect([refused.code, refused.errors]).toEqual([4, expect.stringContaining('not the beginning')]);
  expect((await bundleOf(directory, 'run/live')).text).toBe(forked.text);
  expect(await said('verify', '-d', directory)).toMatchObject({ code: 0 });
});

test('one that goes on is taken in only when that is meant, and goes on there', async () => {
  const directory = await written();
  const { file } = await bundleOf(directory, 'run/live');
  const elsewhere = join(newDirectory(), 'data');
  const refused = await said('import', file, '-d', elsewhere);
  expect([refused.code, refused.errors]).toEqual([2, expect.stringContaining('--live')]);
  expect(existsSync(elsewhere)).toBe(false);
  expect((await said('import', file, '--live', '-d', elsewhere)).code).toBe(0);
  await using troupe = await openTroupe({ directory: elsewhere, workers: 0 });
  expect(await troupe.run('live').prompt('Go on')).toMatchObject({ seq: 3 });
  expect(await troupe.verify()).toMatchObject({ ok: true, actors: 1 });
  const busy = await said('import', file, '--live', '-d', elsewhere);
  expect([busy.code, busy.errors]).toEqual([6, expect.stringContaining('in use')]);
});

test('a bundle that was changed, cut or mixed changes nothing', async () => {
  const directory = await written();
  const { text } = await bundleOf(directory, 'run/over');
  const lines = text.trimEnd().split('\n');
  const elsewhere = join(newDirectory(), 'data');
  const file = join(newDirectory(), 'bad.ndjson');
  const record = (JSON.parse(lines[1] ?? '') as Line).record ?? '';
  const other = Buffer.from(record, 'base64');
  const at = other.indexOf('Over');
  other[at] = (other[at] ?? 0) ^ 1;
  const bad: Readonly<Record<string, readonly string[]>> = {
    changed: lines.with(1, (lines[1] ?? '').replace(record, other.toString('base64'))),
    cut: lines.slice(0, -1),
    'without a commit': lines.toSpliced(2, 1),
    swapped: lines.with(1, lines[2] ?? '').with(2, lines[1] ?? ''),
    'another’s': lines.with(0, (lines[0] ?? '').replace('run/over', 'run/mine')),
    'no JSON': lines.with(1, '{'),
    'no bundle': ['{"hello":1}'],
    empty: [],
  };
  for (const [name, wrong] of Object.entries(bad)) {
    writeFileSync(file, wrong.map((line) => `${line}\n`).join(''));
    const told = await said('import', file, '-d', elsewhere);
    expect([told.code, told.errors], name).toEqual([5, expect.stringContaining('no bundle')]);
  }
  expect(existsSync(elsewhere)).toBe(false);
  expect((await said('import', join(elsewhere, 'none'), '-d', elsewhere)).code).toBe(3);
  expect(readFileSync(file, 'utf8')).toBe('');
});

test('what can be read of a bundle is what its record says, or it changes nothing', async () => {
  const directory = await written();
  const { text, head } = await bundleOf(directory, 'run/over');
  const elsewhere = join(newDirectory(), 'data');
  const file = join(newDirectory(), 'forged.ndjson');
  const [first = '', ...rest] = text.trimEnd().split('\n');
  const headWith = (change: object): string => [JSON.stringify({ ...head, ...change }), ...rest].join('\n');
  const { seal, digest } = head as { readonly seal: object; readonly digest: object };
  const forged: Readonly<Record<string, string>> = {
    'a fact': text.replace('"title":"Over","engine"', '"title":"Fake","engine"'),
    'who sent it': text.replace('"id":"p1","trace":"t"', '"id":"p1","trace":"u"'),
    'a large text': text.replace(`${'y'.repeat(1000)}"`, `${'y'.repeat(999)}z"`),
    'a number of a fact': [first, ...rest.with(1, (rest[1] ?? '').replace('"seq":3', '"seq":4'))].join('\n'),
    'the seal': headWith({ seal: { ...seal, cause: 'failed' } }),
    'the sealed digest': headWith({ seal: { ...seal, digest: { ...digest, title: 'Fake' } } }),
    'the digest': headWith({ digest: { ...digest, title: 'Fake' } }),
    'what it owes': headWith({ owes: true }),
    'that it has ended': headWith({ status: 'live' }),
  };
  for (const [name, changed] of Object.entries(forged)) {
    expect(changed, name).not.toBe(text);
    writeFileSync(file, changed);
    const told = await said('import', file, '--live', '-d', elsewhere);
    expect([told.code, told.errors], name).toEqual([5, expect.stringContaining('no bundle')]);
  }
  expect(existsSync(elsewhere)).toBe(false);
});

test('what was erased is in no bundle, which can only be read', async () => {
  const directory = await written();
  {
    await using troupe = await openTroupe({ directory, workers: 0 });
    await troupe.run('over').erase({ bodies: true });
  }
  const noted = await said('export', 'run/over', '-d', directory);
  expect([noted.code, noted.errors]).toEqual([0, expect.stringContaining('not be imported')]);
  const file = join(newDirectory(), 'erased.ndjson');
  const text = noted.out;
  writeFileSync(file, text);
  const [, ...commits] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  expect(commits.every(({ record, facts }) => record === undefined && facts.length === 0)).toBe(true);
  expect(text).not.toContain('yyy');
  expect((await said('import', file, '-d', join(newDirectory(), 'data'))).code).toBe(5);
  {
    await using troupe = await openTroupe({ directory, workers: 0 });
    await troupe.run('over').erase({ history: true });
  }
  const none = await said('export', 'run/over', '-d', directory);
  expect([none.code, none.out]).toEqual([3, '']);
  expect(none.errors).toContain('was erased');
});

test('a bundle comes from stdin, too, and nothing of it is left behind', async () => {
  const directory = await written();
  const { text } = await bundleOf(directory, 'run/over');
  const [elsewhere, place] = [join(newDirectory(), 'data'), newDirectory()];
  const words = [main, 'import', '-', '-d', elsewhere];
  const child = spawn(process.execPath, words, { stdio: 'pipe', env: { ...process.env, TMPDIR: place } });
  child.stdin.end(text);
  const closed = once(child, 'close') as Promise<[number]>;
  const [out, [code]] = await Promise.all([textOf(child.stdout), closed]);
  expect([code, out]).toEqual([0, `run/over is in ${elsewhere}, up to #5\n`]);
  expect(readdirSync(place)).toEqual([]);
  expect((await bundleOf(elsewhere, 'run/over')).text).toBe(text);
});

test('a page to look at is told as one file, of a directory that nobody has open', async () => {
  const directory = await written();
  const { code, out, errors } = await said('export', 'run/over', '--html', '-d', directory);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(out).toMatch(/^<!doctype html>\n/);
  const [actor] = heldIn(out).actors;
  expect(actor?.facts.map(({ event }) => event.type)).toEqual([
    'actor.born',
    'run.start',
    'run.prompt',
    'usage',
    'run.end',
  ]);
  const few = await said('export', 'run/over', '--html', '--facts', '2', '-d', directory);
  expect(heldIn(few.out).actors[0]?.facts.map(({ seq }) => seq)).toEqual([4, 5]);
  expect(await said('export', 'run/over', '--facts', '2', '-d', directory)).toMatchObject({ code: 2 });
});
