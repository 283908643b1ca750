/**
 * The style, as far as a machine can check it. Every rule proves first, on a bad and a good sample, that
 * it can fail; then it is held against every file of the checkout.
 */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import * as code from './tidy/code.ts';
import * as imports from './tidy/imports.ts';
import * as names from './tidy/names.ts';
import type { Rule, Source } from './tidy/rule.ts';
import * as sizes from './tidy/sizes.ts';

// The first rule that wants trees parses the whole checkout: six seconds on a machine busy with other tests.
vi.setConfig({ testTimeout: 60_000 });

type Sample = readonly [path: string, text: string];

interface Case {
  readonly rule: Rule;
  readonly bad: readonly Sample[];
  readonly good: readonly Sample[];
}

const lines = (count: number): string => 'f();\n'.repeat(count);
const body = (count: number): string => `{\n${lines(count - 2)}}`;
const comment = (text: string): string => ['//', text].join(' ');

const cases: Readonly<Record<string, Case>> = {
  'a file has at most 300 lines': {
    rule: sizes.fileSize,
    bad: [['actors/a.ts', lines(301)]],
    good: [['actors/a.ts', lines(300)]],
  },
  'a line has at most 110 columns': {
    rule: sizes.lineWidth,
    bad: [['actors/a.ts', `ok\n${'x'.repeat(111)}\n`]],
    good: [['actors/a.ts', `${'→'.repeat(110)}\n`]],
  },
  'a function has at most 60 lines': {
    rule: sizes.functionSize,
    bad: [
      ['actors/a.ts', `function long() ${body(61)}`],
      ['actors/a.ts', `const o = { long() ${body(61)} };`],
      ['actors/a.ts', `const long = () => ${body(61)};`],
      ['test/a.test.ts', `test('a', () => ${body(61)});`],
    ],
    good: [
      ['actors/a.ts', `function fits() ${body(60)}`],
      ['test/a.test.ts', `describe('a', () => ${body(200)});`],
    ],
  },
  'a file opens with a header comment': {
    rule: code.header,
    bad: [
      ['actors/a.ts', 'export const a = 1;'],
      ['actors/a.ts', '// why\n'],
    ],
    good: [
      ['actors/a.ts', '/** Why. */\n'],
      ['runtime/a.ts', '#!/usr/bin/env node\n/**\n * Why.\n */\n'],
    ],
  },
  'imports point from runtime to storage to actors': {
    rule: imports.importDirection,
    bad: [
      ['actors/a.ts', "import '../storage/b.ts';"],
      ['storage/lmdb/a.ts', "export * from '../../runtime/b.ts';"],
      ['runtime/a.ts', "type T = import('../test/b.ts').T;"],
      ['load/bench/a.ts', "import '../../storage/lmdb/b.ts';"],
    ],
    good: [
      ['actors/a.ts', "import './b.ts';"],
      ['storage/lmdb/a.ts', "import '../../actors/b.ts';"],
      ['runtime/a.ts', "await import('../storage/b.ts');"],
      ['test/a.test.ts', "import '../runtime/b.ts';"],
      ['load/bench/a.ts', "import '../../storage/index.ts';\nimport '../b.ts';"],
    ],
  },
  'actors import only pure libraries and their own files': {
    rule: imports.pureActors,
    bad: [
      ['actors/a.ts', "import { now } from 'node:perf_hooks';"],
      ['actors/a.ts', "import type { Packr } from 'msgpackr';"],
    ],
    good: [
      ['actors/a.ts', "import { setup } from 'xstate';\nimport { toDirectedGraph } from 'xstate/graph';"],
      ['actors/a.ts', "import { Type } from 'typebox';"],
      ['storage/a.ts', "import 'node:fs';"],
    ],
  },
  'only storage/open.ts names the implementations': {
    rule: imports.hiddenImplementations,
    bad: [
      ['runtime/a.ts', "import '../storage/lmdb/journal.ts';"],
      ['storage/a.ts', "import './memory.ts';"],
      ['storage/memory.ts', "import './lmdb/log.ts';"],
    ],
    good: [
      ['storage/open.ts', "import './memory.ts';\nimport './lmdb/journal.ts';"],
      ['storage/lmdb/a.ts', "import './b.ts';"],
      ['test/storage/a.test.ts', "import '../../storage/memory.ts';"],
    ],
  },
  'what ships imports only dependencies of the package': {
    rule: imports.installedOnly,
    bad: [['runtime/a.ts', "import { test } from 'vitest';"]],
    good: [
      ['runtime/a.ts', "import { Piscina } from 'piscina';\nimport 'node:fs';\nimport './b.ts';"],
      ['test/a.test.ts', "import { test } from 'vitest';"],
    ],
  },
  'a relative import ends in .ts': {
    rule: imports.sourceExtensions,
    bad: [
      ['actors/a.ts', "import './b.js';"],
      ['actors/a.ts', "import './b';"],
    ],
    good: [['actors/a.ts', "import './b.ts';\nimport 'xstate';"]],
  },
  'a file is called after its concept, in camelCase': {
    rule: names.fileName,
    bad: [
      ['storage/utils.ts', ''],
      ['runtime/workerManager.ts', ''],
      ['runtime/common/a.ts', ''],
      ['storage/commit-codec.ts', ''],
      ['storage/Journal.ts', ''],
    ],
    good: [
      ['storage/commitCodec.ts', ''],
      ['test/storage/database.test.ts', ''],
    ],
  },
  'there is no barrel beside the entry points': {
    rule: names.noBarrel,
    bad: [
      ['storage/lmdb/index.ts', 'export const a = 1;'],
      ['storage/all.ts', "export * from './a.ts';\nexport { b } from './b.ts';"],
    ],
    good: [
      ['storage/index.ts', "export * from './a.ts';"],
      ['storage/a.ts', "export { b } from './b.ts';\nexport const c = 1;"],
    ],
  },
  'there is no any': {
    rule: code.noAny,
    bad: [
      ['actors/a.ts', 'let a: any;'],
      ['test/a.test.ts', 'f(a as any);'],
    ],
    good: [['actors/a.ts', "let any: unknown = 'any'; // any"]],
  },
  'there is no enum': {
    rule: code.noEnum,
    bad: [['actors/a.ts', 'const enum E { A }']],
    good: [['actors/a.ts', "type E = 'enum';"]],
  },
  'there is no non-null assertion outside tests': {
    rule: code.noNonNull,
    bad: [['actors/a.ts', 'f(a!.b);']],
    good: [
      ['actors/a.ts', 'if (!a) f(b !== c);'],
      ['test/a.test.ts', 'f(a!.b);'],
    ],
  },
  'no comment silences a checker': {
    rule: code.noSilencing,
    bad: ['oxlint-disable-next-line', 'eslint-disable', 'oxfmt-ignore', '@ts-ignore'].map(
      (directive) => ['actors/a.ts', comment(directive)] as const,
    ),
    good: [['actors/a.ts', comment('eslint is not what we use')]],
  },
  'no test waits by the clock': {
    rule: code.noClockInTests,
    bad: [
      ['test/a.test.ts', 'await new Promise((resolve) => setTimeout(resolve, 10));'],
      ['test/a.test.ts', "import { setTimeout as pause } from 'node:timers/promises';"],
      ['test/a.test.ts', 'await sleep(10);'],
      ['test/a.test.ts', 'Atomics.wait(cells, 0, 0, 50);'],
    ],
    good: [
      ['test/a.test.ts', 'await flushed; Atomics.wait(cells, 0, 0); clock.advance(10);'],
      ['test/crash/campaign.ts', 'setTimeout(() => child.kill(), random());'],
      ['runtime/a.ts', 'setTimeout(tick, 33);'],
    ],
  },
  'the title of a test states a fact': {
    rule: code.factTitles,
    bad: [['test/a.test.ts', "test('it should append', () => {});"]],
    good: [['test/a.test.ts', "test('an append is durable', () => {}); f('should');"]],
  },
};

