/** The guides of those who begin, operate and migrate do what they say, each from an empty folder. */
import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { Project } from '../project.ts';
import { pageOf } from './page.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

describe.each([
  { name: 'quick-start.md', modules: [], programs: ['orchestrator.ts', 'again.ts'] },
  { name: 'tenants.md', modules: [], programs: ['tenants.ts'] },
  {
    name: 'operating.md',
    modules: ['actors.ts'],
    programs: ['backUp.ts', 'forget.ts', 'look.ts', 'upgrade.ts'],
  },
  { name: 'migrating.md', modules: ['actors.ts'], programs: ['migrate.ts'] },
])('docs/guide/$name', ({ name, modules, programs }) => {
  const guide = pageOf(readFileSync(`docs/guide/${name}`, 'utf8'));

  test('holds its files, and says what each program prints', () => {
    expect([...guide.files.keys()]).toEqual([...modules, ...programs]);
    expect([...guide.outputs.keys()]).toEqual(programs);
  });

  test('compiles', async () => {
    using project = new Project(guide.files);
    expect(await project.compile()).toEqual({ out: '', errors: '', code: 0, signal: null });
  });

  test('its programs print what it says, one after the other', async () => {
    using project = new Project(guide.files);
    for (const program of programs) {
      const ended = await project.run(program);
      expect(ended, program).toEqual({ errors: '', code: 0, signal: null, out: guide.outputs.get(program) });
    }
  });
});

test('a migration that runs again moves nothing, and ends where the first one did', async () => {
  const { files, outputs } = pageOf(readFileSync('docs/guide/migrating.md', 'utf8'));
  using project = new Project(files);
  const first = await project.run('migrate.ts');
  expect(first.out).toBe(outputs.get('migrate.ts'));
  const second = await project.run('migrate.ts');
  expect(second).toMatchObject({ errors: '', out: first.out.replace('moved: 5', 'moved: 0') });
});
