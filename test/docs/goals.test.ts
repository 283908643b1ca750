/** What docs/BENCHMARKS.md says of goals that are missed. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Of each missed goal its number, or the benchmark that has it. */
function missedIn(page: string): readonly string[] {
  const [, goals = ''] = page.split('\n## Goals\n');
  const rows = (goals.split('\n## ')[0] ?? '').split('\n').filter((row) => row.includes('**missed**'));
  return rows.map(
    (row) => /^\| (?<number>V\d+)/.exec(row)?.[1] ?? /\(#(?<name>\w+)\) \|$/.exec(row)?.[1] ?? row,
  );
}

const explained = (page: string): readonly string[] =>
  [...page.matchAll(/^- \*\*(?<of>\w+)\*\*: /gm)].map(([, of = '']) => of);

test('each goal that is missed says what stands in the way', () => {
  const page = readFileSync('docs/BENCHMARKS.md', 'utf8');
  const reasons = explained(page);
  expect(reasons.length).toBeGreaterThan(0);
  expect(missedIn(page).filter((goal) => !reasons.includes(goal))).toEqual([]);
});

test('a goal without a reason is found', () => {
  const row = (goal: string, verdict: string): string => `| ${goal} | 1 | | ${verdict} | [\`x\`](#usage) |`;
  const page = ['', '## Goals', row('V1: a', 'met'), row('V5: b', '**missed**'), row('usage', '**missed**')];
  expect(missedIn(page.join('\n'))).toEqual(['V5', 'usage']);
  expect(explained('- **V5**: because.\n- V6: none\n')).toEqual(['V5']);
});
