/**
 * Whoever installs the package has its pages, gets the same by `require` as by `import`, and nothing that is
 * there for development only. Links are checked in links.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

test('the guide points to where it runs', () => {
  expect(readFileSync('docs/guide/your-own-actor.md', 'utf8')).toContain('](../reference/runs-on.md)');
});

test('the package holds the guide, the reference, the examples and the pages beside them', () => {
  const shipped = manifest.files.flatMap((name) => globSync([name, `${name}/**`]));
  expect(shipped).toEqual(
    expect.arrayContaining([
      'docs/guide/quick-start.md',
      'docs/reference/api.md',
      'docs/examples/supervisor/main.ts',
      'docs/ERRORS.md',
      'docs/ARCHITECTURE.md',
      'CHANGELOG.md',
    ]),
  );
});

test('the package holds no tests, benchmarks or sources', () => {
  const layers = new Set(['test', 'load', 'actors', 'storage', 'runtime', '.tools', '.ci']);
  expect(manifest.files.filter((name) => layers.has(name.split('/')[0] ?? ''))).toEqual([]);
});

test('every entry point can be required: nothing it imports awaits at its top level', () => {
  const entries = [
    'runtime/index.ts',
    'actors/index.ts',
    'storage/index.ts',
    'runtime/client.ts',
    'runtime/inspect.ts',
    'runtime/testing.ts',
  ];
  const program = `for (const entry of ${JSON.stringify(entries)}) {
    if (Object.keys(require('./' + entry)).length === 0) throw new Error(entry + ' exports nothing');
  }`;
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  expect(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8', stdio: [...stdio] })).toBe('');
});
