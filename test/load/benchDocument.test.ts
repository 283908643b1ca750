/** The page of benchmarks: every goal with its figure, spread and command; a busy machine is not hidden. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { benchDocument } from '../../load/benchDocument.ts';
import type { Kept } from '../../load/benchDocument.ts';
import { middleOf, ratiosOf } from '../../load/measure.ts';
import { goal, spreadOf } from '../../load/report.ts';

const numbers = Array.from({ length: 18 }, (_, i) => i + 1);

function keptOf(name: string, promise: string, loadBefore?: number): Kept {
  return {
    report: {
      name,
      question: 'How fast?',
      settings: [],
      tables: [{ columns: ['', 'sends'], rows: [['Troupe', '3']] }],
      goals: [goal(promise, '0.28 ×', false, spreadOf([0.31, 0.23, 0.28]))],
    },
    date: '2026-11-21',
    commit: 'abc1234',
    machine: 'a machine',
    versions: 'Node 24',
    load: '1.3',
    ...(loadBefore !== undefined && { loadBefore }),
  };
}

test('every one of V1 to V18 stands on the page', () => {
  const page = readFileSync('docs/BENCHMARKS.md', 'utf8');
  const missing = numbers.filter((n) => !new RegExp(`^\\| V${n}[:,] .* \\| .+ \\|`, 'm').test(page));
  expect(missing).toEqual([]);
});

test('goals come in the order of their numbers, each with figure, spread and command', () => {
  const kept = [keptOf('host', 'V12: fast'), keptOf('verify', 'checks'), keptOf('peers', 'V4: faster')];
  const rows = benchDocument(kept, '').match(/^\| (?:V\d|checks).*$/gm);
  expect(rows).toEqual([
    '| V4: faster | 0.28 × | 0.23 – 0.31 × | **missed** | [`npm run bench -- peers`](#peers) |',
    '| V12: fast | 0.28 × | 0.23 – 0.31 × | **missed** | [`npm run bench -- host`](#host) |',
    '| checks | 0.28 × | 0.23 – 0.31 × | **missed** | [`npm run bench -- verify`](#verify) |',
  ]);
});

test('figures of a busy machine are said to mislead, above their table and beside their goal', () => {
  const page = benchDocument([keptOf('host', 'V1: fast', 9), keptOf('http', 'V10: fast', 2)], '');
  expect(page.match(/these figures mislead/g)).toHaveLength(1);
  expect(page).toMatch(/## host\n\n.*\n\n\*\*Measured on a busy machine \(load 9\.0\)/);
  expect(page).toContain('| **missed**, on a busy machine | [`npm run bench -- host`](#host) |');
});

test('the command beside a figure of a long form asks for the long form', () => {
  const page = benchDocument([{ ...keptOf('growth', 'V18: flat'), long: true }], '');
  expect(page).toContain('[`BENCH_LONG=1 npm run bench -- growth`](#growth) |');
  expect(page).toContain('Node 24. `BENCH_LONG=1 npm run bench -- growth`.*');
  const short = benchDocument([keptOf('growth', 'V18: flat')], '');
  expect(short).toContain('[`npm run bench -- growth`](#growth) |');
  expect(short).toContain('Node 24. `npm run bench -- growth`.*');
});

test('a section tells the load before it and after it', () => {
  expect(benchDocument([keptOf('http', 'V10: fast', 2)], '')).toContain(
    '*2026-11-21, commit abc1234, load 2.0 before and 1.3 after. a machine.',
  );
  expect(benchDocument([keptOf('http', 'V10: fast')], '')).toContain('commit abc1234, load 1.3. a machine.');
});

test('a page of before says by its load alone what was busy', () => {
  const busy = { ...keptOf('peers', 'V4: faster'), load: '17.1' };
  expect(benchDocument([busy], '')).toContain('(load 17.1)');
});

test('a spread is that of the rounds, or their middle half', () => {
  expect(ratiosOf([1, 4], [2, 2])).toEqual([0.5, 2]);
  expect(middleOf([8, 2, 4, 6], 2)).toEqual([2, 4]);
});