const roots = ['actors', 'runtime', 'storage', 'test', 'load', 'docs/examples', '.ci', '.tools'];
/** What is installed somewhere (load/peers) was written by others. */
const isInstalled = (path: string): boolean => path.endsWith('node_modules');
const checkout: readonly Source[] = globSync(`{${roots.join(',')}}/**/*.{ts,js}`, { exclude: isInstalled })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !path.startsWith('test/fixtures/'))
  .toSorted()
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

test('the rules look at every folder with code', () => {
  const folders = new Set(checkout.map(({ path }) => path.slice(0, path.indexOf('/'))));
  expect([...folders]).toEqual(
    expect.arrayContaining(['.tools', 'actors', 'docs', 'load', 'runtime', 'storage', 'test']),
  );
  expect(checkout.filter(({ path }) => path.includes('node_modules'))).toEqual([]);
});

describe.each(Object.entries(cases))('%s', (_, { rule, bad, good }) => {
  test.each(bad)('it finds bad sample %$ in %s', (path, text) =>
    expect(rule({ path, text })).not.toEqual([]),
  );
  test.each(good)('it accepts good sample %$ in %s', (path, text) =>
    expect(rule({ path, text })).toEqual([]),
  );
  test('it holds for the checkout', () => expect(checkout.flatMap(rule)).toEqual([]));
});

