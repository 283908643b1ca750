/** The guides of those who begin, operate and migrate do what they say, each from an empty folder. */
import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { Project } from '../project.ts';
import { pageOf } from './page.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const guides = [
  { name: 'quick-start', modules: [], programs: ['orchestrator.ts', 'again.ts'] },
  { name: 'tenants', modules: [], programs: ['tenants.ts'] },
  {
    name: 'operating',
    modules: ['actors.ts'],
    programs: ['backUp.ts', 'forget.ts', 'look.ts', 'upgrade.ts'],
  },
  { name: 'migrating', modules: ['actors.ts'], programs: ['migrate.ts'] },
].map((guide) => ({ ...guide, page: pageOf(readFileSync(`docs/guide/${guide.name}.md`, 'utf8')) }));

describe.each(guides)('docs/guide/$name.md', ({ modules, programs, page: { files, outputs } }) => {
  test('holds its files, and says what each program prints', () => {
    expect([...files.keys()]).toEqual([...modules, ...programs]);
    expect([...outputs.keys()]).toEqual(programs);
  });

  test('its programs print what it says, one after the other', async () => {
    using project = new Project(files);
    for (const program of programs) {
      const ended = await project.run(program);
      expect(ended, program).toEqual({ errors: '', code: 0, signal: null, out: outputs.get(program) });
    }
    if (!programs.includes('migrate.ts')) return;
    // Who runs it again moves nothing, and ends where the first one did.
    const again = await project.run('migrate.ts');
    const moved = outputs.get('migrate.ts')?.replace('moved: 5', 'moved: 0');
    expect(again).toMatchObject({ errors: '', out: moved });
  });
});
