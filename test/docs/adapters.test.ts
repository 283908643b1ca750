/** The guide to adapters does what it says, from an empty folder. */
import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { Project } from '../project.ts';
import { pageOf } from './page.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const guide = pageOf(readFileSync('docs/guide/adapters.md', 'utf8'));
const programs = ['take.ts', 'launch.ts', 'parrot.ts', 'launchParrot.ts'];

describe('docs/guide/adapters.md', () => {
  test('consists of four programs, and says what each prints', () => {
    expect([...guide.files.keys()]).toEqual(programs);
    expect([...guide.outputs.keys()]).toEqual(programs);
  });

  test.each(programs)('%s prints what it says', async (program) => {
    using project = new Project(guide.files);
    const ended = await project.run(program);
    expect(ended).toEqual({ errors: '', code: 0, signal: null, out: guide.outputs.get(program) });
  });
});
