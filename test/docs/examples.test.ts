/** The programs in docs/examples do what they are for, each copied into an empty folder. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { Project } from '../project.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

const paths = globSync('*/*.ts', { cwd: 'docs/examples' });
const files = new Map(paths.map((path) => [path, readFileSync(`docs/examples/${path}`, 'utf8')]));

test('the examples of an orchestrator and a supervisor are there', () => {
  expect(paths).toEqual(expect.arrayContaining(['miniOrchestrator/main.ts', 'supervisor/main.ts']));
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

test('the job runner types steps until one fails, and runs nothing again that was done', async () => {
  using project = new Project(files);
  const first = await project.runIn('jobRunner', 'main.ts');
  expect({ ...first, out: first.out.trimEnd().split('\n').toSorted() }).toEqual({
    out: [
      'lint: 2 of 2 steps',
      'lint: echo checking → completed 0',
      'lint: true → completed 0',
      'test: 2 of 3 steps',
      'test: echo "$((40 + 2)) tests" → completed 0',
      'test: echo "one fails" >&2; sh -c "exit 3" → completed 3',
    ],
    errors: '',
    code: 0,
    signal: null,
  });
  const [header = '', ...events] = readFileSync(`${project.path}/jobRunner/test.cast`, 'utf8')
    .trimEnd()
    .split('\n');
  expect(JSON.parse(header)).toMatchObject({ version: 3, title: 'test' });
  const printed = events.map((line) => JSON.parse(line) as [number, string, string]);
  const text = printed.flatMap(([, code, data]) => (code === 'o' ? [data] : [])).join('');
  expect(text).toContain('42 tests');
  expect(text).not.toContain('never typed');
  const again = await project.runIn('jobRunner', 'main.ts');
  expect({ ...again, out: again.out.trimEnd().split('\n').toSorted() }).toEqual({
    out: ['lint: 2 of 2 steps', 'test: 2 of 3 steps'],
    errors: '',
    code: 0,
    signal: null,
  });
});

test('the Fastify application starts work once, and shows it to its own team alone', async () => {
  using project = new Project(files);
  const app = project.start('fastifyApp', 'main.ts');
  const url = await app.line();
  const asked = async (user: string, path: string, method = 'GET'): Promise<Response> =>
    fetch(url + path, { method, headers: { 'x-user': user } });
  const started = await asked('anna', '/tickets/7/work', 'POST');
  expect([started.status, await started.json()]).toEqual([
    201,
    { run: 'run/ticket-7', see: '/troupe/v1/actors/run/ticket-7/digest' },
  ]);
  expect((await asked('anna', '/tickets/7/work', 'POST')).status).toBe(200);
  const statuses = ['anna', 'ben', 'nobody'].map(async (user) => {
    const answer = await asked(user, '/troupe/v1/actors/run/ticket-7/digest');
    await answer.body?.cancel();
    return answer.status;
  });
  expect(await Promise.all(statuses)).toEqual([200, 404, 401]);
  app.child.kill('SIGTERM');
  expect(await app.ended).toEqual({ errors: '', code: 0, signal: null });
});
