/**
 * The code in README, the guide and the examples compiles, each page in a folder of its own: in one run of
 * the compiler, which has to learn the types of the runtime once.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Project } from '../project.ts';
import { pageOf } from './page.ts';

// The compiler is slow where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

type File = readonly [name: string, content: string];

const guides = globSync('docs/guide/*.md').flatMap((path): readonly File[] =>
  [...pageOf(readFileSync(path, 'utf8')).files].map(([name, content]) => [
    `${basename(path, '.md')}/${name}`,
    content,
  ]),
);
const examples = globSync('*/*.ts', { cwd: 'docs/examples' }).map((path): File => [
  `examples/${path}`,
  readFileSync(`docs/examples/${path}`, 'utf8'),
]);
const [readme = ''] = /(?<=^```ts\n).*?(?=^```$)/ms.exec(readFileSync('README.md', 'utf8')) ?? [];
// What is wrong, and known to be so only with the types of the runtime, is found.
const wrong = "import { isTroupeError } from 'troupe';\nexport const wrong: number = isTroupeError(0);\n";

test('the code of every page compiles, and what does not is found', async () => {
  const folders = new Set(guides.map(([name]) => name.slice(0, name.indexOf('/'))));
  expect([...folders].toSorted()).toEqual([
    'adapters',
    'agent-runs',
    'client',
    'http',
    'inspector',
    'migrating',
    'notifications',
    'operating',
    'outbox',
    'pty-sessions',
    'quick-start',
    'tenants',
    'your-own-actor',
  ]);
  expect(examples.length).toBeGreaterThan(5);
  expect(readme).toContain("from 'troupe'");
  const files = [...guides, ...examples, ['readme.ts', readme] as const, ['wrong.ts', wrong] as const];
  using project = new Project(new Map(files));
  const { out, errors } = await project.compile();
  expect(errors).toBe('');
  expect(out).toBe("wrong.ts(2,14): error TS2322: Type 'boolean' is not assignable to type 'number'.\n");
});
