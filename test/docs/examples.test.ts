/** The programs in docs/examples do what they are for, each copied into an empty folder. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { Project } from '../project.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

const paths = globSync('*/*.ts', { cwd: 'docs/examples' });
const files = new Map(paths.map((path) => [path, readFileSync(`docs/examples/${path}`, 'utf8')]));

test('the examples compile', async () => {
  expect(paths).toEqual(expect.arrayContaining(['miniOrchestrator/main.ts', 'supervisor/main.ts']));
  using project = new Project(files);
  expect(await project.compile()).toEqual({ out: '', errors: '', code: 0, signal: null });
});

test('the list of examples names every folder', () => {
  const list = readFileSync('docs/examples/README.md', 'utf8');
  const folders = [...new Set(paths.map((path) => path.slice(0, path.indexOf('/'))))];
  expect(folders.filter((folder) => !list.includes(`(${folder}/main.ts)`))).toEqual([]);
});

test('the mini orchestrator sees three agents through a refusal and two crashes', async () => {
  using project = new Project(files);
  const { out, ...ended } = await project.runIn('miniOrchestrator', 'main.ts');
  expect(ended).toEqual({ errors: '', code: 0, signal: null });
  // The agents work at the same time: in which order they report is theirs.
  expect(out.trimEnd().split('\n').toSorted()).toEqual([
    'docs: 3 runs, 1 turn',
    'run/code.1 finished: code completed: exit 0 (1 turn)',
    'run/docs.1 crashed: docs crashed: exit 1 (0 turns)',
    'run/docs.2 crashed: docs crashed: exit 1 (0 turns)',
    'run/docs.3 finished: docs completed: exit 0 (1 turn)',
    'run/tests.1 finished: tests completed: exit 0 (1 turn)',
    'run/tests.1 permission: Delete the old tests?',
  ]);
});

test('the supervisor goes on after kill -9, and what was done is not done again', async () => {
  using project = new Project(files);
  const killed = await project.runIn('supervisor', 'main.ts', '--crash');
  expect(killed).toEqual({ out: 'starts\n', errors: '', code: null, signal: 'SIGKILL' });
  const { out, ...ended } = await project.runIn('supervisor', 'main.ts');
  expect(ended).toEqual({ errors: '', code: 0, signal: null });
  expect(out.trimEnd().split('\n')).toEqual([
    'goes on',
    'build passed at try 1',
    'lint passed at try 1',
    'test passed at try 2',
    '{ ok: true, actors: 4, bad: [] }',
  ]);
  // Whichever job had reported before the kill ran once; lint is over long before the others begin to end.
  const ran = readFileSync(`${project.path}/supervisor/work.log`, 'utf8').trimEnd().split('\n');
  expect(ran.filter((line) => line === 'lint 1')).toHaveLength(1);
});