describe('a library is imported by one file', () => {
  const sourcesOf = (...samples: readonly Sample[]): readonly Source[] =>
    samples.map(([path, text]) => ({ path, text }));

  test.each([
    [
      sourcesOf(
        ['storage/a.ts', "import 'lmdb';"],
        ['storage/b.ts', "import type { Database } from 'lmdb';"],
      ),
    ],
    [sourcesOf(['runtime/a.ts', "import '@x/y';"], ['runtime/b.ts', "export * from '@x/y/z';"])],
    [sourcesOf(['runtime/a.ts', "import { setup } from 'xstate';"])],
    [sourcesOf(['storage/a.ts', "import type { Actor } from 'xstate';"])],
  ])('it finds bad sample %$', (sources) => expect(imports.oneHomeALibrary(sources)).not.toEqual([]));

  test.each([
    [
      sourcesOf(
        ['storage/a.ts', "import 'lmdb';"],
        ['storage/b.ts', "import 'msgpackr';\nimport 'node:fs';"],
      ),
    ],
    [sourcesOf(['actors/a.ts', "import 'xstate';"], ['actors/b.ts', "import { setup } from 'xstate';"])],
    [
      sourcesOf(
        ['actors/a.ts', "import 'xstate';"],
        ['runtime/b.ts', "import type { Actor } from 'xstate';"],
      ),
    ],
    [sourcesOf(['storage/a.ts', "import 'lmdb';"], ['test/b.ts', "import 'lmdb';"])],
  ])('it accepts good sample %$', (sources) => expect(imports.oneHomeALibrary(sources)).toEqual([]));

  test('it holds for the checkout', () => expect(imports.oneHomeALibrary(checkout)).toEqual([]));
});

describe('the top level holds what the design lists', () => {
  const ignored = readFileSync('.gitignore', 'utf8').split(/\/?\n/);

  test('it finds src/', () => expect(names.topLevel(['src', 'actors'])).not.toEqual([]));
  test('it accepts dot-files', () => expect(names.topLevel(['.ci', 'LICENSE'])).toEqual([]));
  test('it holds for the checkout', () => {
    const present = readdirSync('.').filter((name) => !ignored.includes(name) && !name.endsWith('.tgz'));
    expect(names.topLevel(present)).toEqual([]);
  });
});
