/** The guide to notifications does what it says, from an empty folder. */
import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { Project } from '../project.ts';
import { pageOf } from './page.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const guide = pageOf(readFileSync('docs/guide/notifications.md', 'utf8'));
const programs = ['follow.ts', 'slow.ts', 'board.ts', 'table.ts'];

describe('docs/guide/notifications.md', () => {
  test('consists of an actors module and four programs, and says what each prints', () => {
    expect([...guide.files.keys()]).toEqual(['actors.ts', ...programs]);
    expect([...guide.outputs.keys()]).toEqual(programs);
  });

  test('its programs print what it says, one after the other', async () => {
    using project = new Project(guide.files);
    for (const program of programs) {
      const ended = await project.run(program);
      expect(ended, program).toEqual({ errors: '', code: 0, signal: null, out: guide.outputs.get(program) });
    }
    // The table goes on where it was: what it has is not given again.
    expect(await project.run('table.ts')).toMatchObject({ errors: '', out: '1002 chapters\n' });
  });
});
