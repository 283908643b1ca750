/** What `npm run bench` understands, refuses and prints; the real command is asked where exit codes count. */
import { spawnSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { askedOf, commandOf, usageOf } from '../../load/benchCommand.ts';

vi.setConfig({ testTimeout: 60_000 });

const known = ['append', 'host', 'http'];

function bench(...words: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['load/bench.ts', ...words], {
    encoding: 'utf8',
  });
  return { stdout, stderr, status };
}

test('without a name all are measured, with names those', () => {
  expect(askedOf([], known)).toEqual({ kind: 'run', names: known, isLook: false });
  expect(askedOf(['http', '--busy', 'append'], known)).toEqual({
    kind: 'run',
    names: ['append', 'http'],
    isLook: true,
  });
});

test('a command that repeats a long form asks for it', () => {
  expect(commandOf('host', false)).toBe('npm run bench -- host');
  expect(commandOf('host', true)).toBe('BENCH_LONG=1 npm run bench -- host');
});

test('the usage names its option, its variables and the benchmarks', () => {
  const usage = usageOf(known);
  for (const word of ['--busy', '--help', 'BENCH_LONG=1', 'BENCH_DIRECTORY', 'append, host, http']) {
    expect(usage).toContain(word);
  }
});

test('help is no failure', () => {
  const { stdout, stderr, status } = bench('--help');
  expect(stdout).toMatch(/^npm run bench \[-- name… --busy\]\n/);
  expect([stderr, status]).toEqual(['', 0]);
});

test.each([
  ['an unknown benchmark', ['nobody', 'host'], /^No benchmark is called nobody\.\n\nnpm run bench /],
  ['an unknown option', ['--quick'], /^Unknown option '--quick'/],
  ['a value for a switch', ['--busy=yes'], /^Option .*--busy/],
])('%s is answered with the usage and measures nothing', (_, words, said) => {
  const { stdout, stderr, status } = bench(...words);
  expect(stderr).toMatch(said);
  expect(stderr).toContain('BENCH_DIRECTORY');
  expect(stderr).not.toMatch(/^ +at /m);
  expect([stdout, status]).toEqual(['', 2]);
});
